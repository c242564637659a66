// Every call the AWS collection makes, as data: what it lists, its page size, which permission it needs and why.
// No SDK here: the list of permissions and the tests read this table without loading one.

import type { FactType } from "../../snapshot/facts.ts";

type Service = "ec2" | "elbv2";

export interface CallSpec {
  readonly service: Service;
  /** IAM action. */
  readonly action: string;
  /** Why it is asked, for people who grant it. */
  readonly reason: string;
  /** Calls a second, within one account and region. */
  readonly perSecond: number;
}

// AWS: a bucket of 100 refilled at 20 a second per account, region and action; others may be drawing on it too.
const DESCRIBE_PER_SECOND = 15;
// AWS: DescribeStaleSecurityGroups has a bucket of its own, 20 refilled at 5 a second.
const STALE_PER_SECOND = 4;

function ec2(call: string, reason: string, perSecond = DESCRIBE_PER_SECOND): CallSpec {
  return { service: "ec2", action: `ec2:${call}`, reason, perSecond };
}

function elbv2(call: string, reason: string): CallSpec {
  return { service: "elbv2", action: `elasticloadbalancing:${call}`, reason, perSecond: DESCRIBE_PER_SECOND };
}

export const CALLS = {
  DescribeEgressOnlyInternetGateways: ec2(
    "DescribeEgressOnlyInternetGateways",
    "whether a way out over IPv6 is one-way",
  ),
  DescribeInstances: ec2("DescribeInstances", "names, tags and state of the machines that interfaces belong to"),
  DescribeInternetGateways: ec2("DescribeInternetGateways", "whether a network has a way to the Internet"),
  DescribeLoadBalancers: elbv2(
    "DescribeLoadBalancers",
    "load balancers, their groups and whether they face the Internet",
  ),
  DescribeManagedPrefixLists: ec2("DescribeManagedPrefixLists", "prefix lists that rules name as peers"),
  DescribeNatGateways: ec2("DescribeNatGateways", "addresses under which machines without public addresses appear"),
  DescribeNetworkAcls: ec2("DescribeNetworkAcls", "the filter between subnets"),
  DescribeNetworkInterfaces: ec2(
    "DescribeNetworkInterfaces",
    "what traffic arrives at: addresses and groups of every interface",
  ),
  DescribeRegions: ec2("DescribeRegions", "the regions that are enabled, where the configuration names none"),
  DescribeRouteTables: ec2("DescribeRouteTables", "whether packets have a way at all"),
  DescribeSecurityGroupRules: ec2(
    "DescribeSecurityGroupRules",
    "ids of rules, so that a finding names the rule to change",
  ),
  DescribeSecurityGroupVpcAssociations: ec2(
    "DescribeSecurityGroupVpcAssociations",
    "groups that are used in a second VPC",
  ),
  DescribeSecurityGroups: ec2("DescribeSecurityGroups", "what is let through"),
  DescribeStaleSecurityGroups: ec2(
    "DescribeStaleSecurityGroups",
    "references to groups that are gone",
    STALE_PER_SECOND,
  ),
  DescribeSubnets: ec2(
    "DescribeSubnets",
    "address ranges of subnets, and which network ACL and route table rule there",
  ),
  DescribeTargetGroupAttributes: elbv2("DescribeTargetGroupAttributes", "whether targets see the client's address"),
  DescribeTargetGroups: elbv2("DescribeTargetGroups", "what load balancers send traffic to"),
  DescribeTransitGatewayVpcAttachments: ec2(
    "DescribeTransitGatewayVpcAttachments",
    "networks joined by a transit gateway",
  ),
  DescribeTransitGateways: ec2("DescribeTransitGateways", "whether a transit gateway lets groups be referenced"),
  DescribeVpcBlockPublicAccessExclusions: ec2(
    "DescribeVpcBlockPublicAccessExclusions",
    "networks exempt from Block Public Access",
  ),
  DescribeVpcBlockPublicAccessOptions: ec2(
    "DescribeVpcBlockPublicAccessOptions",
    "whether Block Public Access closes the way in",
  ),
  DescribeVpcPeeringConnections: ec2("DescribeVpcPeeringConnections", "networks joined by peering"),
  DescribeVpcs: ec2("DescribeVpcs", "address ranges of networks"),
  GetManagedPrefixListEntries: ec2(
    "GetManagedPrefixListEntries",
    "the addresses in a prefix list (not covered by ec2:Describe*)",
  ),
} as const satisfies Readonly<Record<string, CallSpec>>;

export type CallName = keyof typeof CALLS;

/** A call whose pages are lists of one type of facts. */
export interface ListCall {
  readonly call: CallName;
  readonly type: FactType;
  /** Top-level key of the answer. */
  readonly list: string;
  /** Undefined where the call does not page. AWS refuses more than its own cap. */
  readonly pageSize: number | undefined;
}

function listCall(call: CallName, type: FactType, pageSize: number | undefined, list: string = type): ListCall {
  return { call, type, list, pageSize };
}

/** The lists of one region that depend on nothing else; asked side by side. Page sizes are the caps of the API. */
export const REGION_LISTS: readonly ListCall[] = [
  listCall("DescribeSecurityGroups", "SecurityGroups", 1000),
  listCall("DescribeSecurityGroupRules", "SecurityGroupRules", 1000),
  listCall("DescribeNetworkInterfaces", "NetworkInterfaces", 1000),
  listCall("DescribeInstances", "Instances", 1000, "Reservations"),
  listCall("DescribeManagedPrefixLists", "PrefixLists", 100),
  listCall("DescribeVpcs", "Vpcs", 1000),
  listCall("DescribeSubnets", "Subnets", 1000),
  listCall("DescribeRouteTables", "RouteTables", 100),
  listCall("DescribeInternetGateways", "InternetGateways", 1000),
  listCall("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways", 255),
  listCall("DescribeNatGateways", "NatGateways", 1000),
  listCall("DescribeNetworkAcls", "NetworkAcls", 1000),
  listCall("DescribeVpcPeeringConnections", "VpcPeeringConnections", 1000),
  listCall("DescribeSecurityGroupVpcAssociations", "SecurityGroupVpcAssociations", 1000),
  listCall("DescribeVpcBlockPublicAccessOptions", "VpcBlockPublicAccessOptions", undefined),
  listCall("DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", 1000),
  listCall("DescribeTransitGateways", "TransitGateways", 1000),
  listCall("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", 1000),
  listCall("DescribeLoadBalancers", "LoadBalancers", 400),
  listCall("DescribeTargetGroups", "TargetGroups", 400),
];

/** Asked for each prefix list. */
export const PREFIX_LIST_ENTRIES: ListCall = listCall(
  "GetManagedPrefixListEntries",
  "PrefixListEntries",
  100,
  "Entries",
);

/** Asked for each VPC whose groups refer to groups of other networks. */
export const STALE_GROUPS: ListCall = listCall("DescribeStaleSecurityGroups", "StaleSecurityGroupSet", 255);

/** Asked for each target group that could keep client addresses. */
export const TARGET_GROUP_ATTRIBUTES = "DescribeTargetGroupAttributes" satisfies CallName;

/** Asked once an account. */
export const REGIONS = "DescribeRegions" satisfies CallName;
