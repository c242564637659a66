// A live collection: every source of an account's list, told to one consumer. Providers' SDKs load only when asked for here.

import { compareCodeUnits } from "../model/index.ts";
import type { FactConsumer } from "../snapshot/facts.ts";
import type { AwsCollectOptions } from "./aws/collect-aws.ts";
import type { Source } from "./source.ts";

export interface CollectOptions extends AwsCollectOptions {
  /** ISO time of the collection. */
  readonly created: string;
}

/**
 * Collects into a consumer, from `start` to `end`.
 * @param accounts names of the accounts with their sources
 * @throws the signal's reason when the user ends the run; what a provider refuses or fails to answer is told as a call record
 */
export async function collect(
  accounts: Readonly<Record<string, readonly Source[]>>,
  consumer: FactConsumer,
  options: CollectOptions,
): Promise<void> {
  consumer.start({ created: options.created, source: Object.keys(accounts).toSorted(compareCodeUnits).join(", "), origin: "collected" });
  const { collectAws } = await import("./aws/collect-aws.ts");
  await collectAws(Object.values(accounts).flat(), consumer, options);
  consumer.end();
}
