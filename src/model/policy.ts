// An endpoint's real ingress and egress, as sets.

import type { Address, IpSet, TrafficSet } from "../net/index.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Rule, RuleSet } from "./rule.ts";

/** What one rule lets through at an endpoint, after network ACLs of its subnet. Peers are as the endpoint sees them. */
export interface Grant {
  readonly rule: Rule;
  readonly ruleSet: RuleSet;
  readonly definite: TrafficSet;
  /** Contains `definite`; larger where the rule's peer could not be read. */
  readonly possible: TrafficSet;
  /** Why `possible` is larger than `definite`. */
  readonly unknown?: string;
}

export interface DirectionPolicy {
  /** Definitely let through: groups and the subnet's network ACL together. */
  readonly definite: TrafficSet;
  /** `definite` plus what may be let through. */
  readonly possible: TrafficSet;
  /** One entry a rule; those of groups only. Computed on first use. */
  readonly grants: () => readonly Grant[];
  /** Causes of `possible - definite` that no rule states: an unread group, an unread network ACL. */
  readonly unknowns: readonly { readonly resource: string; readonly reason: string; readonly traffic: TrafficSet }[];
  /** What the groups let through and the subnet's network ACL then drops; absent where no ACL was collected. */
  readonly droppedByAcl?: { readonly resource: string; readonly traffic: TrafficSet };
}

export interface EffectivePolicy {
  readonly ingress: DirectionPolicy;
  readonly egress: DirectionPolicy;
}

/**
 * How one endpoint appears to another: `private` over one network, an active peering or transit gateway; `public` by its
 * public address; `nat` behind a NAT gateway; `none` where no address of it can arrive; `unknown` where facts are missing.
 */
export type Sight =
  | { readonly kind: "private" | "public" | "nat"; readonly addresses: IpSet; readonly primary: readonly Address[] }
  | { readonly kind: "none"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

export interface RouteAnswer {
  readonly route: "reachable" | "unreachable" | "unknown";
  readonly reason: string;
}

/** What the comparison asks of the facts. One implementation holds all accounts and providers of a run. */
export interface World {
  /** Sorted by id, code units. Endpoints of terminated machines are not among them. */
  readonly endpoints: readonly Endpoint[];
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly loadBalancers: readonly LoadBalancer[];
  /** Ingress and egress of an endpoint; cached by everything they depend on. */
  policy(endpoint: Endpoint): EffectivePolicy;
  /** Endpoints with an equal key have equal policies (same groups, same subnet filter, same network). */
  policyKey(endpoint: Endpoint): string;
  /** How `other` appears to `viewer` as the source (ingress of the viewer) or as the destination (egress of the viewer) of packets. */
  sight(viewer: Endpoint, other: Endpoint, as: "source" | "destination"): Sight;
  /** Whether packets have a way from one endpoint to another. */
  route(from: Endpoint, to: Endpoint): RouteAnswer;
  /** Whether the Internet has a way to the endpoint, by family, apart from all filters. */
  exposure(endpoint: Endpoint, family: 4 | 6): RouteAnswer;
  /** Address ranges of the endpoint's own network and of those connected to it; its subnet's own range. */
  networkRanges(endpoint: Endpoint): { readonly network: IpSet; readonly connected: IpSet; readonly subnet: IpSet };
  /** Where the interface list is complete and nothing refers to the group; only then "unused" may be said. */
  usage(ruleSetId: string): "used" | "unused" | "unknown";
  /** Rules that refer to a group that is gone or out of reach (deleted, peering deleted); sorted by rule set, then rule. */
  staleReferences(): readonly { readonly ruleSet: RuleSet; readonly rule: Rule; readonly reason: string }[];
}

export interface LoadBalancer {
  readonly name: string;
  readonly id: string;
  /** "application", "network", "gateway", "classic" or "unknown". */
  readonly type: string;
  readonly scheme: "internet-facing" | "internal" | "unknown";
  readonly groupIds: readonly string[];
  readonly endpointIds: readonly string[];
  /** Whether targets see the client's address: true, false, or unknown where target groups were not collected or disagree. */
  readonly clientAddresses: boolean | "unknown";
  readonly tags: Readonly<Record<string, string>>;
}
