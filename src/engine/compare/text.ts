// Words for traffic, peers, rules, endpoints and witnesses. Everything here is plain text; reports escape it.

import {
  scopeId,
  type Endpoint,
  type Evidence,
  type ResourceText,
  type Rule,
  type RuleSet,
  type TrafficText,
  type Witness,
} from "../../model/index.ts";
import { formatAddress, IpSet, PUBLIC_V4, type TrafficSet, TransportSet, type Address } from "../../net/index.ts";

export interface NamedNetwork {
  readonly name: string;
  readonly addresses: IpSet;
}

/** A peer as the rule states it: "0.0.0.0/0", "sg-1 (etcd)", "pl-1", "office". */
export function peerText(
  rule: Rule,
  ruleSets: ReadonlyMap<string, RuleSet>,
  networks: readonly NamedNetwork[],
): string {
  const { peer } = rule;
  switch (peer.kind) {
    case "any":
      return "any";
    case "cidr":
      return addressesText(peer.addresses, networks)[0] ?? peer.text;
    case "security-group": {
      const name = ruleSets.get(peer.groupId)?.name ?? "";
      return name === "" ? peer.groupId : `${peer.groupId} (${name})`;
    }
    case "prefix-list":
      return peer.prefixListId;
  }
}

/** Addresses as CIDRs, each once; a set that is a named network goes by that name. */
export function addressesText(addresses: IpSet, networks: readonly NamedNetwork[]): string[] {
  for (const network of networks) {
    if (network.addresses.equals(addresses)) return [`${network.name} (${network.addresses.cidrs().join(", ")})`];
  }
  return addresses.cidrs();
}

/** Exact traffic as lines for a report: one line a peer range and protocol. */
export function trafficText(traffic: TrafficSet, networks: readonly NamedNetwork[]): TrafficText[] {
  return traffic.boxes().flatMap(({ peers, transport }) => boxText(addressesText(peers, networks), transport));
}

/** One box with its peers already in words. */
export function boxText(peers: readonly string[], transport: TransportSet): TrafficText[] {
  const entries = transport.entries();
  return peers.flatMap((peer) => entries.map(({ protocol, ports }) => ({ peer, protocol, ports })));
}

/** "tcp 2379 from 0.0.0.0/0" */
export function ruleText(
  rule: Rule,
  ruleSets: ReadonlyMap<string, RuleSet>,
  networks: readonly NamedNetwork[],
): string {
  const transport = rule.transport.equals(TransportSet.all) ? "all traffic" : rule.transport.describe();
  return `${transport} ${rule.direction === "ingress" ? "from" : "to"} ${peerText(rule, ruleSets, networks)}`;
}

/** A rule as evidence. */
export function ruleEvidence(
  rule: Rule,
  ruleSet: RuleSet,
  ruleSets: ReadonlyMap<string, RuleSet>,
  networks: readonly NamedNetwork[],
): Evidence {
  return {
    resource: ruleSet.id,
    name: ruleSet.name,
    rule: rule.id ?? null,
    text: ruleText(rule, ruleSets, networks),
    description: rule.description ?? "",
  };
}

/** An endpoint as a resource; the machine's name stands for its interface. */
export function endpointResource(endpoint: Endpoint): ResourceText {
  if (endpoint.standIn)
    return { id: endpoint.id, name: endpoint.name, kind: "security-group", scope: scopeId(endpoint.scope) };
  return { id: endpoint.id, name: endpoint.name, kind: "endpoint", scope: scopeId(endpoint.scope) };
}

export function ruleSetResource(ruleSet: RuleSet): ResourceText {
  return { id: ruleSet.id, name: ruleSet.name, kind: ruleSet.kind, scope: scopeId(ruleSet.scope) };
}

/** "etcd-1 (eni-0a1b, 10.0.1.5)" */
export function endpointText(endpoint: Endpoint): string {
  const address = endpoint.privateAddresses[0];
  const inside = endpoint.standIn
    ? []
    : [...(endpoint.name === "" ? [] : [endpoint.id]), ...(address === undefined ? [] : [formatAddress(address)])];
  const label = endpoint.standIn
    ? `whatever uses ${endpoint.name === "" ? endpoint.id : endpoint.name}`
    : endpoint.name === ""
      ? endpoint.id
      : endpoint.name;
  return inside.length === 0 ? label : `${label} (${inside.join(", ")})`;
}

/**
 * One concrete packet of the traffic: towards the endpoint (ingress) or from it (egress), never from itself. A public peer is chosen
 * where there is one, because that is the packet a reader worries about.
 */
export function witnessOf(
  all: TrafficSet,
  endpoint: Endpoint,
  direction: "ingress" | "egress",
  verb: string,
): Witness | null {
  const traffic = all.withoutPeers(IpSet.addresses(endpoint.privateAddresses));
  const outside = traffic.restrictPeers(PUBLIC_V4);
  const chosen = outside.isEmpty ? traffic : outside;
  for (const { cell, lo, peers } of chosen.slabs()) {
    const peer = pickPeer(peers);
    if (peer === undefined) continue;
    const text = formatAddress(peer);
    const protocol = cell === "other" ? String(lo) : cell;
    const port = cell === "tcp" || cell === "udp" ? lo : null;
    const words =
      port === null
        ? cell === "other"
          ? `protocol ${protocol}`
          : `${protocol} type ${lo >> 8} code ${lo & 255}`
        : `${protocol}/${port}`;
    const here = endpointText(endpoint);
    return direction === "ingress"
      ? { from: text, to: endpoint.id, protocol, port, text: `${text} ${verb} ${words} on ${here}` }
      : { from: endpoint.id, to: text, protocol, port, text: `${here} ${verb} ${words} on ${text}` };
  }
  return null;
}

/** A recognisable stranger where the set holds one, else its first address. */
function pickPeer(peers: IpSet): Address | undefined {
  const strangers: readonly Address[] = [
    { family: 4, value: 0xcb007107 }, // 203.0.113.7, of the documentation range
    { family: 6, value: 0x20010db8000000000000000000000007n }, // 2001:db8::7
  ];
  const first = peers.first();
  // The first address of a range is its network's: the next one reads like somebody.
  const next: Address | undefined =
    first?.family === 4 && first.value % 256 === 0 ? { family: 4, value: first.value + 1 } : undefined;
  return strangers.find((address) => peers.has(address)) ?? (next !== undefined && peers.has(next) ? next : first);
}

/** "3 interfaces: a, b and c" with a bound on the names. */
export function listText(names: readonly string[], bound = 4): string {
  if (names.length <= bound)
    return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return `${names.slice(0, bound).join(", ")} and ${names.length - bound} more`;
}
