// What a rule's peer stands for at an endpoint: addresses for certain, and addresses that may be among them.

import { isFailure, type Direction, type Endpoint, type Peer, type RuleSet } from "../model/index.ts";
import { IpSet, TrafficSet } from "../net/index.ts";
import type { AwsEstate } from "../providers/aws/estate.ts";
import { ownAddresses, type Visibility } from "./visibility.ts";

export interface Resolved {
  readonly definite: IpSet;
  /** Contains `definite`. */
  readonly possible: IpSet;
  /** Why the two differ. */
  readonly unknown?: string;
  /** Senders that match by group although their addresses are elsewhere: clients of a load balancer that passes addresses on. */
  readonly clients?: { readonly definite: TrafficSet; readonly possible: TrafficSet };
}

const NOTHING: Resolved = { definite: IpSet.empty, possible: IpSet.empty };

export class Resolver {
  readonly #estate: AwsEstate;
  readonly #visibility: Visibility;
  readonly #membersOf = new Map<string, Endpoint[]>();
  readonly #byNetwork = new Map<string, Endpoint[]>();
  readonly #references = new Map<string, Resolved>();
  readonly #known = new Map<string, IpSet>();
  /** Ingress of a balancer's interface; set by the policy engine, which needs the resolver first. */
  clientsOf: (endpoint: Endpoint) => { readonly definite: TrafficSet; readonly possible: TrafficSet } = () => ({
    definite: TrafficSet.empty,
    possible: TrafficSet.empty,
  });

  constructor(estate: AwsEstate, visibility: Visibility) {
    this.#estate = estate;
    this.#visibility = visibility;
    for (const endpoint of estate.endpoints) {
      push(this.#byNetwork, endpoint.networkId, endpoint);
      if (!endpoint.standIn) for (const id of endpoint.groupIds) push(this.#membersOf, id, endpoint);
    }
  }

  /**
   * @param holder the rule set that holds the rule: a pair that AWS calls stale is stale in that group
   */
  resolve(peer: Peer, endpoint: Endpoint, direction: Direction, holder: RuleSet): Resolved {
    switch (peer.kind) {
      case "any":
        return { definite: IpSet.any, possible: IpSet.any };
      case "cidr":
        return { definite: peer.addresses, possible: peer.addresses };
      case "prefix-list":
        return this.#list(peer.prefixListId);
      case "security-group": {
        if (this.staleness(peer, holder) !== undefined) return NOTHING;
        const key = `${endpoint.networkId} ${direction} ${peer.groupId}`;
        let resolved = this.#references.get(key);
        if (resolved === undefined)
          this.#references.set(key, (resolved = this.#group(peer.groupId, endpoint, direction)));
        return resolved;
      }
    }
  }

  /** Why a reference is stale; undefined where it is alive, or where nobody says. */
  staleness(peer: Peer & { readonly kind: "security-group" }, holder: RuleSet): string | undefined {
    if (this.#estate.stale.has(`${holder.id} ${peer.groupId}`))
      return `AWS lists the reference to ${peer.groupId} as stale`;
    if (
      peer.peeringStatus !== undefined &&
      ["deleted", "deleting", "expired", "failed", "rejected"].includes(peer.peeringStatus)
    ) {
      return `the peering ${peer.peeringId ?? ""} to ${peer.groupId} is ${peer.peeringStatus}`.replace("  ", " ");
    }
    // A complete live list proves that a group of the same account and network is gone.
    const isOwn =
      (peer.account === undefined || peer.account === holder.scope.account) &&
      peer.peeringId === undefined &&
      (peer.networkId === undefined || peer.networkId === holder.networkId);
    if (
      isOwn &&
      !this.#estate.ruleSets.has(peer.groupId) &&
      this.#estate.outcome(holder.scope, "DescribeSecurityGroups") === "complete" &&
      !this.#membersOf.has(peer.groupId)
    ) {
      return `${peer.groupId} does not exist any more`;
    }
    return undefined;
  }

  membersOf(groupId: string): readonly Endpoint[] {
    return this.#membersOf.get(groupId) ?? [];
  }

  #list(id: string): Resolved {
    const list = this.#estate.prefixLists.get(id);
    if (list?.entries !== undefined) return { definite: list.entries, possible: list.entries };
    const possible = list?.family === 4 ? IpSet.anyV4 : list?.family === 6 ? IpSet.anyV6 : IpSet.any;
    return { definite: IpSet.empty, possible, unknown: `the entries of the prefix list ${id} were not read` };
  }

  #group(groupId: string, viewer: Endpoint, direction: Direction): Resolved {
    const members = this.membersOf(groupId).filter((member) =>
      this.#visibility.matchesReferences(viewer.networkId, member.networkId, direction),
    );
    const definite = IpSet.unionAll(members.map(ownAddresses));
    const carrying = direction === "ingress" ? members.filter((member) => this.#passesClients(member) !== false) : [];
    const clients = carrying.length === 0 ? undefined : this.#clients(carrying);
    const hidden = this.#hiddenMembers(groupId, viewer);
    if (hidden === undefined) return { definite, possible: definite, ...(clients === undefined ? {} : { clients }) };
    // Whoever is known to carry other groups is no member. Everybody else may be one, public addresses too: the group may be that of a
    // load balancer that passes its clients' addresses on.
    const strangers = IpSet.any.subtract(this.#knownAddresses(viewer.networkId));
    return {
      definite,
      possible: definite.union(strangers),
      unknown: hidden,
      ...(clients === undefined ? {} : { clients }),
    };
  }

  /** Why the group may have members that the snapshot does not show. */
  #hiddenMembers(groupId: string, viewer: Endpoint): string | undefined {
    const group = this.#estate.ruleSets.get(groupId);
    if (group === undefined) return `the group ${groupId} is not in the snapshot`;
    const asked = this.#estate.outcome(group.scope, "DescribeNetworkInterfaces");
    if (asked !== undefined && isFailure(asked)) return `the interfaces of ${groupId} were not all read`;
    if (viewer.standIn || !this.#estate.endpoints.some((endpoint) => !endpoint.standIn))
      return `interfaces were not collected, so it is not known which carry ${groupId}`;
    return undefined;
  }

  #passesClients(member: Endpoint): boolean | "unknown" {
    if (member.interfaceType !== "network_load_balancer") return false;
    return (
      this.#estate.balancers.find((balancer) => balancer.endpointIds.includes(member.id))?.clientAddresses ?? "unknown"
    );
  }

  #clients(carrying: readonly Endpoint[]): NonNullable<Resolved["clients"]> {
    const sets = carrying.map((member) => ({
      certain: this.#passesClients(member) === true,
      ...this.clientsOf(member),
    }));
    return {
      definite: TrafficSet.unionAll(sets.map((set) => (set.certain ? set.definite : TrafficSet.empty))),
      possible: TrafficSet.unionAll(sets.map((set) => set.possible)),
    };
  }

  #knownAddresses(networkId: string): IpSet {
    let known = this.#known.get(networkId);
    if (known === undefined) {
      const networks = [networkId, ...this.#visibility.linksOf(networkId).keys()];
      known = IpSet.unionAll(networks.flatMap((id) => (this.#byNetwork.get(id) ?? []).map(ownAddresses)));
      this.#known.set(networkId, known);
    }
    return known;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
