// A small language for AWS estates in tests: groups, machines and rules in a few words, handed to the engine as AWS answers.

import { WorldBuilder } from "../../../src/engine/world.ts";
import type { World } from "../../../src/model/index.ts";
import type { FactType } from "../../../src/snapshot/facts.ts";

export const SCOPE = { provider: "aws", account: "111122223333", region: "eu-west-1" } as const;

/** "tcp 2379-2380 from 0.0.0.0/0", "udp 8472 from sg-nodes", "all from pl-x", "icmp 3 from 0.0.0.0/0". */
export type RuleText = string;

export interface MachineSpec {
  readonly tags?: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly ip: string;
  readonly vpc?: string;
  readonly subnet?: string;
  readonly publicIp?: string;
  readonly ipv6?: string;
  readonly state?: string;
}

export interface EstateSpec {
  readonly groups: Readonly<
    Record<
      string,
      {
        readonly in?: readonly RuleText[];
        readonly out?: readonly RuleText[];
        readonly name?: string;
        readonly tags?: Readonly<Record<string, string>>;
        readonly vpc?: string;
      }
    >
  >;
  readonly machines: Readonly<Record<string, MachineSpec>>;
  /** Prefix lists with their entries; null = not readable. */
  readonly prefixLists?: Readonly<Record<string, readonly string[] | null>>;
  readonly vpcs?: Readonly<Record<string, string>>;
  /** Whether the interface list is called complete, as a live run says. */
  readonly complete?: boolean;
  /** More answers, as AWS gives them. */
  readonly more?: readonly (readonly [FactType, unknown])[];
}

/** Builds a world from the words; every VPC has one /24 public subnet per machine's third octet and an internet gateway. */
export function worldOf(spec: EstateSpec): World {
  const builder = new WorldBuilder();
  builder.start({ source: "test", origin: spec.complete ? "collected" : "folder" });
  const put = (type: FactType, item: unknown): void => builder.item(SCOPE, type, item);
  const vpcs = spec.vpcs ?? { "vpc-1": "10.0.0.0/16" };
  for (const [id, cidr] of Object.entries(vpcs)) {
    put("Vpcs", {
      VpcId: id,
      OwnerId: SCOPE.account,
      CidrBlock: cidr,
      CidrBlockAssociationSet: [{ CidrBlock: cidr, CidrBlockState: { State: "associated" } }],
    });
    put("InternetGateways", { InternetGatewayId: `igw-${id}`, Attachments: [{ VpcId: id, State: "available" }] });
    put("RouteTables", {
      RouteTableId: `rtb-${id}`,
      VpcId: id,
      Associations: [{ Main: true, RouteTableId: `rtb-${id}` }],
      Routes: [
        { DestinationCidrBlock: cidr, GatewayId: "local", State: "active" },
        { DestinationCidrBlock: "0.0.0.0/0", GatewayId: `igw-${id}`, State: "active" },
        { DestinationIpv6CidrBlock: "::/0", GatewayId: `igw-${id}`, State: "active" },
      ],
    });
  }
  for (const [id, group] of Object.entries(spec.groups)) {
    put("SecurityGroups", {
      GroupId: id,
      GroupName: group.name ?? id.replace(/^sg-/, ""),
      Description: "",
      OwnerId: SCOPE.account,
      VpcId: group.vpc ?? "vpc-1",
      Tags: tagList(group.tags ?? {}),
      IpPermissions: (group.in ?? []).map(permission),
      IpPermissionsEgress: (group.out ?? ["all to 0.0.0.0/0", "all to ::/0"]).map(permission),
    });
  }
  const subnets = new Map<string, { vpc: string; cidr: string }>();
  for (const [name, machine] of Object.entries(spec.machines)) {
    const vpc = machine.vpc ?? "vpc-1";
    const third = machine.ip.split(".").slice(0, 3).join(".");
    const subnet = machine.subnet ?? `subnet-${vpc}-${third}`;
    subnets.set(subnet, { vpc, cidr: `${third}.0/24` });
    put("Instances", {
      InstanceId: `i-${name}`,
      State: { Name: machine.state ?? "running" },
      Tags: tagList({ Name: name, ...machine.tags }),
      VpcId: vpc,
      SubnetId: subnet,
      PrivateIpAddress: machine.ip,
      ReservationOwnerId: SCOPE.account,
    });
    put("NetworkInterfaces", {
      NetworkInterfaceId: `eni-${name}`,
      OwnerId: SCOPE.account,
      VpcId: vpc,
      SubnetId: subnet,
      AvailabilityZone: "eu-west-1a",
      InterfaceType: "interface",
      Status: "in-use",
      Description: "",
      Attachment: { InstanceId: `i-${name}`, DeviceIndex: 0, Status: "attached" },
      Groups: machine.groups.map((id) => ({ GroupId: id, GroupName: id })),
      PrivateIpAddress: machine.ip,
      PrivateIpAddresses: [
        {
          PrivateIpAddress: machine.ip,
          Primary: true,
          ...(machine.publicIp === undefined
            ? {}
            : { Association: { PublicIp: machine.publicIp, IpOwnerId: "amazon" } }),
        },
      ],
      Ipv6Addresses: machine.ipv6 === undefined ? [] : [{ Ipv6Address: machine.ipv6 }],
      ...(machine.publicIp === undefined ? {} : { Association: { PublicIp: machine.publicIp, IpOwnerId: "amazon" } }),
    });
  }
  for (const [id, { vpc, cidr }] of subnets) {
    put("Subnets", {
      SubnetId: id,
      VpcId: vpc,
      CidrBlock: cidr,
      AvailabilityZone: "eu-west-1a",
      OwnerId: SCOPE.account,
      MapPublicIpOnLaunch: false,
      Ipv6CidrBlockAssociationSet: [],
    });
  }
  for (const [id, entries] of Object.entries(spec.prefixLists ?? {})) {
    put("PrefixLists", {
      PrefixListId: id,
      PrefixListName: id,
      AddressFamily: "IPv4",
      OwnerId: SCOPE.account,
      State: "create-complete",
    });
    if (entries !== null)
      put("PrefixListEntries", { PrefixListId: id, Entries: entries.map((cidr) => ({ Cidr: cidr })) });
  }
  for (const [type, item] of spec.more ?? []) put(type, item);
  if (spec.complete) {
    for (const call of ["DescribeSecurityGroups", "DescribeNetworkInterfaces", "DescribeInstances"])
      builder.call({ scope: SCOPE, call, outcome: "complete", items: 1 });
  }
  builder.end();
  return builder.build();
}

function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function permission(text: RuleText): unknown {
  const match = /^(\S+)(?: (\S+))? (?:from|to) (\S+)$/.exec(text);
  if (match === null) throw new Error(`no rule: ${text}`);
  const [, protocol = "", ports, peer = ""] = match;
  const [low, high] = (ports ?? "").split("-");
  const range =
    protocol === "all"
      ? { IpProtocol: "-1" }
      : protocol === "icmp"
        ? { IpProtocol: "icmp", FromPort: Number(low), ToPort: -1 }
        : { IpProtocol: protocol, FromPort: Number(low), ToPort: Number(high ?? low) };
  if (peer.startsWith("sg-")) return { ...range, UserIdGroupPairs: [{ GroupId: peer, UserId: SCOPE.account }] };
  if (peer.startsWith("pl-")) return { ...range, PrefixListIds: [{ PrefixListId: peer }] };
  return peer.includes(":")
    ? { ...range, Ipv6Ranges: [{ CidrIpv6: peer }] }
    : { ...range, IpRanges: [{ CidrIp: peer }] };
}
