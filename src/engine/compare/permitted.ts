// What is permitted to an endpoint: the union over all roles it holds in all clusters it serves, the configuration's `allow`,
// and the ICMP that networks need. And for which peers the documents are complete, so that anything else is excess.

import type { AllowEntry, Cluster, Endpoint, Profile, Requirement, World } from "../../model/index.ts";
import { IntervalSet, IpSet, PRIVATE, TrafficSet, TransportSet } from "../../net/index.ts";
import { holds, type Facts } from "./facts.ts";
import { matchesSelector, selectEndpoints, type ClusterRoles, type Role } from "./roles.ts";
import type { Seen } from "./seen.ts";

/** One cluster with everything that was found out about it. */
export interface ClusterContext {
  readonly bound: ClusterRoles;
  readonly facts: Facts;
}

/** Path MTU discovery and IPv6 neighbour discovery: never excess (docs/judging.md, 1). */
export const NETWORK_ICMP = TransportSet.unionAll([
  TransportSet.icmp(3),
  ...[1, 2, 3, 4, 133, 134, 135, 136, 137].map((type) => TransportSet.icmpv6(type)),
]);

export interface DocumentedSource {
  readonly profile: Profile;
  readonly row: Requirement;
  readonly cluster: Cluster;
}

export interface Permission {
  /** Everything permitted. */
  readonly traffic: TrafficSet;
  /** The part of `traffic` that rests on CIDRs alone: subtracting it keeps findings free of node addresses. */
  readonly stated: TrafficSet;
  /** Peers for which the documents are complete; excess from anybody else is the baseline's to judge. */
  readonly closedPeers: IpSet;
  /** Rows that have the endpoint's roles as target, whatever their conditions say. */
  readonly rows: readonly DocumentedSource[];
  /** Subnets of permitted senders, by transport: room that a rule for a subnet leaves beyond its nodes. */
  readonly senderSubnets: readonly { readonly transport: TransportSet; readonly ranges: IpSet }[];
}

/** The transport of a row; a port the document leaves open comes from a fact, or is not known. */
export function rowTransport(row: Requirement, facts: Facts): TransportSet | undefined {
  if (row.transport !== undefined) return row.transport;
  const port = row.portFact === undefined ? undefined : facts.get(row.portFact)?.value;
  return typeof port === "number" ? TransportSet.tcp(IntervalSet.span(port, port + 1)) : undefined;
}

/** Collects what is permitted to an endpoint that holds roles. */
export function permitRoles(
  endpoint: Endpoint,
  contexts: readonly ClusterContext[],
  seen: Seen,
  world: World,
): Permission {
  const boxes: { peers: IpSet; transport: TransportSet }[] = [{ peers: IpSet.any, transport: NETWORK_ICMP }];
  const stated: { peers: IpSet; transport: TransportSet }[] = [{ peers: IpSet.any, transport: NETWORK_ICMP }];
  const rows: DocumentedSource[] = [];
  const senderSubnets: { transport: TransportSet; ranges: IpSet }[] = [];
  let closedPeers = IpSet.empty;
  for (const { bound, facts } of contexts) {
    const own = bound.rolesOf.get(endpoint) ?? [];
    if (own.length === 0) continue;
    for (const profile of bound.cluster.profiles) {
      for (const row of profile.rows) {
        if (row.local || !own.includes(row.to)) continue;
        rows.push({ profile, row, cluster: bound.cluster });
        const transport = rowTransport(row, facts);
        if (transport === undefined || holds(row.when, facts) === false) continue;
        for (const sender of sendersOf(row.from, bound, facts)) {
          const peers = permittedPeers(endpoint, sender, seen);
          boxes.push({ peers: peers.all, transport });
          stated.push({ peers: peers.stated, transport });
          const ranges = subnetsOf(endpoint, sender, world);
          if (!ranges.isEmpty) senderSubnets.push({ transport, ranges });
        }
      }
      for (const pair of profile.closed) {
        if (!own.includes(pair.to)) continue;
        const from = bound.roles.get(pair.from);
        closedPeers = closedPeers.union(
          pair.from === "any" ? IpSet.any : from === undefined ? IpSet.empty : seen.role(endpoint, from).permitted,
        );
      }
    }
    for (const entry of bound.cluster.allow) {
      if (!("role" in entry.to) || !own.includes(entry.to.role)) continue;
      const peers = allowedPeers(endpoint, entry, seen, world);
      boxes.push({ peers: peers.all, transport: entry.transport });
      stated.push({ peers: peers.stated, transport: entry.transport });
    }
  }
  return {
    traffic: TrafficSet.fromBoxes(boxes),
    stated: TrafficSet.fromBoxes(stated),
    closedPeers,
    rows,
    senderSubnets,
  };
}

