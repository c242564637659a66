// The AWS CLI answers that a folder may hold, by their top-level key: which call gave them and which facts they are.
// Only the shape of the envelope is known here; what an item says is read by src/providers/aws.

import type { FactType } from "./facts.ts";

export interface AnswerKind {
  readonly type: FactType;
  /** The call that gives such an answer, as the provider names it. */
  readonly call: string;
}

/** Answers that are read: one item an element of the list. `Reservations` and `Entries` have readers of their own. */
export const ANSWER_KINDS: ReadonlyMap<string, AnswerKind> = new Map<string, AnswerKind>([
  ["Addresses", { type: "Addresses", call: "DescribeAddresses" }],
  ["EgressOnlyInternetGateways", { type: "EgressOnlyInternetGateways", call: "DescribeEgressOnlyInternetGateways" }],
  ["Instances", { type: "Instances", call: "DescribeInstances" }],
  ["InternetGateways", { type: "InternetGateways", call: "DescribeInternetGateways" }],
  ["LoadBalancerDescriptions", { type: "LoadBalancerDescriptions", call: "DescribeLoadBalancers" }],
  ["LoadBalancers", { type: "LoadBalancers", call: "DescribeLoadBalancers" }],
  ["NatGateways", { type: "NatGateways", call: "DescribeNatGateways" }],
  ["NetworkAcls", { type: "NetworkAcls", call: "DescribeNetworkAcls" }],
  ["NetworkInterfaces", { type: "NetworkInterfaces", call: "DescribeNetworkInterfaces" }],
  ["PrefixLists", { type: "PrefixLists", call: "DescribeManagedPrefixLists" }],
  ["RouteTables", { type: "RouteTables", call: "DescribeRouteTables" }],
  ["SecurityGroupRules", { type: "SecurityGroupRules", call: "DescribeSecurityGroupRules" }],
  [
    "SecurityGroupVpcAssociations",
    { type: "SecurityGroupVpcAssociations", call: "DescribeSecurityGroupVpcAssociations" },
  ],
  ["SecurityGroups", { type: "SecurityGroups", call: "DescribeSecurityGroups" }],
  ["StaleSecurityGroupSet", { type: "StaleSecurityGroupSet", call: "DescribeStaleSecurityGroups" }],
  ["Subnets", { type: "Subnets", call: "DescribeSubnets" }],
  ["TargetGroups", { type: "TargetGroups", call: "DescribeTargetGroups" }],
  [
    "TransitGatewayVpcAttachments",
    { type: "TransitGatewayVpcAttachments", call: "DescribeTransitGatewayVpcAttachments" },
  ],
  ["TransitGateways", { type: "TransitGateways", call: "DescribeTransitGateways" }],
  [
    "VpcBlockPublicAccessExclusions",
    { type: "VpcBlockPublicAccessExclusions", call: "DescribeVpcBlockPublicAccessExclusions" },
  ],
  ["VpcBlockPublicAccessOptions", { type: "VpcBlockPublicAccessOptions", call: "DescribeVpcBlockPublicAccessOptions" }],
  ["VpcPeeringConnections", { type: "VpcPeeringConnections", call: "DescribeVpcPeeringConnections" }],
  ["Vpcs", { type: "Vpcs", call: "DescribeVpcs" }],
]);

/** Lists under keys of their own reading; together with ANSWER_KINDS all that is read. */
export const RESERVATIONS = "Reservations";
export const ENTRIES = "Entries";
export const ENTRIES_CALL = "GetManagedPrefixListEntries";

/** Where an answer says that there are more pages. */
export const PAGE_TOKENS: readonly string[] = ["NextToken", "nextToken", "NextMarker", "Marker"];

/** Parts of an answer that say nothing about the cloud. */
export const ENVELOPE_KEYS: ReadonlySet<string> = new Set([
  ...PAGE_TOKENS,
  "ResponseMetadata",
  "$metadata",
  "RequestId",
]);

