// Rules as the providers state them, in one neutral shape. Peers stay symbolic here; the engine resolves them.

import type { IpSet, TransportSet } from "../net/index.ts";
import type { Scope } from "./scope.ts";

export type Direction = "ingress" | "egress";

/** What a rule names as its remote side. */
export type Peer =
  | { readonly kind: "cidr"; readonly text: string; readonly addresses: IpSet }
  | {
      readonly kind: "security-group";
      readonly groupId: string;
      /** Owner account of the referenced group, where the answer names it. */
      readonly account?: string;
      readonly networkId?: string;
      readonly peeringId?: string;
      /** "active", "deleted" ... as the provider says. */
      readonly peeringStatus?: string;
    }
  | { readonly kind: "prefix-list"; readonly prefixListId: string }
  | { readonly kind: "any" };

export interface Rule {
  /** The provider's rule id (`sgr-...`), or for a network ACL its rule number; absent where the answers give none. */
  readonly id?: string | undefined;
  readonly direction: Direction;
  readonly action: "allow" | "deny";
  /** Order of first-match rule sets; 0 in unions. */
  readonly priority: number;
  readonly transport: TransportSet;
  readonly peer: Peer;
  /** Hostile text: whatever somebody typed. */
  readonly description?: string | undefined;
}

/** `union-of-allows`: AWS groups. `first-match`: network ACLs, Azure NSGs. */
export type RuleSetSemantics = "union-of-allows" | "first-match";

export interface RuleSet {
  /** Resource id: `sg-...`, `acl-...`. */
  readonly id: string;
  readonly kind: "security-group" | "network-acl";
  readonly semantics: RuleSetSemantics;
  readonly scope: Scope;
  readonly name: string;
  readonly description: string;
  readonly networkId: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
}
