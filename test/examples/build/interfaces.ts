// Network interfaces and the machines they belong to, as DescribeNetworkInterfaces and DescribeInstances show them.

import { tagsOf } from "./aws-shapes.ts";
import { hexOf, idOf, macOf } from "./ids.ts";
import type { Place, Subnet } from "./network.ts";
import type { Group } from "./security-group.ts";

/** Everything was launched on one day: the stories are not about time. */
const LAUNCHED = "2026-09-14T08:12:05+00:00";

export interface InterfaceText {
  readonly name: string;
  readonly subnet: Subnet;
  readonly groups: readonly Group[];
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly ipv6?: string;
}

export interface InstanceText extends InterfaceText {
  readonly tags: Readonly<Record<string, string>>;
  readonly type?: string;
}

/** Whose interface it is, where it is not a machine's own. */
export interface Requester {
  readonly type: "interface" | "nat_gateway" | "network_load_balancer";
  readonly description: string;
  readonly requesterId: string;
  /** Who holds the attachment: `amazon-elb`, `amazon-rds`. */
  readonly owner: string;
}

export function describeInstance(place: Place, text: InstanceText): Record<string, unknown> {
  const { account, region, story } = place;
  const { name, subnet, publicIp, privateIp, tags, groups } = text;
  return {
    ReservationId: `r-0${hexOf(16, "r", story, name)}`,
    OwnerId: account,
    Groups: [],
    Instances: [
      {
        Architecture: "x86_64",
        EnaSupport: true,
        NetworkInterfaces: [nestedInterface(place, text)],
        SecurityGroups: groupsOf(groups),
        SourceDestCheck: true,
        Tags: tagsOf({ Name: name, ...tags }),
        VirtualizationType: "hvm",
        MetadataOptions: {
          State: "applied",
          HttpTokens: "required",
          HttpEndpoint: "enabled",
          HttpProtocolIpv6: "disabled",
        },
        InstanceId: idOf("i", story, name),
        ImageId: idOf("ami", "ubuntu-24.04"),
        State: { Code: 16, Name: "running" },
        PrivateDnsName: dnsName(privateIp, region),
        PublicDnsName: publicIp === undefined ? "" : publicDnsName(publicIp, region),
        KeyName: "rancher",
        AmiLaunchIndex: 0,
        ProductCodes: [],
        InstanceType: text.type ?? "m6i.large",
        LaunchTime: LAUNCHED,
        Placement: { GroupName: "", Tenancy: "default", AvailabilityZone: `${region}${subnet.zone}` },
        Monitoring: { State: "disabled" },
        SubnetId: subnet.id,
        VpcId: subnet.vpc.id,
        PrivateIpAddress: privateIp,
        ...(publicIp === undefined ? {} : { PublicIpAddress: publicIp }),
      },
    ],
  };
}

/** A machine that is gone: it keeps its tags for an hour, and has no interface any more. */
export function describeTerminated(
  { account, story }: Place,
  name: string,
  tags: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return {
    ReservationId: `r-0${hexOf(16, "r", story, name)}`,
    OwnerId: account,
    Groups: [],
    Instances: [
      {
        NetworkInterfaces: [],
        SecurityGroups: [],
        StateReason: {
          Code: "Client.UserInitiatedShutdown",
          Message: "Client.UserInitiatedShutdown: User initiated shutdown",
        },
        Tags: tagsOf({ Name: name, ...tags }),
        InstanceId: idOf("i", story, name),
        ImageId: idOf("ami", "ubuntu-24.04"),
        State: { Code: 48, Name: "terminated" },
        PrivateDnsName: "",
        PublicDnsName: "",
        StateTransitionReason: "User initiated (2026-11-20 16:40:11 GMT)",
        InstanceType: "m6i.large",
        LaunchTime: LAUNCHED,
      },
    ],
  };
}