/** What the top-level `allow` permits to an endpoint of no cluster. */
export function permitUnbound(endpoint: Endpoint, allow: readonly AllowEntry[], seen: Seen, world: World): Permission {
  const boxes = [{ peers: IpSet.any, transport: NETWORK_ICMP }];
  const stated = [{ peers: IpSet.any, transport: NETWORK_ICMP }];
  for (const entry of allow) {
    if (!("selector" in entry.to) || !matchesSelector(endpoint, entry.to.selector, world)) continue;
    const peers = allowedPeers(endpoint, entry, seen, world);
    boxes.push({ peers: peers.all, transport: entry.transport });
    stated.push({ peers: peers.stated, transport: entry.transport });
  }
  return {
    traffic: TrafficSet.fromBoxes(boxes),
    stated: TrafficSet.fromBoxes(stated),
    closedPeers: IpSet.empty,
    rows: [],
    senderSubnets: [],
  };
}

/**
 * The roles that really send what a row says `from` sends. Behind a load balancer that passes addresses on, the balancer's
 * clients arrive too; where its kind is not known, both may (docs/judging.md, 2).
 */
export function sendersOf(from: string, bound: ClusterRoles, facts: Facts): (Role | "any")[] {
  if (from === "any") return ["any"];
  const role = bound.roles.get(from);
  if (role === undefined) return [];
  if (from !== "external_lb" || facts.get("external_lb")?.value === "proxy") return [role];
  return [role, ...balancerClients(bound, facts)];
}

/** Roles that the documents let reach the load balancer. */
export function balancerClients(bound: ClusterRoles, facts: Facts): Role[] {
  const names = new Set<string>();
  for (const profile of bound.cluster.profiles) {
    for (const row of profile.rows) {
      if (row.to === "external_lb" && row.from !== "external_lb" && holds(row.when, facts) !== false)
        names.add(row.from);
    }
  }
  return [...names].sort().flatMap((name) => bound.roles.get(name) ?? []);
}

function permittedPeers(endpoint: Endpoint, sender: Role | "any", seen: Seen): { all: IpSet; stated: IpSet } {
  if (sender === "any") return { all: IpSet.any, stated: IpSet.any };
  // docs/judging.md, 2: an unbound infrastructure role excuses private addresses on its rows' ports; an unbound client role leaves its
  // ports unjudged for any peer.
  if (sender.status === "not bound") {
    const peers = sender.kind === "infrastructure" ? PRIVATE : IpSet.any;
    return { all: peers, stated: peers };
  }
  const { permitted, stated } = seen.role(endpoint, sender);
  return { all: permitted, stated };
}

function allowedPeers(endpoint: Endpoint, entry: AllowEntry, seen: Seen, world: World): { all: IpSet; stated: IpSet } {
  const stated = IpSet.unionAll(entry.from.filter((spec) => spec.kind === "addresses").map((spec) => spec.addresses));
  const members = selectEndpoints(entry.from, world);
  return { all: stated.union(seen.endpoints(endpoint, members)), stated };
}

/** Ranges of the subnets that a role's members live in, as far as the viewer sees those members privately. */
function subnetsOf(viewer: Endpoint, sender: Role | "any", world: World): IpSet {
  if (sender === "any") return IpSet.empty;
  const bySubnet = new Map<string, Endpoint>();
  for (const endpoint of sender.endpoints) bySubnet.set(`${endpoint.networkId}|${endpoint.subnetId}`, endpoint);
  const ranges: IpSet[] = [];
  for (const endpoint of bySubnet.values()) {
    const sight = endpoint.networkId === viewer.networkId ? "private" : world.sight(viewer, endpoint, "source").kind;
    if (sight === "private") ranges.push(world.networkRanges(endpoint).subnet);
  }
  return IpSet.unionAll(ranges);
}
