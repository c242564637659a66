// A finding before it has an id: what the comparison says, with the parts that identity is made of. The judge turns it into a Finding.

import type { Cluster, Endpoint, Finding, RuleSet } from "../../model/index.ts";
import type { TrafficSet, TransportSet } from "../../net/index.ts";

export interface FindingDraft extends Omit<Finding, "id" | "digest" | "waiver" | "fix"> {
  /** What the id is made of, beside scope and rule: cluster, role or group, direction, protocol and port class. */
  readonly identity: readonly string[];
  /** The exact traffic in a form that holds no node address, rule id or order. */
  readonly exact: readonly string[];
  /** Receiving or sending endpoints, for matrix cells and waivers. */
  readonly endpoints: ReadonlySet<Endpoint>;
  readonly clusters: readonly Cluster[];
  readonly ruleSets: readonly RuleSet[];
  readonly transport: TransportSet;
  /** The traffic as one set, where it has one: waivers are measured against it. */
  readonly set: TrafficSet | undefined;
  /** Profile rows that the finding is about. */
  readonly rows: ReadonlySet<string>;
}

/** How a row is named across profiles: profile id and row id. */
export function rowKey(profileId: string, rowId: string): string {
  return `${profileId}#${rowId}`;
}
