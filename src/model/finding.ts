// A finding: one cause of difference between what is documented and what the cloud lets through.
// These are the shapes of the JSON report; reports in other formats are drawn from them.

import type { Severity } from "./severity.ts";

export type FindingKind = "missing" | "excess" | "unknown" | "hygiene";

/** One canonical box of traffic, as text: peer CIDRs or names, protocol, ports. */
export interface TrafficText {
  readonly peer: string;
  readonly protocol: string;
  /** "2379-2380", "all", "type 8 code 0"; "" for protocols without ports. */
  readonly ports: string;
}

/** One concrete packet that shows the difference. */
export interface Witness {
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number | null;
  /** The sentence a person reads: "203.0.113.7 can open tcp/2379 on eni-1 (10.0.1.5)". */
  readonly text: string;
}

/** A rule or fact that lets the traffic through, nearly does, or hides it. */
export interface Evidence {
  /** Resource that holds the rule: `sg-...`, `acl-...`. */
  readonly resource: string;
  readonly name: string;
  readonly rule: string | null;
  /** "tcp 2379 from 0.0.0.0/0", in words of the report. */
  readonly text: string;
  /** What somebody typed beside the rule. Hostile text. */
  readonly description: string;
}

export interface FindingPart {
  /** "internet", "public range", "broad private", "narrow", "slack", "own nodes". */
  readonly class: string;
  readonly severity: Severity;
  readonly traffic: readonly TrafficText[];
  /** The documented reason where there is one: "C9: ...". */
  readonly reason: string;
}

export interface ResourceText {
  readonly id: string;
  readonly name: string;
  readonly kind: "endpoint" | "security-group" | "network-acl" | "prefix-list" | "role";
  /** `aws/111122223333/eu-west-1` */
  readonly scope: string;
}

export interface Finding {
  /** 16 hex digits; the same for the same cause in every run. */
  readonly id: string;
  /** 16 hex digits of the exact traffic; differs when the size of the cause changed. */
  readonly digest: string;
  readonly kind: FindingKind;
  /** Stable kebab-case name of the rule of judging: "undocumented-ingress". */
  readonly rule: string;
  readonly severity: Severity;
  /** One line, for lists: "etcd client (tcp 2379) is open to the Internet on sg-0a1b (etcd)". */
  readonly title: string;
  /** Why it matters and which document or rule says so; one or two sentences. */
  readonly reason: string;
  readonly cluster: string | null;
  readonly role: string | null;
  readonly scope: string;
  readonly resources: readonly ResourceText[];
  readonly traffic: readonly TrafficText[];
  readonly parts: readonly FindingPart[];
  readonly witness: Witness | null;
  readonly evidence: readonly Evidence[];
  /** Ids of profile rows and contradictions that it rests on, with the document. */
  readonly sources: readonly { readonly profile: string; readonly row: string; readonly text: string }[];
  readonly route: "reachable" | "unreachable" | "unknown" | null;
  readonly waiver: {
    readonly owner: string;
    readonly reason: string;
    readonly expires: string;
    readonly ticket: string | null;
  } | null;
  readonly fix: null;
}

export type CellStatus = "satisfied" | "missing" | "wider" | "local" | "unknown" | "not_judged" | "not_applicable";

/** One documented row of one cluster, judged. */
export interface Cell {
  readonly cluster: string;
  readonly profile: string;
  /** Row id within the profile. */
  readonly row: string;
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly ports: string;
  readonly need: "required" | "any-of" | "allowed";
  readonly status: CellStatus;
  /** Why, in one sentence: "role not bound", "closed, and need not be open" ... */
  readonly reason: string;
  readonly purpose: string;
  /** Ids of findings about this row. */
  readonly findings: readonly string[];
}
