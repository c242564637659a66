// Whether packets have a way, apart from all filters: local, peering, transit, internet gateways, NAT, Block Public Access.
// An answer is never guessed: a table that was not collected is "unknown".

import { scopeId, type Endpoint, type RouteAnswer } from "../model/index.ts";
import { formatAddress, type Address } from "../net/index.ts";
import type { AwsEstate } from "../providers/aws/estate.ts";
import type { Visibility } from "./visibility.ts";

const reachable = (reason: string): RouteAnswer => ({ route: "reachable", reason });
const unreachable = (reason: string): RouteAnswer => ({ route: "unreachable", reason });
const unknown = (reason: string): RouteAnswer => ({ route: "unknown", reason });

export class Routes {
  readonly #estate: AwsEstate;
  readonly #visibility: Visibility;

  constructor(estate: AwsEstate, visibility: Visibility) {
    this.#estate = estate;
    this.#visibility = visibility;
  }

  /** From one endpoint to another: privately where their networks are joined, else over the Internet. */
  between(from: Endpoint, to: Endpoint): RouteAnswer {
    if (from.networkId === to.networkId) return reachable("inside one network");
    if (this.#visibility.isPrivate(from.networkId, to.networkId)) {
      const there = this.#leg(from, to);
      const back = this.#leg(to, from);
      if (there.route !== "reachable") return there;
      return back.route === "reachable" ? there : { ...back, reason: `the way back: ${back.reason}` };
    }
    const [address] = to.publicAddresses;
    if (address === undefined)
      return unreachable("the networks are not connected and the receiver has no public address");
    return worse(this.outbound(from, address.address), this.exposure(to, 4));
  }

