// A live collection: every source of a run, each told to its own consumer. Whatever a provider refuses becomes a fact of the
// coverage; nothing is judged here. Providers' SDKs load only when asked for here.

import type { AwsCollectOptions, AwsRun } from "./aws/collect-aws.ts";
import { sourceName } from "./source.ts";

/** Grows with the providers. */
export type SourceRun = AwsRun;

export interface CollectOptions extends AwsCollectOptions {
  /** ISO time of the collection. */
  readonly created: string;
}

/**
 * Collects all sources side by side, under common limits. Each consumer is told everything from `start` to `end`; of two
 * sources that lead to one account and region only the first is asked.
 * @throws the signal's reason when the user ends the run; what a provider refuses or fails to answer is told as a call record
 */
export async function collect(runs: readonly SourceRun[], options: CollectOptions): Promise<void> {
  for (const { source, consumer } of runs) {
    consumer.start({ created: options.created, source: sourceName(source), origin: "collected" });
  }
  const { collectAws } = await import("./aws/collect-aws.ts");
  await collectAws(runs, options);
  for (const { consumer } of runs) consumer.end();
}
