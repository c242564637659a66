// The configuration after reading: what a cluster is, which profiles it follows, and who holds its roles.

import type { IpSet, TransportSet } from "../net/index.ts";
import type { Position } from "./errors.ts";
import type { FactValue, Profile } from "./profile.ts";

/** Everything named in one selector must hold; a list of selectors is their union. */
export interface EndpointSelector {
  /** Tag of the machine or of the interface; every pair must match; "*" as value = the key exists. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Group ids or group names; the interface carries any of them. */
  readonly securityGroups?: readonly string[];
  /** Names of machines or interfaces; `*` stands for any run of characters. */
  readonly names?: readonly string[];
  readonly subnets?: readonly string[];
  /** Names or ARNs of load balancers; their interfaces. */
  readonly loadBalancers?: readonly string[];
  /** `i-...` or `eni-...` */
  readonly ids?: readonly string[];
}

export type PeerSpec =
  | { readonly kind: "endpoints"; readonly selector: EndpointSelector }
  /** `label` is the name under which reports show it: a named network, or the CIDR. */
  | { readonly kind: "addresses"; readonly label: string; readonly addresses: IpSet };

export type RoleBinding =
  /** The role does not exist here: its rows are not applicable. */
  | { readonly kind: "none" }
  | {
      readonly kind: "bound";
      readonly specs: readonly PeerSpec[];
      /** Addresses under which the role arrives when it is not seen privately (NAT, VPN). */
      readonly seenAs?: IpSet;
      readonly position: Position;
    };

export interface AllowEntry {
  readonly from: readonly PeerSpec[];
  /** Role name (cluster entries) or a selector (top-level entries). */
  readonly to: { readonly role: string } | { readonly selector: EndpointSelector };
  readonly transport: TransportSet;
  readonly reason: string;
  readonly owner: string;
  readonly position: Position;
}

export interface Cluster {
  readonly name: string;
  /** Names of the accounts it lives in; any where absent. */
  readonly accounts?: readonly string[];
  readonly profiles: readonly Profile[];
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Only what the configuration states; a role of a profile that is absent here is not bound. */
  readonly roles: Readonly<Record<string, RoleBinding>>;
  readonly allow: readonly AllowEntry[];
  readonly position: Position;
}

export interface KnownGap {
  readonly account: string;
  readonly call: string;
  readonly owner: string;
  readonly reason: string;
  /** ISO date, last day included. */
  readonly expires: string;
}

/** An accepted finding: the exact traffic it covers, who owns it and until when. */
export interface Waiver {
  readonly cluster?: string;
  readonly role?: string;
  readonly securityGroups?: readonly string[];
  readonly peers: IpSet;
  readonly transport: TransportSet;
  readonly owner: string;
  readonly reason: string;
  readonly ticket?: string;
  readonly expires: string;
  readonly position: Position;
}

/** Everything the judging needs of the configuration. */
export interface AuditPlan {
  readonly clusters: readonly Cluster[];
  /** Top-level `allow`: for endpoints that no cluster holds. */
  readonly allow: readonly AllowEntry[];
  readonly baseline: Profile;
  /** Port names and classes of all shipped profiles, most specific first. */
  readonly portNames: Profile["portNames"];
  /** observed-rules profiles whose groups are recognised. */
  readonly observed: readonly Profile[];
  /** Named networks, for showing. */
  readonly networks: readonly { readonly name: string; readonly addresses: IpSet }[];
  readonly waivers: readonly Waiver[];
  readonly knownGaps: readonly KnownGap[];
}