  #leg(from: Endpoint, to: Endpoint): RouteAnswer {
    const [address] = to.privateAddresses;
    const routes = this.#visibility.routesOf(from);
    if (address === undefined || routes === undefined)
      return unknown(`the route table of ${from.subnetId} was not collected`);
    const route = routes.find((candidate) => candidate.destinations.has(address));
    if (route === undefined) return unreachable(`${from.subnetId} has no route to ${formatAddress(address)}`);
    if (!route.active) return unreachable(`the route of ${from.subnetId} to ${formatAddress(address)} is a blackhole`);
    if (route.target.startsWith("pcx-")) return reachable(`over ${route.target}`);
    if (route.target.startsWith("tgw-")) return unknown(`over ${route.target}, whose own routes are not followed`);
    return unknown(`over ${route.target}, which is not followed`);
  }

  /** From an endpoint to an address outside all networks. */
  outbound(from: Endpoint, to: Address): RouteAnswer {
    const routes = this.#visibility.routesOf(from);
    if (routes === undefined)
      return unknown(`the route table of ${from.subnetId === "" ? "the subnet" : from.subnetId} was not collected`);
    const route = routes.find((candidate) => candidate.destinations.has(to));
    if (route === undefined) return unreachable(`${from.subnetId} has no route to ${formatAddress(to)}`);
    if (!route.active) return unreachable(`the route of ${from.subnetId} to ${formatAddress(to)} is a blackhole`);
    const { target } = route;
    if (/^(igw|nat|eigw)-/u.test(target) && this.#blocks(from, "egress"))
      return unreachable("VPC Block Public Access blocks it");
    if (target.startsWith("igw-")) {
      if (to.family === 6)
        return this.#deniesGateway(from)
          ? unreachable("the interface denies all traffic of internet gateways")
          : reachable(`over ${target}`);
      return from.publicAddresses.length > 0
        ? reachable(`over ${target}`)
        : unreachable(`${from.id} has no public address to leave over ${target} with`);
    }
    if (target.startsWith("nat-")) {
      const gateway = this.#estate.natGateways.get(target);
      if (gateway === undefined) return unknown(`${target} was not collected`);
      if (!gateway.available) return unreachable(`${target} is not available`);
      return gateway.isPublic
        ? reachable(`over ${target}`)
        : unknown(`over the private ${target}, which is not followed`);
    }
    if (target.startsWith("eigw-")) return reachable(`over ${target}`);
    if (target === "local") return reachable("inside the network");
    return unknown(`over ${target}, which is not followed`);
  }

  /**
   * From the Internet to an endpoint. AWS, internet gateways: IPv4 needs a public address on the interface and an active route of its
   * subnet to the gateway; IPv6 a route to an internet gateway, not an egress-only one.
   * @param source narrows the question to one address: the route to the gateway may be narrower than everything
   */
  exposure(endpoint: Endpoint, family: 4 | 6, source?: Address): RouteAnswer {
    if (endpoint.standIn) return unknown("interfaces were not collected");
    if (family === 4 && endpoint.publicAddresses.length === 0)
      return unreachable(`${endpoint.id} has no public IPv4 address`);
    if (family === 6 && !endpoint.privateAddresses.some((address) => address.family === 6))
      return unreachable(`${endpoint.id} has no IPv6 address`);
    if (family === 6 && this.#deniesGateway(endpoint))
      return unreachable("the interface denies all traffic of internet gateways");
    const routes = this.#visibility.routesOf(endpoint);
    if (routes === undefined)
      return unknown(
        `the route table of ${endpoint.subnetId === "" ? "the subnet" : endpoint.subnetId} was not collected`,
      );
    if (this.#blocks(endpoint, "ingress")) return unreachable("VPC Block Public Access blocks it");
    const way = routes.find((route) => {
      if (!route.target.startsWith("igw-") || !route.active) return false;
      if (source !== undefined) return routes.find((candidate) => candidate.destinations.has(source)) === route;
      return family === 4 ? !route.destinations.v4.isEmpty : !route.destinations.v6.isEmpty;
    });
    return way === undefined
      ? unreachable(`${endpoint.subnetId} has no route to an internet gateway`)
      : reachable(`over ${way.target}`);
  }

  /** From an address outside all known interfaces to an endpoint. */
  inbound(from: Address, isPublic: boolean, to: Endpoint): RouteAnswer {
    if (isPublic) return this.exposure(to, from.family, from);
    const ranges = this.#estate.networks.get(to.networkId)?.ranges;
    if (ranges?.has(from) === true) return reachable("inside one network");
    const routes = this.#visibility.routesOf(to);
    if (routes === undefined)
      return unknown(`the route table of ${to.subnetId === "" ? "the subnet" : to.subnetId} was not collected`);
    const route = routes.find((candidate) => candidate.destinations.has(from));
    if (route === undefined || !route.active)
      return unreachable(`${to.subnetId} has no route back to ${formatAddress(from)}`);
    if (/^(igw|nat|eigw)-/u.test(route.target))
      return unreachable(`${formatAddress(from)} is private and the way back leads over ${route.target}`);
    return route.target.startsWith("vgw-") || route.target.startsWith("pcx-")
      ? reachable(`over ${route.target}`)
      : unknown(`over ${route.target}, which is not followed`);
  }

  #deniesGateway(endpoint: Endpoint): boolean {
    return this.#estate.deniedGateway.has(endpoint.id);
  }

  /** AWS, VPC Block Public Access: a subnet's own exclusion, else its VPC's; allow-egress excludes only outbound traffic. */
  #blocks(endpoint: Endpoint, direction: "ingress" | "egress"): boolean {
    const block = this.#estate.blocks.get(scopeId(endpoint.scope));
    if (block === undefined || (block.mode === "block-ingress" && direction === "egress")) return false;
    const exclusion = block.exclusions.get(endpoint.subnetId) ?? block.exclusions.get(endpoint.networkId);
    if (exclusion === undefined) return true;
    return exclusion === "allow-egress" && direction === "ingress";
  }
}

function worse(a: RouteAnswer, b: RouteAnswer): RouteAnswer {
  if (a.route === "unreachable") return a;
  if (b.route === "unreachable") return b;
  return a.route === "unknown" ? a : b;
}
