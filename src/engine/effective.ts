// The effective policy of an endpoint: the union of all rules of all its groups, less what the network ACL of its subnet drops.
// AWS: allow rules only, no order, all groups of the interface together; the ACL applies to traffic that enters or leaves the subnet.

import {
  isFailure,
  type Direction,
  type DirectionPolicy,
  type EffectivePolicy,
  type Endpoint,
  type Grant,
  type RuleSet,
} from "../model/index.ts";
import { IpSet, TrafficSet, TransportSet, type TrafficBox } from "../net/index.ts";
import type { AwsEstate } from "../providers/aws/estate.ts";
import type { Resolver } from "./resolve.ts";

const EVERYTHING: DirectionPolicy = {
  definite: TrafficSet.all,
  possible: TrafficSet.all,
  grants: () => [],
  unknowns: [],
};

/** What the subnet of an endpoint lets past, for peers as the endpoint sees them. */
interface SubnetFilter {
  readonly kind: "open" | "acl" | "unseen";
  readonly resource: string;
  readonly allowed: TrafficSet;
}

export class Policies {
  readonly #estate: AwsEstate;
  readonly #resolver: Resolver;
  readonly #policies = new Map<string, EffectivePolicy>();
  readonly #acls = new Map<string, TrafficSet>();
  readonly #filters = new Map<string, SubnetFilter>();

  constructor(estate: AwsEstate, resolver: Resolver) {
    this.#estate = estate;
    this.#resolver = resolver;
    resolver.clientsOf = (endpoint) => {
      const { definite, possible } = this.of(endpoint).ingress;
      return { definite, possible };
    };
  }

  /** Everything that a policy depends on, as text. */
  key(endpoint: Endpoint): string {
    return `${endpoint.filteredByGroups ? endpoint.groupIds.join(",") : "-"}|${endpoint.networkId}|${endpoint.subnetId}|${endpoint.standIn}`;
  }

  of(endpoint: Endpoint): EffectivePolicy {
    const key = this.key(endpoint);
    let policy = this.#policies.get(key);
    if (policy === undefined) {
      policy = lazily(
        () => this.#direction(endpoint, "ingress"),
        () => this.#direction(endpoint, "egress"),
      );
      this.#policies.set(key, policy);
    }
    return policy;
  }

