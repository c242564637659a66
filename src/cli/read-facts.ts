// Reads every source of a task into one consumer, live or from files, and shows what is going on meanwhile.

import type { SourceRun } from "../collect/collect.ts";
import { sourceName } from "../collect/source.ts";
import { scopeId } from "../model/index.ts";
import type { FactConsumer } from "../snapshot/facts.ts";
import { FactJoin } from "./join-facts.ts";
import type { Talk } from "./talk.ts";
import type { Task } from "./task.ts";

export interface ReadOptions {
  /** Calls in flight side by side; the collector's own measure where absent. */
  readonly concurrency?: number;
}

/**
 * Tells all facts of a task to the consumer, as one snapshot. What a cloud refuses is told as a failed call and throws nothing.
 * @returns names of the configuration by account id
 */
export async function readFacts(
  task: Pick<Task, "name" | "sources">,
  consumer: FactConsumer,
  options: ReadOptions,
  talk: Talk,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const join = new FactJoin(consumer, task.name);
  try {
    for (const { names, snapshots } of task.sources) {
      for (const path of snapshots) {
        talk.progress(`reading ${path}`);
        const { loadSnapshot } = await import("../snapshot/load.ts");
        await loadSnapshot(path, join.source(path, names));
      }
    }
    const runs = task.sources.flatMap(({ names, live }) =>
      live.map((source) => ({ source, consumer: join.source(sourceName(source), names) })),
    );
    if (runs.length > 0) await collectLive(runs, options, talk);
    join.end();
  } finally {
    talk.progress("");
  }
  return join.namesOfAccount;
}

/** All accounts side by side, under common limits. */
async function collectLive(runs: readonly SourceRun[], { concurrency }: ReadOptions, talk: Talk): Promise<void> {
  const { collect } = await import("../collect/collect.ts");
  for (const [name, url] of endpointOverrides(process.env)) {
    talk.note(`${name}: requests go to ${url}, not to AWS's own endpoint`);
  }
  talk.progress("signing in");
  await collect(runs, {
    created: new Date().toISOString(),
    limits: { ...(concurrency !== undefined && { concurrency }) },
    onProgress: ({ scope, call, items, done }) => {
      talk.progress(`${scopeId(scope)} ${call} (${items})`);
      if (done) talk.detail(`${scopeId(scope)} ${call}: ${items}`);
    },
  });
}

/** The endpoints that the environment sets in place of AWS's own, by variable. */
function endpointOverrides(environment: NodeJS.ProcessEnv): readonly (readonly [string, string])[] {
  if (environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true") return [];
  return Object.entries(environment)
    .filter(([name]) => /^AWS_ENDPOINT_URL(_(EC2|STS|ELASTIC_LOAD_BALANCING_V2))?$/.test(name))
    .flatMap(([name, url]) => (url === undefined || url === "" ? [] : [[name, url] as const]));
}