/**
 * Answers that AWS gives and this program does not use: known, so that a folder of them is no mistake of the user.
 * Only keys that name something of AWS alone; a bare "Tags" or "Description" may come from anywhere.
 */
export const UNUSED_ANSWER_KEYS: ReadonlySet<string> = new Set([
  "AccountAttributes",
  "Accounts",
  "Attributes",
  "AutoScalingGroups",
  "AutoScalingInstances",
  "AvailabilityZones",
  "BundleTasks",
  "ByoipCidrs",
  "CapacityReservations",
  "CarrierGateways",
  "ClientVpnEndpoints",
  "CoipPools",
  "CustomerGateways",
  "DBInstances",
  "DBSubnetGroups",
  "DhcpOptions",
  "FileSystems",
  "Fleets",
  "FlowLogs",
  "FpgaImages",
  "Functions",
  "Hosts",
  "IamInstanceProfileAssociations",
  "Images",
  "InstanceConnectEndpoints",
  "InstanceStatuses",
  "InstanceTypeOfferings",
  "InstanceTypes",
  "IpamPools",
  "IpamScopes",
  "Ipams",
  "KeyPairs",
  "LaunchConfigurations",
  "LaunchTemplateVersions",
  "LaunchTemplates",
  "Listeners",
  "LoadBalancerAttributes",
  "LocalGatewayRouteTables",
  "LocalGateways",
  "MountTargets",
  "MovingAddressStatuses",
  "NetworkInsightsAnalyses",
  "NetworkInsightsPaths",
  "NetworkInterfacePermissions",
  "OrganizationalUnits",
  "PlacementGroups",
  "PolicyDescriptions",
  "PrefixListAssociations",
  "PublicIpv4Pools",
  "Regions",
  "ReplicationGroups",
  "ReservedInstances",
  "RouteServers",
  "Rules",
  "SecurityGroupForVpcs",
  "SecurityGroupReferenceSet",
  "ServiceDetails",
  "ServiceNames",
  "Snapshots",
  "SpotFleetRequestConfigs",
  "SpotInstanceRequests",
  "SslPolicies",
  "SubnetGroups",
  "TagDescriptions",
  "TargetHealthDescriptions",
  "TrafficMirrorFilters",
  "TrafficMirrorSessions",
  "TransitGatewayAttachments",
  "TransitGatewayConnects",
  "TransitGatewayMulticastDomains",
  "TransitGatewayPeeringAttachments",
  "TransitGatewayRouteTables",
  "TrustStores",
  "VerifiedAccessEndpoints",
  "VerifiedAccessGroups",
  "VerifiedAccessInstances",
  "Volumes",
  "VpcEndpointConnections",
  "VpcEndpoints",
  "VpcEncryptionControls",
  "VpnConnections",
  "VpnGateways",
]);

const CALLS: readonly string[] = [
  ...new Set([...ANSWER_KINDS.values()].map((kind) => kind.call)),
  ENTRIES_CALL,
  "DescribePrefixLists",
];

/** `describe-network-acls`, `ec2_describe_network_acls` and `DescribeNetworkAcls_1` name one call. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z]/g, "");
}

/**
 * The call that a file's name speaks of, for answers that name nothing themselves (errors).
 * @param fileName last part of a path
 * @returns the provider's name of the call, or "unknown"
 */
export function callOfFileName(fileName: string): string {
  const letters = lettersOf(fileName);
  let best = "";
  for (const call of CALLS) {
    // The longest wins: DescribeSecurityGroupRules holds the letters of no other call, DescribeVpcs may.
    if (letters.includes(lettersOf(call)) && call.length > best.length) best = call;
  }
  if (best !== "") return best;
  // A name such as `GetFoo` or `DescribeFoo_2.json` still tells a reader more than "unknown".
  return /(?:Describe|Get|List)[A-Z][A-Za-z0-9]*/.exec(fileName)?.[0] ?? "unknown";
}
