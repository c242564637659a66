// Which thing an item is, and which account and region it names itself. Read from the item alone, by its type.
// Knows field names, not meanings: nothing here decides what a rule or a route does.

import type { FactType } from "./facts.ts";

export type Item = Readonly<Record<string, unknown>>;

/** What is known of a scope; absent parts are not named where they were looked for. */
export interface ScopeHint {
  readonly account?: string;
  readonly region?: string;
}

interface Identity {
  /** Fields that together name the item; the first alternative that is whole counts. */
  readonly id: readonly (readonly string[])[];
  /** Paths of fields that hold an account id. */
  readonly account: readonly string[];
  /** Paths of fields that hold an ARN, an availability zone, a region or a name with a region in it. */
  readonly region: readonly string[];
}

const IDENTITIES: Readonly<Record<FactType, Identity>> = {
  Addresses: {
    id: [["AllocationId"], ["PublicIp"]],
    account: ["NetworkInterfaceOwnerId"],
    region: ["NetworkBorderGroup"],
  },
  EgressOnlyInternetGateways: { id: [["EgressOnlyInternetGatewayId"]], account: [], region: [] },
  Instances: {
    id: [["InstanceId"]],
    account: ["ReservationOwnerId", "NetworkInterfaces.0.OwnerId"],
    region: ["Placement.AvailabilityZone"],
  },
  InternetGateways: { id: [["InternetGatewayId"]], account: ["OwnerId"], region: [] },
  LoadBalancerDescriptions: {
    id: [["LoadBalancerName"]],
    account: ["SourceSecurityGroup.OwnerAlias"],
    region: ["AvailabilityZones.0"],
  },
  LoadBalancers: { id: [["LoadBalancerArn"]], account: ["LoadBalancerArn"], region: ["LoadBalancerArn"] },
  NatGateways: { id: [["NatGatewayId"]], account: [], region: [] },
  NetworkAcls: { id: [["NetworkAclId"]], account: ["OwnerId"], region: [] },
  NetworkInterfaces: { id: [["NetworkInterfaceId"]], account: ["OwnerId"], region: ["AvailabilityZone"] },
  PrefixListEntries: { id: [["PrefixListId"]], account: [], region: [] },
  PrefixLists: { id: [["PrefixListId"]], account: ["OwnerId"], region: ["PrefixListArn", "PrefixListName"] },
  RouteTables: { id: [["RouteTableId"]], account: ["OwnerId"], region: [] },
  SecurityGroupRules: { id: [["SecurityGroupRuleId"]], account: ["GroupOwnerId"], region: ["SecurityGroupRuleArn"] },
  SecurityGroupVpcAssociations: { id: [["GroupId", "VpcId"]], account: ["GroupOwnerId"], region: [] },
  SecurityGroups: { id: [["GroupId"]], account: ["OwnerId"], region: ["SecurityGroupArn"] },
  StaleSecurityGroupSet: { id: [["GroupId"]], account: [], region: [] },
  Subnets: { id: [["SubnetId"]], account: ["OwnerId"], region: ["SubnetArn", "AvailabilityZone"] },
  TargetGroups: { id: [["TargetGroupArn"]], account: ["TargetGroupArn"], region: ["TargetGroupArn"] },
  TransitGatewayVpcAttachments: { id: [["TransitGatewayAttachmentId"]], account: ["VpcOwnerId"], region: [] },
  TransitGateways: { id: [["TransitGatewayId"]], account: ["OwnerId"], region: ["TransitGatewayArn"] },
  VpcBlockPublicAccessExclusions: { id: [["ExclusionId"]], account: ["ResourceArn"], region: ["ResourceArn"] },
  // One an account and region; it carries no id of its own.
  VpcBlockPublicAccessOptions: {
    id: [["AwsAccountId", "AwsRegion"]],
    account: ["AwsAccountId"],
    region: ["AwsRegion"],
  },
  VpcPeeringConnections: { id: [["VpcPeeringConnectionId"]], account: [], region: [] },
  Vpcs: { id: [["VpcId"]], account: ["OwnerId"], region: [] },
};

/** Names that are unique only within one account and region. */
const NAMED_WITHIN_SCOPE: ReadonlySet<FactType> = new Set(["LoadBalancerDescriptions"]);

function textAt(item: Item, path: string): string | undefined {
  let value: unknown = item;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The name of a type's id field, for saying that it is missing. */
export function idField(type: FactType): string {
  return (IDENTITIES[type].id[0] ?? []).join(" and ");
}

/**
 * What makes an item the same thing as another one of its type.
 * @returns the id; undefined where the item does not say what it is
 */
export function itemId(type: FactType, item: Item): string | undefined {
  // The default of an account and region may be answered without naming them.
  if (type === "VpcBlockPublicAccessOptions") return "";
  for (const fields of IDENTITIES[type].id) {
    const parts = fields.map((field) => textAt(item, field));
    if (parts.every((part) => part !== undefined)) return parts.join(" ");
  }
  return undefined;
}

/** True where equal ids in scopes that are not known to be equal are different things. */
export function isNamedWithinScope(type: FactType): boolean {
  return NAMED_WITHIN_SCOPE.has(type) || type === "VpcBlockPublicAccessOptions";
}

const ACCOUNT = /^\d{12}$/;
const COMPASS = "(?:north|south|east|west|central|northeast|northwest|southeast|southwest)";
/** AWS region names: `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`. */
const REGION = new RegExp(`^[a-z]{2,4}(?:-[a-z]{2,4})?-${COMPASS}-\\d{1,2}$`);
/** A region within a longer name: the zones `eu-west-1a` and `us-west-2-lax-1a`, the list `com.amazonaws.eu-west-1.s3`. */
const REGION_WITHIN = new RegExp(`(?:^|\\.)([a-z]{2,4}(?:-[a-z]{2,4})?-${COMPASS}-\\d{1,2})(?:[-.a-z]|$)`);

/** True for the twelve digits of an AWS account id. */
export function isAccountId(text: string): boolean {
  return ACCOUNT.test(text);
}

/** True for the name of an AWS region, known or of a shape that AWS uses. */
export function isRegionName(text: string): boolean {
  return REGION.test(text);
}

function accountIn(text: string): string | undefined {
  const candidate = text.startsWith("arn:") ? text.split(":")[4] : text;
  // AWS: lists that AWS keeps are owned by "AWS", interfaces of its services by "amazon-elb": no account of anybody.
  return candidate !== undefined && ACCOUNT.test(candidate) ? candidate : undefined;
}

function regionIn(text: string): string | undefined {
  if (text.startsWith("arn:")) {
    const region = text.split(":")[3] ?? "";
    return REGION.test(region) ? region : undefined;
  }
  return REGION_WITHIN.exec(text)?.[1];
}

function firstOf(item: Item, paths: readonly string[], read: (text: string) => string | undefined): string | undefined {
  for (const path of paths) {
    const text = textAt(item, path);
    const value = text === undefined ? undefined : read(text);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The account and region that an item names itself, by its owner, its ARN or its availability zone. */
export function scopeOfItem(type: FactType, item: Item): ScopeHint {
  const account = firstOf(item, IDENTITIES[type].account, accountIn);
  const region = firstOf(item, IDENTITIES[type].region, regionIn);
  return { ...(account !== undefined && { account }), ...(region !== undefined && { region }) };
}
