// A VPC with its subnets, routes and network ACL. Every VPC has what AWS gives it without being asked: a main route table, a default
// network ACL and a default security group.

import { tagsOf, type AclEntry, type Route } from "./aws-shapes.ts";
import { hexOf, idOf } from "./ids.ts";

export interface Place {
  readonly story: string;
  readonly account: string;
  readonly region: string;
}

export interface Vpc {
  readonly name: string;
  readonly id: string;
  readonly cidr: string;
  readonly ipv6: string | undefined;
}

export interface Subnet {
  readonly name: string;
  readonly id: string;
  readonly vpc: Vpc;
  readonly cidr: string;
  readonly ipv6: string | undefined;
  readonly zone: string;
  readonly publicByDefault: boolean;
}

export function describeVpc({ story, account }: Place, vpc: Vpc): Record<string, unknown> {
  return {
    OwnerId: account,
    InstanceTenancy: "default",
    ...(vpc.ipv6 === undefined
      ? {}
      : {
          Ipv6CidrBlockAssociationSet: [
            {
              AssociationId: idOf("vpc-cidr-assoc", story, vpc.name, "ipv6"),
              Ipv6CidrBlock: vpc.ipv6,
              Ipv6CidrBlockState: { State: "associated" },
              NetworkBorderGroup: "eu-west-1",
              Ipv6Pool: "Amazon",
            },
          ],
        }),
    CidrBlockAssociationSet: [
      {
        AssociationId: idOf("vpc-cidr-assoc", story, vpc.name),
        CidrBlock: vpc.cidr,
        CidrBlockState: { State: "associated" },
      },
    ],
    IsDefault: false,
    Tags: tagsOf({ Name: vpc.name }),
    VpcId: vpc.id,
    State: "available",
    CidrBlock: vpc.cidr,
    DhcpOptionsId: idOf("dopt", story),
  };
}

export function describeSubnet({ story, account, region }: Place, subnet: Subnet): Record<string, unknown> {
  return {
    AvailabilityZoneId: `euw1-az${"abc".indexOf(subnet.zone) + 1}`,
    MapCustomerOwnedIpOnLaunch: false,
    OwnerId: account,
    AssignIpv6AddressOnCreation: subnet.ipv6 !== undefined,
    Ipv6CidrBlockAssociationSet:
      subnet.ipv6 === undefined
        ? []
        : [
            {
              AssociationId: idOf("subnet-cidr-assoc", story, subnet.name),
              Ipv6CidrBlock: subnet.ipv6,
              Ipv6CidrBlockState: { State: "associated" },
            },
          ],
    Tags: tagsOf({ Name: subnet.name }),
    SubnetArn: `arn:aws:ec2:${region}:${account}:subnet/${subnet.id}`,
    EnableDns64: false,
    Ipv6Native: false,
    SubnetId: subnet.id,
    State: "available",
    VpcId: subnet.vpc.id,
    CidrBlock: subnet.cidr,
    AvailabilityZone: `${region}${subnet.zone}`,
    DefaultForAz: false,
    MapPublicIpOnLaunch: subnet.publicByDefault,
  };
}

/** Where a route table sends a destination. */
export type Hop = { readonly gateway: string } | { readonly nat: string } | { readonly peering: string };

/** @param subnets the subnets it is associated with; the main table of a VPC has none of its own */
export function describeRouteTable(
  { story, account }: Place,
  name: string,
  vpc: Vpc,
  subnets: readonly Subnet[] | "main",
  routes: readonly (readonly [destination: string, hop: Hop])[],
): Record<string, unknown> {
  const id = idOf("rtb", story, vpc.name, name);
  const association = (subnet: Subnet | undefined): Record<string, unknown> => ({
    Main: subnet === undefined,
    RouteTableAssociationId: idOf("rtbassoc", story, vpc.name, name, subnet?.name ?? "main"),
    RouteTableId: id,
    ...(subnet === undefined ? {} : { SubnetId: subnet.id }),
    AssociationState: { State: "associated" },
  });
  const local = [vpc.cidr, ...(vpc.ipv6 === undefined ? [] : [vpc.ipv6])];
  return {
    Associations: subnets === "main" ? [association(undefined)] : subnets.map(association),
    PropagatingVgws: [],
    RouteTableId: id,
    Routes: [
      ...local.map((cidr): Route => ({
        ...destination(cidr),
        GatewayId: "local",
        Origin: "CreateRouteTable",
        State: "active",
      })),
      ...routes.map(([cidr, hop]): Route => ({
        ...destination(cidr),
        ...hopOf(hop),
        Origin: "CreateRoute",
        State: "active",
      })),
    ],
    Tags: tagsOf({ Name: name }),
    VpcId: vpc.id,
    OwnerId: account,
  };
}

function destination(cidr: string): Pick<Route, "DestinationCidrBlock" | "DestinationIpv6CidrBlock"> {
  return cidr.includes(":") ? { DestinationIpv6CidrBlock: cidr } : { DestinationCidrBlock: cidr };
}

function hopOf(hop: Hop): Pick<Route, "GatewayId" | "NatGatewayId" | "VpcPeeringConnectionId"> {
  if ("gateway" in hop) return { GatewayId: hop.gateway };
  return "nat" in hop ? { NatGatewayId: hop.nat } : { VpcPeeringConnectionId: hop.peering };
}

/** The ACL that AWS gives a VPC: everything, both ways, in the families that the VPC has. */
export function describeDefaultAcl(
  { story, account }: Place,
  vpc: Vpc,
  subnets: readonly Subnet[],
): Record<string, unknown> {
  const id = idOf("acl", story, vpc.name);
  const entries: AclEntry[] = [];
  for (const Egress of [true, false]) {
    entries.push({ CidrBlock: "0.0.0.0/0", Egress, Protocol: "-1", RuleAction: "allow", RuleNumber: 100 });
    if (vpc.ipv6 !== undefined)
      entries.push({ Egress, Ipv6CidrBlock: "::/0", Protocol: "-1", RuleAction: "allow", RuleNumber: 101 });
    entries.push({ CidrBlock: "0.0.0.0/0", Egress, Protocol: "-1", RuleAction: "deny", RuleNumber: 32767 });
    if (vpc.ipv6 !== undefined)
      entries.push({ Egress, Ipv6CidrBlock: "::/0", Protocol: "-1", RuleAction: "deny", RuleNumber: 32768 });
  }
  return {
    Associations: subnets.map((subnet) => ({
      NetworkAclAssociationId: `aclassoc-0${hexOf(16, "aclassoc", story, vpc.name, subnet.name)}`,
      NetworkAclId: id,
      SubnetId: subnet.id,
    })),
    Entries: entries,
    IsDefault: true,
    NetworkAclId: id,
    Tags: [],
    VpcId: vpc.id,
    OwnerId: account,
  };
}