export function describeInterface(place: Place, text: InterfaceText, requester?: Requester): Record<string, unknown> {
  const { account, region, story } = place;
  const { name, subnet, groups, privateIp, ipv6 } = text;
  const association = associationOf(place, text, requester);
  return {
    ...(association === undefined ? {} : { Association: association }),
    Attachment: {
      ...(requester === undefined ? { AttachTime: LAUNCHED } : {}),
      AttachmentId: `eni-attach-0${hexOf(16, "attach", story, name)}`,
      DeleteOnTermination: requester === undefined,
      DeviceIndex: requester === undefined ? 0 : 1,
      ...(requester === undefined ? { InstanceId: idOf("i", story, name) } : {}),
      InstanceOwnerId: requester === undefined ? account : requester.owner,
      Status: "attached",
    },
    AvailabilityZone: `${region}${subnet.zone}`,
    Description: requester?.description ?? "",
    Groups: groupsOf(groups),
    InterfaceType: requester?.type ?? "interface",
    Ipv6Addresses: ipv6 === undefined ? [] : [{ Ipv6Address: ipv6, IsPrimaryIpv6: false }],
    MacAddress: macOf(story, name),
    NetworkInterfaceId: idOf("eni", story, name),
    OwnerId: account,
    PrivateDnsName: dnsName(privateIp, region),
    PrivateIpAddress: privateIp,
    PrivateIpAddresses: [privateAddress(text, association, region)],
    ...(requester === undefined ? {} : { RequesterId: requester.requesterId }),
    RequesterManaged: requester !== undefined,
    SourceDestCheck: requester?.type !== "nat_gateway",
    Status: "in-use",
    SubnetId: subnet.id,
    TagSet: [],
    VpcId: subnet.vpc.id,
  };
}

/** An interface as DescribeInstances nests it. */
function nestedInterface(place: Place, text: InstanceText): Record<string, unknown> {
  const full = describeInterface(place, text);
  const { AvailabilityZone: _zone, RequesterManaged: _managed, TagSet: _tags, Attachment: _attachment, ...rest } = full;
  return {
    ...rest,
    Attachment: {
      AttachTime: LAUNCHED,
      AttachmentId: `eni-attach-0${hexOf(16, "attach", place.story, text.name)}`,
      DeleteOnTermination: true,
      DeviceIndex: 0,
      Status: "attached",
      NetworkCardIndex: 0,
    },
  };
}

function groupsOf(groups: readonly Group[]): { GroupId: string; GroupName: string }[] {
  return groups.map((group) => ({ GroupId: group.id, GroupName: group.identity.name }));
}

function associationOf(
  { region, story }: Place,
  { name, publicIp }: InterfaceText,
  requester?: Requester,
): Record<string, unknown> | undefined {
  if (publicIp === undefined) return undefined;
  if (requester?.type === "nat_gateway") {
    return {
      AllocationId: idOf("eipalloc", story, name),
      AssociationId: idOf("eipassoc", story, name),
      IpOwnerId: "111122223333",
      PublicDnsName: publicDnsName(publicIp, region),
      PublicIp: publicIp,
    };
  }
  return {
    IpOwnerId: requester?.owner ?? "amazon",
    PublicDnsName: publicDnsName(publicIp, region),
    PublicIp: publicIp,
  };
}

function privateAddress(
  { privateIp }: InterfaceText,
  association: Record<string, unknown> | undefined,
  region: string,
): Record<string, unknown> {
  return {
    ...(association === undefined ? {} : { Association: association }),
    Primary: true,
    PrivateDnsName: dnsName(privateIp, region),
    PrivateIpAddress: privateIp,
  };
}

function dnsName(address: string, region: string): string {
  return `ip-${address.replaceAll(".", "-")}.${region}.compute.internal`;
}

function publicDnsName(address: string, region: string): string {
  return `ec2-${address.replaceAll(".", "-")}.${region}.compute.amazonaws.com`;
}
