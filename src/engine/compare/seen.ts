// How a role appears to an endpoint: the addresses under which its members arrive there, and what cannot be told.
// An address means something only inside a network, so every set here belongs to one viewer (docs/judging.md, 1).

import { scopeId, type Endpoint, type World } from "../../model/index.ts";
import { IpSet } from "../../net/index.ts";
import type { Role } from "./roles.ts";

export interface SeenRole {
  /** Primary addresses of the members' primary interfaces: what is required is measured with these. */
  readonly required: readonly SeenMember[];
  /** Every address under which any interface of the role, or a CIDR of it, may arrive. */
  readonly permitted: IpSet;
  /** The part of `permitted` that is stated as CIDRs and not by members. */
  readonly stated: IpSet;
}

export interface SeenMember {
  readonly endpoint: Endpoint | undefined;
  /** Empty where the member cannot arrive at all or its address is not known. */
  readonly addresses: IpSet;
  /** Why the address is not known. */
  readonly unknown?: string;
  /** Why no packet of the member can arrive. */
  readonly unreachable?: string;
}

/** Answers "how does this role look from here", remembering answers per network and subnet of the viewer. */
export class Seen {
  readonly #world: World;
  readonly #roles = new Map<string, Map<Role, SeenRole>>();
  readonly #permitted = new Map<string, Map<readonly Endpoint[], IpSet>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The role as sources of packets that arrive at the viewer. */
  role(viewer: Endpoint, role: Role): SeenRole {
    const key = viewerKey(viewer);
    let cache = this.#roles.get(key);
    if (cache === undefined) this.#roles.set(key, (cache = new Map<Role, SeenRole>()));
    let seen = cache.get(role);
    if (seen === undefined) cache.set(role, (seen = this.#look(viewer, role)));
    return seen;
  }

  /** All addresses under which the endpoints arrive at the viewer. */
  endpoints(viewer: Endpoint, endpoints: readonly Endpoint[]): IpSet {
    const key = viewerKey(viewer);
    let cache = this.#permitted.get(key);
    if (cache === undefined) this.#permitted.set(key, (cache = new Map<readonly Endpoint[], IpSet>()));
    let set = cache.get(endpoints);
    if (set === undefined) {
      set = IpSet.unionAll(endpoints.map((endpoint) => this.#addresses(viewer, endpoint)));
      cache.set(endpoints, set);
    }
    return set;
  }

  #addresses(viewer: Endpoint, endpoint: Endpoint): IpSet {
    if (endpoint === viewer) return IpSet.addresses(viewer.privateAddresses);
    const sight = this.#world.sight(viewer, endpoint, "source");
    return sight.kind === "none" || sight.kind === "unknown" ? IpSet.empty : sight.addresses;
  }

  #look(viewer: Endpoint, role: Role): SeenRole {
    const stated = role.seenAs === undefined ? role.addresses : role.addresses.union(role.seenAs);
    const permitted = this.endpoints(viewer, role.endpoints).union(stated);
    const required = role.primaries.map((endpoint) => this.#member(viewer, endpoint, role));
    // A CIDR role means the endpoints that lie inside it, where there are any; the whole range where there are none. A range that
    // is the Internet holds every public machine there is: it stays a range.
    if (!role.addresses.isEmpty) {
      const inside = role.addresses.countV4() < 2 ** 24 ? this.#inside(viewer, role.addresses) : [];
      if (inside.length > 0) required.push(...inside);
      else required.push({ endpoint: undefined, addresses: role.addresses });
    }
    return { required, permitted, stated };
  }

  #inside(viewer: Endpoint, range: IpSet): SeenMember[] {
    const members: SeenMember[] = [];
    for (const endpoint of this.#world.endpoints) {
      if (endpoint === viewer || !endpoint.primary || endpoint.standIn) continue;
      const sight = this.#world.sight(viewer, endpoint, "source");
      if (sight.kind === "none" || sight.kind === "unknown") continue;
      const addresses = IpSet.addresses(sight.primary).intersect(range);
      if (!addresses.isEmpty) members.push({ endpoint, addresses });
    }
    return members;
  }

  #member(viewer: Endpoint, endpoint: Endpoint, role: Role): SeenMember {
    if (endpoint === viewer) return { endpoint, addresses: IpSet.addresses(viewer.privateAddresses.slice(0, 1)) };
    const sight = this.#world.sight(viewer, endpoint, "source");
    if (sight.kind === "private") return { endpoint, addresses: IpSet.addresses(sight.primary) };
    // seen_as says under which addresses a role arrives where it is not seen privately; it beats what the snapshot suggests.
    if (role.seenAs !== undefined) return { endpoint, addresses: role.seenAs };
    if (sight.kind === "unknown") return { endpoint, addresses: IpSet.empty, unknown: sight.reason };
    if (sight.kind === "none") return { endpoint, addresses: IpSet.empty, unreachable: sight.reason };
    return { endpoint, addresses: IpSet.addresses(sight.primary) };
  }
}

/** Two endpoints with one key see every other endpoint alike. */
export function viewerKey(endpoint: Endpoint): string {
  return `${scopeId(endpoint.scope)}|${endpoint.networkId}|${endpoint.subnetId}`;
}