  #direction(endpoint: Endpoint, direction: Direction): DirectionPolicy {
    const filter = this.#filter(endpoint, direction);
    const groups = endpoint.filteredByGroups ? this.#groups(endpoint, direction) : EVERYTHING;
    if (filter.kind === "open") return groups;
    const definite = groups.definite.intersect(filter.allowed);
    if (filter.kind === "unseen") {
      const hidden = groups.possible.subtract(definite);
      const reason = `the network ACL of ${endpoint.subnetId} was not collected`;
      return {
        definite,
        possible: groups.possible,
        grants: once(() =>
          groups.grants().map((grant) => ({ ...grant, definite: grant.definite.intersect(filter.allowed) })),
        ),
        unknowns: hidden.isEmpty
          ? groups.unknowns
          : [...groups.unknowns, { resource: filter.resource, reason, traffic: hidden }],
      };
    }
    const dropped = groups.possible.subtract(filter.allowed);
    return {
      definite,
      possible: groups.possible.intersect(filter.allowed),
      grants: once(() =>
        groups.grants().map((grant) => ({
          ...grant,
          definite: grant.definite.intersect(filter.allowed),
          possible: grant.possible.intersect(filter.allowed),
        })),
      ),
      unknowns: groups.unknowns.map((unknown) => ({ ...unknown, traffic: unknown.traffic.intersect(filter.allowed) })),
      ...(dropped.isEmpty ? {} : { droppedByAcl: { resource: filter.resource, traffic: dropped } }),
    };
  }

  #groups(endpoint: Endpoint, direction: Direction): DirectionPolicy {
    const definite: TrafficBox[] = [];
    const possible: TrafficBox[] = [];
    const extraDefinite: TrafficSet[] = [];
    const extraPossible: TrafficSet[] = [];
    const unknowns: DirectionPolicy["unknowns"][number][] = [];
    for (const groupId of endpoint.groupIds) {
      const group = this.#estate.ruleSets.get(groupId);
      if (group === undefined) {
        unknowns.push({
          resource: groupId,
          reason: `the group ${groupId} is on the interface and not in the snapshot`,
          traffic: TrafficSet.all,
        });
        continue;
      }
      for (const rule of group.rules) {
        if (rule.direction !== direction) continue;
        const resolved = this.#resolver.resolve(rule.peer, endpoint, direction, group);
        if (!resolved.definite.isEmpty) definite.push({ peers: resolved.definite, transport: rule.transport });
        if (resolved.possible !== resolved.definite)
          possible.push({ peers: resolved.possible, transport: rule.transport });
        if (resolved.clients !== undefined) {
          extraDefinite.push(viaBalancer(resolved.clients.definite, rule.transport));
          extraPossible.push(viaBalancer(resolved.clients.possible, rule.transport));
        }
      }
    }
    const certain = TrafficSet.unionAll([TrafficSet.fromBoxes(definite), ...extraDefinite]);
    const maybe =
      unknowns.length > 0
        ? TrafficSet.all
        : possible.length + extraPossible.length === 0
          ? certain
          : TrafficSet.unionAll([certain, TrafficSet.fromBoxes(possible), ...extraPossible]);
    return { definite: certain, possible: maybe, grants: once(() => this.#grants(endpoint, direction)), unknowns };
  }

  #grants(endpoint: Endpoint, direction: Direction): Grant[] {
    const grants: Grant[] = [];
    for (const groupId of endpoint.groupIds) {
      const ruleSet = this.#estate.ruleSets.get(groupId);
      for (const rule of ruleSet?.rules ?? []) {
        if (rule.direction !== direction || ruleSet === undefined) continue;
        const { definite, possible, unknown, clients } = this.#resolver.resolve(
          rule.peer,
          endpoint,
          direction,
          ruleSet,
        );
        const certain = TrafficSet.box(definite, rule.transport);
        const maybe = possible === definite ? certain : TrafficSet.box(possible, rule.transport);
        const because =
          unknown ??
          (clients !== undefined && !clients.possible.isSubsetOf(clients.definite)
            ? "whether the load balancer passes its clients' addresses on is not known"
            : undefined);
        grants.push({
          rule,
          ruleSet,
          definite: clients === undefined ? certain : certain.union(viaBalancer(clients.definite, rule.transport)),
          possible: clients === undefined ? maybe : maybe.union(viaBalancer(clients.possible, rule.transport)),
          ...(because === undefined ? {} : { unknown: because }),
        });
      }
    }
    return grants;
  }

  #filter(endpoint: Endpoint, direction: Direction): SubnetFilter {
    const key = `${direction} ${endpoint.networkId} ${endpoint.subnetId}`;
    let filter = this.#filters.get(key);
    if (filter === undefined) this.#filters.set(key, (filter = this.#readFilter(endpoint, direction)));
    return filter;
  }

  #readFilter(endpoint: Endpoint, direction: Direction): SubnetFilter {
    const open: SubnetFilter = { kind: "open", resource: "", allowed: TrafficSet.all };
    if (endpoint.standIn || endpoint.subnetId === "") return open;
    const within = TrafficSet.box(this.#estate.subnets.get(endpoint.subnetId)?.ranges ?? IpSet.empty, TransportSet.all);
    const acl = this.#estate.ruleSets.get(this.#estate.aclOfSubnet.get(endpoint.subnetId) ?? "");
    if (acl === undefined) {
      const outcome = this.#estate.outcome(endpoint.scope, "DescribeNetworkAcls");
      // An ACL that nobody asked for does not decide; the report names it as not asked.
      if (outcome === undefined || outcome === "not-found") return open;
      return {
        kind: "unseen",
        resource: isFailure(outcome) ? endpoint.subnetId : `acl of ${endpoint.subnetId}`,
        allowed: within,
      };
    }
    const allowed = this.#acl(acl, direction).union(within);
    return allowed.equals(TrafficSet.all) ? open : { kind: "acl", resource: acl.id, allowed };
  }

  /** First match: an entry decides what no entry before it has decided. */
  #acl(acl: RuleSet, direction: Direction): TrafficSet {
    const key = `${direction} ${acl.id}`;
    let allowed = this.#acls.get(key);
    if (allowed !== undefined) return allowed;
    allowed = TrafficSet.empty;
    let open = TrafficSet.all;
    for (const rule of acl.rules) {
      if (rule.direction !== direction || rule.peer.kind !== "cidr") continue;
      const box = TrafficSet.box(rule.peer.addresses, rule.transport);
      if (rule.action === "allow") allowed = allowed.union(box.intersect(open));
      open = open.subtract(box);
    }
    this.#acls.set(key, allowed);
    return allowed;
  }
}

/**
 * Clients of a balancer on the target's port: whoever the balancer's own ingress admits on any port may arrive on the target's, because
 * listeners translate ports.
 */
function viaBalancer(clients: TrafficSet, transport: TransportSet): TrafficSet {
  return clients.isEmpty ? clients : TrafficSet.box(clients.peers(), transport);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function lazily(ingress: () => DirectionPolicy, egress: () => DirectionPolicy): EffectivePolicy {
  const [getIngress, getEgress] = [once(ingress), once(egress)];
  return {
    get ingress() {
      return getIngress();
    },
    get egress() {
      return getEgress();
    },
  };
}
