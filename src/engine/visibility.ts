// Who sees whom, and how: privately inside a network, over an active peering or a transit gateway; else by public address or NAT gateway.
// Addresses mean something only in the network of the one who sees them (docs/judging.md, 1).

import type { Endpoint, Sight } from "../model/index.ts";
import { IpSet, PUBLIC_V6, type Address } from "../net/index.ts";
import type { AwsEstate } from "../providers/aws/estate.ts";
import type { Route } from "../providers/aws/network.ts";
import { setOf } from "../providers/aws/network.ts";

export class Visibility {
  readonly #estate: AwsEstate;
  readonly #links = new Map<string, Map<string, "peering" | "transit">>();
  readonly #referable = new Set<string>();

  constructor(estate: AwsEstate) {
    this.#estate = estate;
    for (const { networks, active } of estate.peerings) {
      if (active) this.#link(networks[0], networks[1], "peering");
    }
    for (const { networks, references } of estate.transits) {
      for (const a of networks) {
        for (const b of networks) {
          if (a === b) continue;
          this.#link(a, b, "transit");
          if (references) this.#referable.add(`${a} ${b}`);
        }
      }
    }
  }

  #link(a: string, b: string, how: "peering" | "transit"): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      let links = this.#links.get(from);
      if (links === undefined) this.#links.set(from, (links = new Map<string, "peering" | "transit">()));
      if (links.get(to) !== "peering") links.set(to, how);
    }
  }

  /** Networks that a network is joined to, with how. */
  linksOf(networkId: string): ReadonlyMap<string, "peering" | "transit"> {
    return this.#links.get(networkId) ?? NO_LINKS;
  }

  isPrivate(a: string, b: string): boolean {
    return a === b || this.linksOf(a).has(b);
  }

  /**
   * Whether a group reference in one network matches interfaces of another. AWS: same VPC, an active peering, or a transit gateway with
   * referencing switched on, and there for inbound rules only.
   */
  matchesReferences(own: string, other: string, direction: "ingress" | "egress"): boolean {
    if (own === other) return true;
    const link = this.linksOf(own).get(other);
    if (link === "peering") return true;
    return link === "transit" && direction === "ingress" && this.#referable.has(`${own} ${other}`);
  }

  sight(viewer: Endpoint, other: Endpoint, as: "source" | "destination"): Sight {
    if (this.isPrivate(viewer.networkId, other.networkId)) {
      const addresses = ownAddresses(other);
      return { kind: "private", addresses, primary: primaryOf(other) };
    }
    const global = other.privateAddresses.filter((address) => address.family === 6 && PUBLIC_V6.has(address));
    const outside = other.publicAddresses.map(({ address }) => address);
    if (outside.length > 0 || (global.length > 0 && other.privateAddresses.every((address) => address.family === 6))) {
      const all = [...outside, ...global];
      return { kind: "public", addresses: IpSet.addresses(all), primary: firstOfEachFamily(all) };
    }
    if (as === "destination") {
      if (global.length > 0) return { kind: "public", addresses: IpSet.addresses(global), primary: global.slice(0, 1) };
      return { kind: "none", reason: "the networks are not connected and the receiver has no public address" };
    }
    return this.#behindNat(other, global);
  }

  #behindNat(other: Endpoint, global: readonly Address[]): Sight {
    const routes = this.routesOf(other);
    if (routes === undefined)
      return { kind: "unknown", reason: "NAT address not known: the route tables of the sender were not collected" };
    const target = routes.find((route) => route.active && route.target.startsWith("nat-"))?.target;
    const gateway = target === undefined ? undefined : this.#estate.natGateways.get(target);
    if (target !== undefined && gateway === undefined)
      return { kind: "unknown", reason: `NAT address not known: ${target} was not collected` };
    if (gateway === undefined || gateway.addresses.isEmpty) {
      if (global.length > 0) return { kind: "public", addresses: IpSet.addresses(global), primary: global.slice(0, 1) };
      if (routes.some((route) => route.active && /^(tgw-|vgw-|eni-|i-|lgw-|arn:)/u.test(route.target)))
        return {
          kind: "unknown",
          reason: "NAT address not known: the sender leaves through a gateway that is not followed",
        };
      return {
        kind: "none",
        reason: "the networks are not connected, and the sender has neither a public address nor a NAT gateway",
      };
    }
    const first = gateway.addresses.first();
    return {
      kind: "nat",
      addresses: gateway.addresses.union(IpSet.addresses(global)),
      primary: first === undefined ? [] : [first, ...global.slice(0, 1)],
    };
  }

  /** The routes that apply to an endpoint's subnet; undefined where no table of it was seen. */
  routesOf(endpoint: Endpoint): readonly Route[] | undefined {
    return this.#estate.routesOfSubnet.get(endpoint.subnetId) ?? this.#estate.mainRoutes.get(endpoint.networkId);
  }
}

const NO_LINKS: ReadonlyMap<string, "peering" | "transit"> = new Map();

/** All addresses that an interface answers to inside its network, delegated prefixes included. */
export function ownAddresses(endpoint: Endpoint): IpSet {
  const addresses = IpSet.addresses(endpoint.privateAddresses);
  return endpoint.prefixes.length === 0 ? addresses : IpSet.unionAll([addresses, ...endpoint.prefixes.map(setOf)]);
}

function primaryOf(endpoint: Endpoint): Address[] {
  return firstOfEachFamily(endpoint.privateAddresses);
}

function firstOfEachFamily(addresses: readonly Address[]): Address[] {
  const found: Address[] = [];
  for (const family of [4, 6] as const) {
    const first = addresses.find((address) => address.family === family);
    if (first !== undefined) found.push(first);
  }
  return found;
}
