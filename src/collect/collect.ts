// A live collection: every source of a run, each told to its own consumer. Providers' SDKs load only when asked for here.

import type { AwsCollectOptions, AwsRun } from "./aws/collect-aws.ts";
import { sourceName } from "./source.ts";

export type { Progress } from "./aws/collect-aws.ts";

/** Grows with the providers. */
export type SourceRun = AwsRun;

export interface CollectOptions extends AwsCollectOptions {
  /** ISO time of the collection. */
  readonly created: string;
}

/**
 * Collects all sources side by side, under common limits. Each consumer is told everything from `start` to `end`; two sources that
 * lead to one account and region are told once, to the first.
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
