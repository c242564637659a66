// One small region that has something of everything the collection asks for, as the loopback server's XML.

import type { LoopbackCall, Xml } from "../../support/loopback-aws.ts";

const GROUPS: Xml = [
  {
    ownerId: "123456789012",
    groupId: "sg-1",
    groupName: "etcd",
    vpcId: "vpc-1",
    ipPermissions: [
      { ipProtocol: "tcp", fromPort: "2379", toPort: "2380", groups: [{ userId: "123456789012", groupId: "sg-1" }] },
      {
        ipProtocol: "-1",
        groups: [
          {
            userId: "999999999999",
            groupId: "sg-gone",
            vpcId: "vpc-9",
            vpcPeeringConnectionId: "pcx-1",
            peeringStatus: "deleted",
          },
        ],
      },
    ],
  },
  { ownerId: "123456789012", groupId: "sg-2", groupName: "lonely", vpcId: "vpc-2" },
];

const LISTS: Readonly<Record<string, Xml>> = {
  DescribeRegions: [{ regionName: "eu-west-1" }, { regionName: "ap-south-1" }],
  DescribeSecurityGroups: GROUPS,
  DescribeSecurityGroupRules: [{ securityGroupRuleId: "sgr-1", groupId: "sg-1", isEgress: "false", ipProtocol: "tcp" }],
  DescribeNetworkInterfaces: [{ networkInterfaceId: "eni-1", ownerId: "123456789012" }],
  DescribeInstances: [
    {
      reservationId: "r-1",
      ownerId: "123456789012",
      instancesSet: [{ instanceId: "i-1", imageId: "ami-1", keyName: "k" }, { instanceId: "i-2" }],
    },
    { reservationId: "r-2", ownerId: "123456789012", instancesSet: [{ instanceId: "i-3" }] },
  ],
  DescribeManagedPrefixLists: [{ prefixListId: "pl-1" }, { prefixListId: "pl-2" }],
  DescribeVpcs: [{ vpcId: "vpc-1" }, { vpcId: "vpc-2" }],
  DescribeSubnets: [{ subnetId: "subnet-1" }],
  DescribeRouteTables: [{ routeTableId: "rtb-1" }],
  DescribeInternetGateways: [{ internetGatewayId: "igw-1" }],
  DescribeEgressOnlyInternetGateways: [{ egressOnlyInternetGatewayId: "eigw-1" }],
  DescribeNatGateways: [{ natGatewayId: "nat-1" }],
  DescribeNetworkAcls: [{ networkAclId: "acl-1" }],
  DescribeVpcPeeringConnections: [{ vpcPeeringConnectionId: "pcx-1" }],
  DescribeSecurityGroupVpcAssociations: [{ groupId: "sg-1", vpcId: "vpc-2", state: "associated" }],
  DescribeStaleSecurityGroups: [{ groupId: "sg-1", vpcId: "vpc-1" }],
  DescribeVpcBlockPublicAccessOptions: {
    awsAccountId: "123456789012",
    awsRegion: "eu-west-1",
    internetGatewayBlockMode: "off",
  },
  DescribeVpcBlockPublicAccessExclusions: [{ exclusionId: "vpcbpa-exclude-1" }],
  DescribeTransitGateways: [{ transitGatewayId: "tgw-1" }],
  DescribeTransitGatewayVpcAttachments: [{ transitGatewayAttachmentId: "tgw-attach-1" }],
  DescribeLoadBalancers: [{ LoadBalancerArn: "arn:lb/1", LoadBalancerName: "api", Type: "network" }],
  DescribeTargetGroups: [
    { TargetGroupArn: "arn:tg/tcp", Protocol: "TCP" },
    { TargetGroupArn: "arn:tg/http", Protocol: "HTTP" },
  ],
  DescribeTargetGroupAttributes: [{ Key: "preserve_client_ip.enabled", Value: "true" }],
};

/** What a call lists; entries differ by prefix list. */
export function estate({ action, fields }: LoopbackCall): Xml | undefined {
  if (action === "GetManagedPrefixListEntries")
    return [{ cidr: fields["PrefixListId"] === "pl-1" ? "10.0.0.0/8" : "10.9.0.0/16" }];
  return LISTS[action];
}
