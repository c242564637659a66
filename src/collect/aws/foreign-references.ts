// Which networks can hold stale references: those with a group that refers to a group of another network, or to one that is not
// listed. AWS has only a small bucket for asking per network, and most networks hold no such reference at all.

import type { Item } from "../../snapshot/item-identity.ts";

interface Pair {
  readonly GroupId?: string;
  readonly VpcId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly PeeringStatus?: string;
}

interface Permission {
  readonly UserIdGroupPairs?: readonly Pair[];
}

interface Group {
  readonly GroupId?: string;
  readonly VpcId?: string;
  readonly IpPermissions?: readonly Permission[];
  readonly IpPermissionsEgress?: readonly Permission[];
}

export class ForeignReferences {
  readonly #listed = new Set<string>();
  /** Referenced group -> networks of the groups that refer to it. */
  readonly #references = new Map<string, Set<string>>();
  readonly #networks = new Set<string>();

  /** @param groups items of DescribeSecurityGroups */
  add(groups: readonly Item[]): void {
    for (const { GroupId, VpcId, IpPermissions = [], IpPermissionsEgress = [] } of groups as readonly Group[]) {
      if (GroupId !== undefined) this.#listed.add(GroupId);
      if (VpcId === undefined) continue;
      for (const { UserIdGroupPairs = [] } of [...IpPermissions, ...IpPermissionsEgress]) {
        for (const pair of UserIdGroupPairs) this.#addPair(pair, VpcId);
      }
    }
  }

  #addPair(pair: Pair, network: string): void {
    const isElsewhere = pair.VpcId !== undefined && pair.VpcId !== network;
    if (isElsewhere || pair.VpcPeeringConnectionId !== undefined || pair.PeeringStatus !== undefined)
      this.#networks.add(network);
    else if (pair.GroupId !== undefined) {
      const networks = this.#references.get(pair.GroupId);
      if (networks === undefined) this.#references.set(pair.GroupId, new Set([network]));
      else networks.add(network);
    }
  }

  /** Ids of the networks to ask about, sorted; to be called after the last group. */
  networks(): readonly string[] {
    const networks = new Set(this.#networks);
    for (const [group, referring] of this.#references) {
      if (!this.#listed.has(group)) for (const network of referring) networks.add(network);
    }
    return [...networks].toSorted();
  }
}
