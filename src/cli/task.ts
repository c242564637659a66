// What a run is about, decided from flags, configuration and machine before anything is read: which sources of facts, and by
// which plan they are judged.

import { basename, join } from "node:path";
import type { AwsSource } from "../collect/source.ts";
import { findConfig } from "../config/find.ts";
import { type Config, loadConfig } from "../config/load.ts";
import { defaultPlan } from "../config/plan.ts";
import { usableSources } from "../config/source.ts";
import { type AuditPlan, UserError } from "../model/index.ts";
import { loadProfiles, type ProfileLibrary } from "../profile/load.ts";
import { nearestHint } from "../profile/nearest.ts";
import { awsProfiles } from "./aws-profiles.ts";
import { packageRoot } from "./package-root.ts";
import type { Talk } from "./talk.ts";

/** An account, or a snapshot that stands for some, and where its facts come from. */
export interface TaskSource {
  /** What the configuration calls it; none where a snapshot comes without a name. */
  readonly names: readonly string[];
  readonly live: readonly AwsSource[];
  /** Paths of snapshots. */
  readonly snapshots: readonly string[];
}

export interface Task {
  /** For file names: the accounts, or the snapshot. */
  readonly name: string;
  readonly sources: readonly TaskSource[];
  readonly plan: AuditPlan;
}

export interface TaskOptions {
  readonly account?: readonly string[];
  readonly config?: string;
  readonly snapshot?: string;
  readonly region?: readonly string[];
}

/** The account that needs no cloud, no credentials and no configuration. */
const DEMO = "demo";

/**
 * Settles what is audited. Throws UserError for a name that neither the configuration nor the AWS files of this machine know.
 */
export async function settleTask(options: TaskOptions, talk: Talk): Promise<Task> {
  const library = await loadProfiles(join(packageRoot(), "profiles"));
  const config = openConfig(options.config, library, talk);
  if (options.snapshot !== undefined) return snapshotTask(options.snapshot, options, config, library);
  const isDemo = (options.account ?? []).includes(DEMO) && !(DEMO in (config?.accounts ?? {}));
  if (isDemo) return demoTask(options, library, talk);
  return accountTask(options, config, library, talk);
}

/** The configuration that is named or found upward, read and checked. */
export function openConfig(explicit: string | undefined, library: ProfileLibrary, talk: Talk): Config | undefined {
  const path = findConfig(process.cwd(), explicit);
  if (path === undefined) return undefined;
  if (explicit === undefined) talk.detail(`configuration: ${path}`);
  return loadConfig(path, library);
}

/** The facts replace the accounts; the clusters of the configuration apply, all or those of --account. */
function snapshotTask(path: string, options: TaskOptions, config: Config | undefined, library: ProfileLibrary): Task {
  rejectRegions(options, "a snapshot is judged whole");
  const known = Object.keys(config?.accounts ?? {});
  for (const name of options.account ?? []) if (!known.includes(name)) throw unknownAccount(name, known);
  // A configuration of one account can only mean that one; of several, none is taken for another.
  const names = options.account ?? (known.length === 1 ? known : []);
  return {
    name: options.account?.join("-") ?? basename(path).replace(/\.(json|ndjson)?(\.(gz|zst))?$/i, ""),
    sources: [{ names, live: [], snapshots: [path] }],
    plan: config?.planFor(options.account) ?? defaultPlan(library),
  };
}

function demoTask(options: TaskOptions, library: ProfileLibrary, talk: Talk): Task {
  if ((options.account ?? []).length > 1) {
    throw new UserError(`--account: ${DEMO} is not audited beside others`, {
      hint: "it has a configuration of its own: audit it alone",
    });
  }
  rejectRegions(options, "the demonstration is a snapshot");
  if (options.config !== undefined) throw unknownAccount(DEMO, []);
  talk.note(`${DEMO} is built in, with its own configuration (examples/demo)`);
  const config = loadConfig(join(packageRoot(), "examples/demo/portolan.yml"), library);
  return { name: DEMO, sources: [sourceOf(DEMO, config, options)], plan: config.planFor([DEMO]) };
}

function accountTask(options: TaskOptions, config: Config | undefined, library: ProfileLibrary, talk: Talk): Task {
  const configured = Object.keys(config?.accounts ?? {});
  const names = options.account ?? configured;
  if (names.length === 0) {
    throw new UserError("nothing to audit: no account and no snapshot is named", {
      hint: "write --account NAME or --snapshot PATH, or try --account demo",
    });
  }
  if (options.account === undefined) talk.detail(`accounts: ${names.join(", ")}`);
  const sources = names.map((name) => {
    if (config !== undefined && configured.includes(name)) return sourceOf(name, config, options);
    const profiles = awsProfiles(process.env);
    if (!profiles.includes(name)) throw unknownAccount(name, [...configured, ...profiles]);
    talk.note(`${name} is not an account of the configuration; it is taken for the AWS profile ${name}`);
    const source: AwsSource = { provider: "aws", awsProfile: name, ...(options.region && { regions: options.region }) };
    return { names: [name], live: [source], snapshots: [] };
  });
  return { name: names.join("-"), sources, plan: config?.planFor(names) ?? defaultPlan(library) };
}

function sourceOf(name: string, config: Config, options: TaskOptions): TaskSource {
  const sources = usableSources(config.accounts[name] ?? []);
  const snapshots = sources.filter((source) => source.provider === "snapshot").map(({ path }) => path);
  if (snapshots.length > 0) rejectRegions(options, `a source of ${name} is a snapshot`);
  const live = sources
    .filter((source) => source.provider === "aws")
    .map(({ position: _position, ...source }) => ({ ...source, ...(options.region && { regions: options.region }) }));
  return { names: [name], live, snapshots };
}

function rejectRegions({ region }: TaskOptions, because: string): void {
  if (region === undefined) return;
  throw new UserError("--region chooses what is collected live", { hint: `leave it out: ${because}` });
}

function unknownAccount(name: string, known: readonly string[]): UserError {
  const hint = nearestHint(name, [...new Set([...known, DEMO])]);
  const where = "neither the configuration nor the AWS files of this machine know it";
  return new UserError(`unknown account '${name}': ${where}`, hint === undefined ? {} : { hint });
}
