// The SDK's command of every call. The one place that names them, statically, so that a bundle holds these and no others.
// A call that is not in this table cannot be made.

import * as ec2 from "@aws-sdk/client-ec2";
import * as elbv2 from "@aws-sdk/client-elastic-load-balancing-v2";
import type { CallName } from "./calls.ts";

type Ec2Command = Parameters<ec2.EC2Client["send"]>[0];
type Elbv2Command = Parameters<elbv2.ElasticLoadBalancingV2Client["send"]>[0];

const EC2_COMMANDS = {
  DescribeEgressOnlyInternetGateways: ec2.DescribeEgressOnlyInternetGatewaysCommand,
  DescribeInstances: ec2.DescribeInstancesCommand,
  DescribeInternetGateways: ec2.DescribeInternetGatewaysCommand,
  DescribeManagedPrefixLists: ec2.DescribeManagedPrefixListsCommand,
  DescribeNatGateways: ec2.DescribeNatGatewaysCommand,
  DescribeNetworkAcls: ec2.DescribeNetworkAclsCommand,
  DescribeNetworkInterfaces: ec2.DescribeNetworkInterfacesCommand,
  DescribeRegions: ec2.DescribeRegionsCommand,
  DescribeRouteTables: ec2.DescribeRouteTablesCommand,
  DescribeSecurityGroupRules: ec2.DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupVpcAssociations: ec2.DescribeSecurityGroupVpcAssociationsCommand,
  DescribeSecurityGroups: ec2.DescribeSecurityGroupsCommand,
  DescribeStaleSecurityGroups: ec2.DescribeStaleSecurityGroupsCommand,
  DescribeSubnets: ec2.DescribeSubnetsCommand,
  DescribeTransitGatewayVpcAttachments: ec2.DescribeTransitGatewayVpcAttachmentsCommand,
  DescribeTransitGateways: ec2.DescribeTransitGatewaysCommand,
  DescribeVpcBlockPublicAccessExclusions: ec2.DescribeVpcBlockPublicAccessExclusionsCommand,
  DescribeVpcBlockPublicAccessOptions: ec2.DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcPeeringConnections: ec2.DescribeVpcPeeringConnectionsCommand,
  DescribeVpcs: ec2.DescribeVpcsCommand,
  GetManagedPrefixListEntries: ec2.GetManagedPrefixListEntriesCommand,
} as const;

const ELBV2_COMMANDS = {
  DescribeLoadBalancers: elbv2.DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributes: elbv2.DescribeTargetGroupAttributesCommand,
  DescribeTargetGroups: elbv2.DescribeTargetGroupsCommand,
} as const;

/** All command classes that a region's client may send: one for every call of the table, no more. */
export const COMMAND_CLASSES = { ...EC2_COMMANDS, ...ELBV2_COMMANDS } satisfies Readonly<Record<CallName, unknown>>;

export interface Clients {
  readonly ec2: ec2.EC2Client;
  readonly elbv2: elbv2.ElasticLoadBalancingV2Client;
}

export type Answer = Readonly<Record<string, unknown>>;

function isEc2(call: CallName): call is keyof typeof EC2_COMMANDS {
  return call in EC2_COMMANDS;
}

/**
 * Sends one request.
 * @param input fields of the request as the SDK names them
 * @returns the answer; list fields may be absent where the answer's element is
 */
export async function sendCommand(
  clients: Clients,
  call: CallName,
  input: object,
  signal: AbortSignal,
): Promise<Answer> {
  // The SDK types every command's input by itself; the table of calls says which fields each one takes.
  if (isEc2(call)) {
    const Command = EC2_COMMANDS[call] as unknown as new (input: object) => Ec2Command;
    return { ...(await clients.ec2.send(new Command(input), { abortSignal: signal })) };
  }
  const Command = ELBV2_COMMANDS[call] as unknown as new (input: object) => Elbv2Command;
  return { ...(await clients.elbv2.send(new Command(input), { abortSignal: signal })) };
}
