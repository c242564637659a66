// Clusters of the configuration: profiles looked up, facts and roles checked against what the profiles know, and contradictions between
// them told before anything is judged by them.

import type { AllowEntry, Cluster, FactValue, Profile, RoleBinding } from "../model/index.ts";
import { allowsValue, describeValues } from "../profile/facts.ts";
import type { ProfileLibrary } from "../profile/load.ts";
import { nearestHint } from "../profile/nearest.ts";
import { readTransport } from "../profile/transport.ts";
import type { YamlPath, YamlSource } from "../profile/yaml-source.ts";
import type { ClusterFile } from "./schema.ts";
import type { Selectors } from "./selectors.ts";

export interface ClusterTools {
  readonly library: ProfileLibrary;
  readonly selectors: Selectors;
  readonly yaml: YamlSource;
}

/** Reads one cluster. Throws UserError at the first name that nobody knows and at the first contradiction. */
export function readCluster(file: ClusterFile, path: YamlPath, tools: ClusterTools): Cluster {
  const profiles = readProfiles(file, path, tools);
  const facts = readFacts(file.facts ?? {}, [...path, "facts"], tools);
  const roles = readRoles(file, profiles, path, tools);
  const cluster: Cluster = {
    name: file.name,
    profiles,
    facts,
    roles,
    allow: readAllow(file, profiles, roles, path, tools),
    position: tools.yaml.position(path),
  };
  checkContradictions(cluster, path, tools.yaml);
  return cluster;
}

function readProfiles({ profiles: ids }: ClusterFile, path: YamlPath, { library, yaml }: ClusterTools): Profile[] {
  return ids.map((id, index) => {
    const place = [...path, "profiles", index];
    const profile = library.get(id, yaml.position(place));
    if (profile.kind !== "requirements")
      throw yaml.error(
        place,
        `${id} is no profile to hold a cluster against`,
        `it is of kind ${profile.kind} and always applies`,
      );
    if (ids.indexOf(id) !== index) throw yaml.error(place, `${id} is named twice`);
    return profile;
  });
}

function readFacts(
  facts: Readonly<Record<string, FactValue>>,
  path: YamlPath,
  { library, yaml }: ClusterTools,
): Readonly<Record<string, FactValue>> {
  for (const [name, value] of Object.entries(facts)) {
    const fact = library.facts.get(name);
    if (fact === undefined)
      throw yaml.error(
        [...path, name],
        `unknown fact ${JSON.stringify(name)}`,
        nearestHint(name, [...library.facts.keys()]),
        "key",
      );
    if (!allowsValue(fact, value))
      throw yaml.error([...path, name], `${name} must be ${describeValues(fact)}, not ${JSON.stringify(value)}`);
  }
  return facts;
}

function readRoles(
  { roles }: ClusterFile,
  profiles: readonly Profile[],
  path: YamlPath,
  { library, selectors, yaml }: ClusterTools,
): Record<string, RoleBinding> {
  const bindings: Record<string, RoleBinding> = {};
  for (const [name, binding] of Object.entries(roles ?? {})) {
    const place = [...path, "roles", name];
    // A role that only other profiles know is fine: profiles are added and taken away, bindings stay.
    const role = library.roles.get(name);
    if (role === undefined)
      throw yaml.error(place, `unknown role ${JSON.stringify(name)}`, nearestHint(name, roleNames(profiles)), "key");
    if (role.unionOf !== undefined)
      throw yaml.error(place, `${name} is not bound by itself`, `bind ${role.unionOf.join(", ")}`, "key");
    if (role.kind === "external")
      throw yaml.error(
        place,
        `${name} is not bound: it is every public address`,
        "a fact such as air_gapped switches its rows off",
        "key",
      );
    bindings[name] = selectors.role(binding, place);
  }
  return bindings;
}

function roleNames(profiles: readonly Profile[]): string[] {
  return [...new Set(profiles.flatMap((profile) => profile.roles.map((role) => role.name)))];
}

function readAllow(
  file: ClusterFile,
  profiles: readonly Profile[],
  roles: Readonly<Record<string, RoleBinding>>,
  path: YamlPath,
  { selectors, yaml }: ClusterTools,
): AllowEntry[] {
  const known = [...new Set([...roleNames(profiles), ...Object.keys(roles)])];
  return (file.allow ?? []).flatMap((entry, index) => {
    const place = [...path, "allow", index];
    const targets = typeof entry.to === "string" ? [entry.to] : entry.to;
    const common = {
      from: selectors.peers(entry.from, [...place, "from"]),
      transport: readTransport(entry.protocol, entry.ports, { source: yaml, path: place }),
      reason: entry.reason,
      owner: entry.owner,
      position: yaml.position(place),
    };
    return targets.map((role, at): AllowEntry => {
      if (!known.includes(role))
        throw yaml.error(
          [...place, "to", ...(typeof entry.to === "string" ? [] : [at])],
          `unknown role ${JSON.stringify(role)}`,
          nearestHint(role, known),
        );
      return { ...common, to: { role } };
    });
  });
}

/** Facts and roles that cannot both be so. */
function checkContradictions({ facts, roles }: Cluster, path: YamlPath, yaml: YamlSource): void {
  const at = (fact: string): YamlPath => [...path, "facts", fact];
  const balancer = roles["external_lb"]?.kind;
  const external = facts["external_lb"];
  if (external === "none" && balancer === "bound")
    throw yaml.error(
      at("external_lb"),
      "external_lb is none, but the role external_lb is bound",
      "say proxy or passthrough, or bind the role to none",
    );
  if (external !== undefined && external !== "none" && balancer === "none") {
    throw yaml.error(
      at("external_lb"),
      `external_lb is ${external}, but the role external_lb is none`,
      "bind the role, or say none",
    );
  }
  if (facts["tls_terminated_at_lb"] === true && (external === "none" || balancer === "none")) {
    throw yaml.error(
      at("tls_terminated_at_lb"),
      "tls_terminated_at_lb is true, but there is no external load balancer",
      "leave it out, or say what external_lb is",
    );
  }
  for (const [fact, role] of [
    ["node_driver", "node_driver_nodes"],
    ["hosted_cluster", "hosted_cluster_api"],
  ] as const) {
    if (facts[fact] === false && roles[role]?.kind === "bound")
      throw yaml.error(
        at(fact),
        `${fact} is false, but the role ${role} is bound`,
        "say true, or bind the role to none",
      );
  }
}
