// The part of the AWS answers that the example estates write: field names and nesting as `aws ec2 describe-* --output json` prints them.
// Only what a reader of a snapshot could use is kept; nothing is invented beside the provider's own fields.

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface GroupPair {
  readonly Description?: string;
  /** Absent where the referenced group of another VPC is gone. */
  readonly UserId?: string;
  readonly GroupId: string;
  readonly VpcId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly PeeringStatus?: string;
}

export interface IpPermission {
  readonly IpProtocol: string;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly UserIdGroupPairs: GroupPair[];
  readonly IpRanges: { Description?: string; CidrIp: string }[];
  readonly Ipv6Ranges: { Description?: string; CidrIpv6: string }[];
  readonly PrefixListIds: { Description?: string; PrefixListId: string }[];
}

export interface SecurityGroupRule {
  readonly SecurityGroupRuleId: string;
  readonly GroupId: string;
  readonly GroupOwnerId: string;
  readonly IsEgress: boolean;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly CidrIpv4?: string;
  readonly CidrIpv6?: string;
  readonly PrefixListId?: string;
  readonly ReferencedGroupInfo?: Omit<GroupPair, "Description">;
  readonly Description?: string;
  readonly SecurityGroupRuleArn: string;
  readonly Tags: readonly Tag[];
}

export interface Route {
  readonly DestinationCidrBlock?: string;
  readonly DestinationIpv6CidrBlock?: string;
  readonly GatewayId?: string;
  readonly NatGatewayId?: string;
  readonly VpcPeeringConnectionId?: string;
  readonly Origin: "CreateRouteTable" | "CreateRoute";
  readonly State: "active" | "blackhole";
}

export interface AclEntry {
  readonly CidrBlock?: string;
  readonly Ipv6CidrBlock?: string;
  readonly Egress: boolean;
  readonly Protocol: string;
  readonly RuleAction: "allow" | "deny";
  readonly RuleNumber: number;
}

/** Tags in the order of their keys, as the API mostly gives them. */
export function tagsOf(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
