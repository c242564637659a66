// What a snapshot tells its reader: items in the provider's own shape, the calls that gave them, and what was left out.
// Every source (a folder of CLI answers, Portolan's own file, a live collection) speaks to the same consumer.
// The names of the types are the provider's own top-level keys; nothing here interprets an item.

import type { CallRecord, Scope, Warning } from "../model/index.ts";

/** Types of facts, sorted by code unit. Each stands for one item of the provider's list of that name. */
export const FACT_TYPES = [
  "Addresses",
  "EgressOnlyInternetGateways",
  /** One item an instance; the reservation's OwnerId stands beside it as ReservationOwnerId. */
  "Instances",
  "InternetGateways",
  /** Classic load balancers. */
  "LoadBalancerDescriptions",
  /** ELBv2. */
  "LoadBalancers",
  "NatGateways",
  "NetworkAcls",
  "NetworkInterfaces",
  /** Ours: `{PrefixListId, Entries: [{Cidr, Description}]}`, one item a list whose entries were read. */
  "PrefixListEntries",
  /** Managed lists, and DescribePrefixLists answers with inline `Cidrs`. */
  "PrefixLists",
  "RouteTables",
  "SecurityGroupRules",
  "SecurityGroupVpcAssociations",
  "SecurityGroups",
  "StaleSecurityGroupSet",
  "Subnets",
  /** ELBv2, with our `Attributes: [{Key, Value}]` beside the provider's fields. */
  "TargetGroups",
  "TransitGatewayVpcAttachments",
  "TransitGateways",
  "VpcBlockPublicAccessExclusions",
  "VpcBlockPublicAccessOptions",
  "VpcPeeringConnections",
  "Vpcs",
] as const;

export type FactType = (typeof FACT_TYPES)[number];

export interface SnapshotHeader {
  /** ISO time of the collection; absent where a folder of answers states none. */
  readonly created?: string;
  /** Path or account name, for people. */
  readonly source: string;
  /** `folder`: answers of another program, which prove nothing about completeness. */
  readonly origin: "collected" | "folder";
}

/**
 * Receives a snapshot in one pass: `start`, then anything in any order, then `end` exactly once.
 * A source that fails throws and never calls `end`.
 */
export interface FactConsumer {
  start(header: SnapshotHeader): void;
  item(scope: Scope, type: FactType, item: unknown): void;
  call(record: CallRecord): void;
  /** Something in the input that this version does not read. */
  skipped(subject: string, reason: string): void;
  warning(warning: Warning): void;
  end(): void;
}
