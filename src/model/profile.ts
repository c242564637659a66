// The documented traffic between roles, as data. Read from profiles/*.yaml by src/profile.

import type { TransportSet } from "../net/index.ts";
import type { Position } from "./errors.ts";
import type { Severity } from "./severity.ts";

export type FactValue = string | number | boolean;

/** Holds when every named fact has one of the listed values; unknown when a named fact is not set and no other one fails. */
export interface Condition {
  readonly facts: readonly {
    readonly fact: string;
    readonly values: readonly FactValue[];
    readonly negated: boolean;
  }[];
}

export type Need =
  | { readonly kind: "required" }
  /** At least one of the rows of that name, between the same two endpoints. */
  | { readonly kind: "any-of"; readonly name: string }
  /** A ceiling: permitted, never required. */
  | { readonly kind: "allowed" };

export interface Requirement {
  /** Stable, unique within the profile. */
  readonly id: string;
  /** Role name. */
  readonly from: string;
  /** Role name; equal to `from` for rows between nodes of one role and for local rows. */
  readonly to: string;
  /** undefined where the document gives no number and `portFact` names the fact that does. */
  readonly transport: TransportSet | undefined;
  /** As the document words it: "tcp", "2379". */
  readonly protocolText: string;
  readonly portsText: string;
  readonly portFact?: string;
  readonly need: Need;
  readonly essential: boolean;
  /** Traffic of a node to itself: never required as a network rule. */
  readonly local: boolean;
  readonly when: Condition | undefined;
  /** Wins over the computed severity of a finding that the row is missing. */
  readonly severity?: Severity;
  readonly purpose: string;
  /** Line or cell of the document. */
  readonly source: string;
  /** Ids of documented contradictions (C1 ...) that shaped the row. */
  readonly notes: readonly string[];
  readonly position: Position;
}

/** A verdict on excess that the document's contradictions settle; the first that matches a part of an excess wins. */
export interface Judgement {
  /** "C9": names the documented reason; parts of one rule set with one judgement are one finding. */
  readonly id: string;
  /** Receiving roles; empty = every role of the profile. */
  readonly to: readonly string[];
  /** Applies only to endpoints that hold none of these roles. */
  readonly unlessRoles: readonly string[];
  /** Who sends: own nodes of the cluster, one of the roles, or an address class. */
  readonly peers: "any" | "own-nodes" | "outside" | "internet" | { readonly roles: readonly string[] };
  readonly transport: TransportSet;
  readonly severity: Severity;
  readonly reason: string;
  readonly when: Condition | undefined;
}

/** A rule that a driver or a cloud makes by itself, to compare a recognised group with. */
export interface ObservedRule {
  readonly id: string;
  readonly direction: "ingress" | "egress";
  readonly transport: TransportSet;
  readonly portsText: string;
  readonly peer: "any-ipv4" | "any-ipv6" | "self";
  readonly purpose: string;
}

export interface RoleDefinition {
  readonly name: string;
  readonly title: string;
  /** `infrastructure`: nodes and load balancers. `client`: people and workloads outside. `external`: places on the Internet. */
  readonly kind: "infrastructure" | "client" | "external";
  /** Union of these roles (`all_cluster_nodes`); such a role is not bound by itself. */
  readonly unionOf?: readonly string[];
}

export type PortClass = "critical" | "elevated" | "other";

/** A port with a name; `sensitive` ports are what the baseline judges. */
export interface PortName {
  readonly transport: TransportSet;
  /** Kebab-case, part of finding ids: "etcd-client". */
  readonly name: string;
  readonly title: string;
  /** critical: etcd, kubelet, Docker, VXLAN. elevated: SSH, RDP, databases, Kubernetes API. */
  readonly portClass: PortClass;
}

export interface Profile {
  /** "rancher-2.0/node-pools" */
  readonly id: string;
  readonly title: string;
  readonly source: {
    readonly document: string;
    readonly section: string;
    readonly version: string;
    /** ISO date of the document. */
    readonly date: string;
    readonly url?: string;
  };
  readonly kind: "requirements" | "observed-rules" | "baseline" | "port-names";
  readonly roles: readonly RoleDefinition[];
  /** Values assumed for facts that a configuration does not state; reports show them as assumed. */
  readonly factDefaults: Readonly<Record<string, FactValue>>;
  readonly rows: readonly Requirement[];
  /** Role pairs for which the document is complete; `from: "any"` = whoever it is. */
  readonly closed: readonly { readonly from: string; readonly to: string }[];
  readonly judgements: readonly Judgement[];
  readonly portNames: readonly PortName[];
  /** observed-rules: how such a group is recognised, and its rules. */
  readonly recognise?: { readonly groupNames: readonly string[]; readonly tagKeys: readonly string[] };
  readonly observed: readonly ObservedRule[];
  /** What a reader should know, one sentence each. */
  readonly notes: readonly string[];
}
