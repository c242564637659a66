// What a configuration excuses: permitted traffic of endpoints that no cluster holds, accepted findings, and calls known to fail.
// Entries that have expired are read like any others; whether they still hold is judged against the clock of the run.

import type { AllowEntry, KnownGap, Waiver } from "../model/index.ts";
import { IpSet } from "../net/index.ts";
import { nearestHint } from "../profile/nearest.ts";
import { readTransport } from "../profile/transport.ts";
import type { YamlSource } from "../profile/yaml-source.ts";
import type { NamedNetworks } from "./addresses.ts";
import type { ConfigFile } from "./schema.ts";
import type { Selectors } from "./selectors.ts";

/** Top-level `allow`; an entry for several selectors becomes one for each. */
export function readGeneralAllow(file: ConfigFile, selectors: Selectors, yaml: YamlSource): AllowEntry[] {
  return (file.allow ?? []).flatMap((entry, index) => {
    const path = ["allow", index];
    const common = {
      from: selectors.peers(entry.from, [...path, "from"]),
      transport: readTransport(entry.protocol, entry.ports, { source: yaml, path }),
      reason: entry.reason,
      owner: entry.owner,
      position: yaml.position(path),
    };
    return selectors
      .endpoints(entry.to, [...path, "to"])
      .map((selector): AllowEntry => ({ ...common, to: { selector } }));
  });
}

/** Throws UserError where a waiver names an unknown cluster or role, or would hold everywhere. */
export function readWaivers(
  file: ConfigFile,
  networks: NamedNetworks,
  roles: readonly string[],
  yaml: YamlSource,
): Waiver[] {
  const clusters = (file.clusters ?? []).map(({ name }) => name);
  return (file.waivers ?? []).map((waiver, index): Waiver => {
    const path = ["waivers", index];
    const { cluster, role, security_groups: groups, peer } = waiver;
    if (cluster !== undefined && !clusters.includes(cluster))
      throw yaml.error(
        [...path, "cluster"],
        `unknown cluster ${JSON.stringify(cluster)}`,
        nearestHint(cluster, clusters),
      );
    if (role !== undefined && !roles.includes(role))
      throw yaml.error([...path, "role"], `unknown role ${JSON.stringify(role)}`, nearestHint(role, roles));
    if (role !== undefined && cluster === undefined)
      throw yaml.error([...path, "role"], "a role means something only in a cluster", "name the cluster");
    if (cluster === undefined && groups === undefined)
      throw yaml.error(path, "the waiver would hold everywhere", "name a cluster or security_groups");
    const specs = [
      ...(peer.networks === undefined ? [] : networks.named(peer.networks, [...path, "peer", "networks"])),
      ...(peer.cidrs === undefined ? [] : networks.cidrs(peer.cidrs, [...path, "peer", "cidrs"])),
    ];
    if (specs.length === 0) throw yaml.error([...path, "peer"], "the waiver names no peer", "give cidrs or networks");
    return {
      ...(cluster === undefined ? {} : { cluster }),
      ...(role === undefined ? {} : { role }),
      ...(groups === undefined ? {} : { securityGroups: typeof groups === "string" ? [groups] : groups }),
      peers: IpSet.unionAll(specs.map((spec) => spec.addresses)),
      transport: readTransport(waiver.protocol, waiver.ports, { source: yaml, path }),
      owner: waiver.owner,
      reason: waiver.reason,
      ...(waiver.ticket === undefined ? {} : { ticket: waiver.ticket }),
      expires: waiver.expires,
      position: yaml.position(path),
    };
  });
}

/** An account may be one that the file lacks: names that it does not know are tried as profiles of the cloud's own configuration. */
export function readKnownGaps(file: ConfigFile): KnownGap[] {
  return (file.known_gaps ?? []).map(({ account, call, owner, reason, expires }) => ({
    account,
    call,
    owner,
    reason,
    expires,
  }));
}
