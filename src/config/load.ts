// portolan.yml -> accounts and plan. Everything is checked when the file is read, so that a run either has a configuration without
// mistakes or does not start.

import { dirname, relative, resolve } from "node:path";
import type { AuditPlan, Cluster } from "../model/index.ts";
import type { ProfileLibrary } from "../profile/load.ts";
import { nearestHint } from "../profile/nearest.ts";
import { validate } from "../profile/validate.ts";
import { YamlSource } from "../profile/yaml-source.ts";
import { NamedNetworks } from "./addresses.ts";
import { readCluster } from "./clusters.ts";
import { readGeneralAllow, readKnownGaps, readWaivers } from "./exceptions.ts";
import { defaultPlan } from "./plan.ts";
import { configSchema, type ConfigFile } from "./schema.ts";
import { Selectors } from "./selectors.ts";
import { readSource, type Source } from "./source.ts";

export interface Config {
  /** Absolute path of the file. */
  readonly file: string;
  /** Sources by account name, in the order of the file; without a prototype, so that any name may be looked up. */
  readonly accounts: Readonly<Record<string, readonly Source[]>>;
  /**
   * What is judged when these accounts are audited (all of them where undefined): clusters that name one of them or none at all, with
   * the waivers and known gaps that concern them.
   */
  planFor(accounts?: readonly string[]): AuditPlan;
}

/**
 * Reads and checks a configuration. Throws UserError with file, line and column of the first mistake.
 * @param path the file; errors name it relative to the working folder where it lies below
 */
export function loadConfig(path: string, library: ProfileLibrary): Config {
  const file = resolve(path);
  const below = relative(process.cwd(), file);
  const yaml = YamlSource.read(file, below.startsWith("..") ? file : below);
  return readConfig(yaml, file, library);
}

function readConfig(yaml: YamlSource, file: string, library: ProfileLibrary): Config {
  const content = validate(yaml, configSchema);
  const networks = new NamedNetworks(content.networks ?? {}, yaml);
  const selectors = new Selectors(networks, yaml);
  const accounts = readAccounts(content, yaml, dirname(file));
  const clusters = readClusters(content, accounts, { library, selectors, yaml });
  const common = {
    ...defaultPlan(library),
    allow: readGeneralAllow(content, selectors, yaml),
    networks: networks.list,
  };
  const waivers = readWaivers(content, networks, [...library.roles.keys()], yaml);
  const knownGaps = readKnownGaps(content);
  return {
    file,
    accounts,
    planFor: (wanted) => {
      const concerns = (account: string): boolean => wanted === undefined || wanted.includes(account);
      const kept = clusters
        .filter((cluster) => cluster.accounts?.some(concerns) ?? true)
        .map(({ cluster, accounts: own }) => (own === undefined ? cluster : { ...cluster, accounts: own }));
      return {
        ...common,
        clusters: kept,
        waivers: waivers.filter(
          (waiver) => waiver.cluster === undefined || kept.some(({ name }) => name === waiver.cluster),
        ),
        knownGaps: knownGaps.filter((gap) => concerns(gap.account)),
      };
    },
  };
}

function readAccounts({ accounts }: ConfigFile, yaml: YamlSource, folder: string): Record<string, readonly Source[]> {
  const found = Object.create(null) as Record<string, readonly Source[]>;
  for (const [name, sources] of Object.entries(accounts ?? {})) {
    const path = ["accounts", name];
    found[name] = Array.isArray(sources)
      ? sources.map((source, index) => readSource(source, yaml, [...path, index], folder))
      : [readSource(sources, yaml, path, folder)];
  }
  return found;
}

interface PlacedCluster {
  readonly cluster: Cluster;
  /** Names of the accounts it is in; all where absent. */
  readonly accounts: readonly string[] | undefined;
}

function readClusters(
  content: ConfigFile,
  accounts: Readonly<Record<string, unknown>>,
  tools: Parameters<typeof readCluster>[2],
): PlacedCluster[] {
  const { yaml } = tools;
  const names = new Set<string>();
  return (content.clusters ?? []).map((file, index) => {
    const path = ["clusters", index];
    if (names.has(file.name))
      throw yaml.error([...path, "name"], `two clusters are named ${JSON.stringify(file.name)}`);
    names.add(file.name);
    for (const [at, account] of (file.accounts ?? []).entries()) {
      if (!(account in accounts))
        throw yaml.error(
          [...path, "accounts", at],
          `unknown account ${JSON.stringify(account)}`,
          nearestHint(account, Object.keys(accounts)) ?? "define it under accounts",
        );
    }
    return { cluster: readCluster(file, path, tools), accounts: file.accounts };
  });
}
