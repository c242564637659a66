// VPCs, subnets, routes, gateways and peerings -> what the engine asks of a network: ranges, connections and ways out.

import { AddressError, IpSet, parseAddress, parseCidr } from "../../net/index.ts";
import { child, objects, text, type Json } from "./read.ts";

export interface Route {
  readonly destinations: IpSet;
  readonly prefixLength: number;
  /** `igw-...`, `nat-...`, `pcx-...`, `local`, ... */
  readonly target: string;
  readonly active: boolean;
}

export interface Subnet {
  readonly id: string;
  readonly networkId: string;
  readonly ranges: IpSet;
}

export interface NatGateway {
  readonly id: string;
  readonly subnetId: string;
  readonly isPublic: boolean;
  readonly available: boolean;
  readonly addresses: IpSet;
}

export interface Peering {
  readonly id: string;
  readonly networks: readonly [string, string];
  readonly active: boolean;
}

export interface PublicAccessBlock {
  readonly mode: "off" | "block-bidirectional" | "block-ingress";
  /** Resource (VPC or subnet) -> "allow-bidirectional" | "allow-egress". */
  readonly exclusions: ReadonlyMap<string, string>;
}

/** All ranges of a VPC or subnet that are associated now. */
export function rangesOf(item: Json): IpSet {
  const cidrs: string[] = [];
  const own = text(item, "CidrBlock");
  if (own !== undefined) cidrs.push(own);
  for (const association of objects(item, "CidrBlockAssociationSet")) {
    if (isAssociated(child(association, "CidrBlockState"))) cidrs.push(text(association, "CidrBlock") ?? "");
  }
  for (const association of objects(item, "Ipv6CidrBlockAssociationSet")) {
    if (isAssociated(child(association, "Ipv6CidrBlockState"))) cidrs.push(text(association, "Ipv6CidrBlock") ?? "");
  }
  return IpSet.unionAll(cidrs.map(setOf));
}

function isAssociated(state: Json | undefined): boolean {
  const code = text(state, "State");
  return code === undefined || code === "associated" || code === "associating";
}

/** A CIDR as a set; nothing where it is none: a route or range that cannot be read must not reach anywhere. */
export function setOf(cidr: string): IpSet {
  try {
    return parseCidr(cidr).addresses;
  } catch (error) {
    if (error instanceof AddressError) return IpSet.empty;
    throw error;
  }
}

const TARGET_KEYS = [
  "GatewayId",
  "NatGatewayId",
  "EgressOnlyInternetGatewayId",
  "VpcPeeringConnectionId",
  "TransitGatewayId",
  "NetworkInterfaceId",
  "InstanceId",
  "LocalGatewayId",
  "CarrierGatewayId",
  "CoreNetworkArn",
] as const;

/** Routes of one table, most specific first. AWS: a route that is not active leads nowhere. */
export function routesOf(table: Json, prefixLists: ReadonlyMap<string, IpSet>): Route[] {
  const routes = objects(table, "Routes").map((route): Route => {
    const cidr = text(route, "DestinationCidrBlock") ?? text(route, "DestinationIpv6CidrBlock");
    const list = text(route, "DestinationPrefixListId");
    return {
      destinations:
        cidr !== undefined ? setOf(cidr) : list !== undefined ? (prefixLists.get(list) ?? IpSet.empty) : IpSet.empty,
      prefixLength: Number(cidr?.split("/")[1] ?? 0),
      target: TARGET_KEYS.map((key) => text(route, key)).find((target) => target !== undefined) ?? "",
      active: (text(route, "State") ?? "active") === "active",
    };
  });
  return routes.sort((a, b) => b.prefixLength - a.prefixLength || (a.target < b.target ? -1 : 1));
}

export function natGatewayOf(item: Json): NatGateway | undefined {
  const id = text(item, "NatGatewayId");
  if (id === undefined) return undefined;
  const addresses = objects(item, "NatGatewayAddresses").flatMap((entry) => {
    const outside = text(entry, "PublicIp");
    try {
      return outside === undefined ? [] : [parseAddress(outside)];
    } catch {
      return [];
    }
  });
  return {
    id,
    subnetId: text(item, "SubnetId") ?? "",
    isPublic: (text(item, "ConnectivityType") ?? "public") === "public",
    available: (text(item, "State") ?? "available") === "available",
    addresses: IpSet.addresses(addresses),
  };
}

export function peeringOf(item: Json): Peering | undefined {
  const id = text(item, "VpcPeeringConnectionId");
  const requester = text(child(item, "RequesterVpcInfo"), "VpcId");
  const accepter = text(child(item, "AccepterVpcInfo"), "VpcId");
  if (id === undefined || requester === undefined || accepter === undefined) return undefined;
  return { id, networks: [requester, accepter], active: text(child(item, "Status"), "Code") === "active" };
}
