// Random AWS estates and random flows over them, from a seed. Biased to edges: boundary ports, boundary addresses, addresses that
// interfaces hold, references to groups that are not there, lists that cannot be read, two networks with one range.

import type { Flow, RawAclEntry, RawEstate, RawGroup, RawInterface, RawPermission } from "./model.ts";

/** mulberry32. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

const PORTS = [0, 1, 22, 80, 443, 2379, 2380, 8472, 10_250, 65_534, 65_535];
const CIDRS = [
  "0.0.0.0/0",
  "0.0.0.0/1",
  "128.0.0.0/1",
  "10.0.0.0/8",
  "10.0.0.0/16",
  "10.0.1.0/24",
  "10.0.1.0/30",
  "10.0.1.4/32",
  "10.0.2.0/25",
  "10.1.0.0/16",
  "203.0.113.0/24",
  "203.0.113.7/32",
  "198.51.100.0/25",
  "255.255.255.255/32",
  "0.0.0.0/32",
];
const CIDRS6 = ["::/0", "2600:1f18::/32", "2600:1f18:1:1::/64", "2600:1f18:1:1::4/128", "2001:db8::/32", "8000::/1"];
const OUTSIDE = [
  "203.0.113.7",
  "203.0.113.255",
  "198.51.100.127",
  "198.51.100.128",
  "8.8.8.8",
  "10.0.1.250",
  "10.0.77.1",
  "10.1.1.200",
  "172.16.0.1",
  "255.255.255.255",
];
const OUTSIDE6 = ["2001:db8::7", "2600:1f18:1:1::ffff", "2600:1f18:9::1", "fd00::1"];
const NAMES: Record<string, string[]> = {
  "6": ["tcp", "6", "TCP"],
  "17": ["udp", "17"],
  "1": ["icmp", "1"],
  "58": ["icmpv6", "58"],
};

export function randomEstate(dice: Dice): RawEstate {
  const overlapping = dice.chance(25);
  const second = overlapping ? "10.0.0.0/16" : "10.1.0.0/16";
  const vpcs = [
    { VpcId: "vpc-a", CidrBlock: "10.0.0.0/16", v6: "2600:1f18:1::/48" },
    { VpcId: "vpc-b", CidrBlock: second, v6: "2600:1f18:2::/48" },
  ];
  const subnets = [
    { SubnetId: "subnet-a1", VpcId: "vpc-a", CidrBlock: "10.0.1.0/24", v6: "2600:1f18:1:1::/64" },
    { SubnetId: "subnet-a2", VpcId: "vpc-a", CidrBlock: "10.0.2.0/24", v6: "2600:1f18:1:2::/64" },
    {
      SubnetId: "subnet-b1",
      VpcId: "vpc-b",
      CidrBlock: overlapping ? "10.0.1.0/24" : "10.1.1.0/24",
      v6: "2600:1f18:2:1::/64",
    },
  ];
  const groupIds = ["sg-1", "sg-2", "sg-3", "sg-4", "sg-5"];
  const present = groupIds.filter(() => dice.chance(90));
  const groups = present.map((GroupId): RawGroup => {
    const list = (most: number): RawPermission[] =>
      Array.from({ length: dice.below(most) }, () => permission(dice, [...groupIds, "sg-gone"]));
    return {
      GroupId,
      VpcId: GroupId < "sg-4" ? "vpc-a" : "vpc-b",
      IpPermissions: list(5),
      IpPermissionsEgress: dice.chance(40)
        ? [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }], Ipv6Ranges: [{ CidrIpv6: "::/0" }] }]
        : list(4),
    };
  });
  const interfaces = Array.from({ length: 2 + dice.below(6) }, (_, index): RawInterface => {
    const subnet = dice.pick(subnets);
    const prefix = subnet.CidrBlock.replace(/\d+\/24$/, "");
    const addresses = [`${prefix}${4 + index}`, ...(dice.chance(25) ? [`${prefix}${100 + index}`] : [])];
    const nat = dice.chance(5);
    return {
      NetworkInterfaceId: `eni-${index}`,
      VpcId: subnet.VpcId,
      SubnetId: subnet.SubnetId,
      InterfaceType: nat ? "nat_gateway" : "interface",
      Groups: nat
        ? []
        : [...new Set(Array.from({ length: 1 + dice.below(3) }, () => dice.pick(groupIds)))].map((GroupId) => ({
            GroupId,
          })),
      PrivateIpAddresses: addresses.map((PrivateIpAddress, position) => ({
        PrivateIpAddress,
        Primary: position === 0,
        ...(position === 0 && dice.chance(30)
          ? { Association: { PublicIp: `198.51.100.${10 + index}`, IpOwnerId: "amazon" } }
          : {}),
      })),
      Ipv6Addresses: dice.chance(50)
        ? [{ Ipv6Address: `${subnet.v6.replace("/64", "")}${(4 + index).toString(16)}` }]
        : [],
    };
  });
  return {
    Vpcs: vpcs.map(({ v6, ...vpc }) => ({
      ...vpc,
      CidrBlockAssociationSet: [{ CidrBlock: vpc.CidrBlock, CidrBlockState: { State: "associated" } }],
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: v6, Ipv6CidrBlockState: { State: "associated" } }],
    })),
    Subnets: subnets.map(({ v6, ...subnet }) => ({
      ...subnet,
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: v6, Ipv6CidrBlockState: { State: "associated" } }],
    })),
    SecurityGroups: groups,
    NetworkInterfaces: interfaces,
    PrefixLists: [
      { PrefixListId: "pl-1", AddressFamily: "IPv4" },
      { PrefixListId: "pl-2", AddressFamily: "IPv6" },
      { PrefixListId: "pl-3", AddressFamily: "IPv4" },
    ],
    PrefixListEntries: [
      { PrefixListId: "pl-1", Entries: [{ Cidr: dice.pick(CIDRS) }, { Cidr: dice.pick(CIDRS) }] },
      { PrefixListId: "pl-2", Entries: [{ Cidr: dice.pick(CIDRS6) }] },
    ],
    NetworkAcls: dice.chance(40) ? undefined : acls(dice),
    VpcPeeringConnections:
      overlapping || dice.chance(40)
        ? []
        : [
            {
              VpcPeeringConnectionId: "pcx-1",
              RequesterVpcInfo: { VpcId: "vpc-a" },
              AccepterVpcInfo: { VpcId: "vpc-b" },
              Status: { Code: dice.chance(70) ? "active" : "deleted" },
            },
          ],
  };
}

function permission(dice: Dice, groupIds: readonly string[]): RawPermission {
  const peers: Partial<RawPermission>[] = [];
  for (let count = 1 + dice.below(2); count > 0; count -= 1) {
    const kind = dice.below(10);
    if (kind < 4) peers.push({ IpRanges: [{ CidrIp: dice.pick(CIDRS) }] });
    else if (kind < 6) peers.push({ Ipv6Ranges: [{ CidrIpv6: dice.pick(CIDRS6) }] });
    else if (kind < 7) peers.push({ PrefixListIds: [{ PrefixListId: dice.pick(["pl-1", "pl-2", "pl-3"]) }] });
    else
      peers.push({
        UserIdGroupPairs: [
          {
            GroupId: dice.pick(groupIds),
            UserId: "111122223333",
            ...(dice.chance(5) ? { PeeringStatus: "deleted", VpcPeeringConnectionId: "pcx-9" } : {}),
          },
        ],
      });
  }
  return peers.reduce<RawPermission>((whole, peer) => ({ ...whole, ...peer }), protocol(dice));
}

function protocol(dice: Dice): RawPermission {
  const number = dice.pick(["6", "6", "6", "17", "17", "1", "58", "-1", "50", "47", "132"]);
  const IpProtocol = dice.pick(NAMES[number] ?? [number]);
  if (number === "-1") return { IpProtocol, ...(dice.chance(30) ? { FromPort: -1, ToPort: -1 } : {}) };
  if (number === "6" || number === "17") {
    const [a, b] = [dice.pick(PORTS), dice.pick(PORTS)];
    return { IpProtocol, FromPort: Math.min(a, b), ToPort: Math.max(a, b) };
  }
  if (number === "1" || number === "58") {
    if (number === "58" && dice.chance(30)) return { IpProtocol };
    const type = dice.pick([-1, 0, 3, 8, 255]);
    return { IpProtocol, FromPort: type, ToPort: type === -1 ? -1 : dice.pick([-1, 0, 4, 255]) };
  }
  // AWS ignores ports of other protocols, whatever they say.
  return dice.chance(50) ? { IpProtocol, FromPort: 443, ToPort: 443 } : { IpProtocol };
}

function acls(dice: Dice): NonNullable<RawEstate["NetworkAcls"]> {
  const entries = (egress: boolean): RawAclEntry[] => {
    const own = Array.from({ length: dice.below(5) }, (_, index): RawAclEntry => {
      const { IpProtocol, FromPort, ToPort } = protocol(dice);
      const number = { tcp: "6", udp: "17", icmp: "1", icmpv6: "58" }[IpProtocol.toLowerCase()] ?? IpProtocol;
      const v6 = dice.chance(25);
      return {
        RuleNumber: 100 + index * 10,
        Protocol: number,
        RuleAction: dice.chance(60) ? "allow" : "deny",
        Egress: egress,
        ...(v6 ? { Ipv6CidrBlock: dice.pick(CIDRS6) } : { CidrBlock: dice.pick(CIDRS) }),
        ...(number === "6" || number === "17" ? { PortRange: { From: FromPort ?? 0, To: ToPort ?? 65_535 } } : {}),
        ...(number === "1" || number === "58" ? { IcmpTypeCode: { Type: FromPort ?? -1, Code: ToPort ?? -1 } } : {}),
      };
    });
    const open: RawAclEntry[] = dice.chance(70)
      ? [
          { RuleNumber: 1000, Protocol: "-1", RuleAction: "allow", Egress: egress, CidrBlock: "0.0.0.0/0" },
          { RuleNumber: 1010, Protocol: "-1", RuleAction: "allow", Egress: egress, Ipv6CidrBlock: "::/0" },
        ]
      : [];
    return [
      ...own,
      ...open,
      { RuleNumber: 32_767, Protocol: "-1", RuleAction: "deny", Egress: egress, CidrBlock: "0.0.0.0/0" },
      { RuleNumber: 32_768, Protocol: "-1", RuleAction: "deny", Egress: egress, Ipv6CidrBlock: "::/0" },
    ];
  };
  return ["subnet-a1", "subnet-a2", "subnet-b1"]
    .filter(() => dice.chance(95))
    .map((SubnetId, index) => ({
      NetworkAclId: `acl-${index}`,
      VpcId: SubnetId.startsWith("subnet-a") ? "vpc-a" : "vpc-b",
      Associations: [{ SubnetId }],
      Entries: [...entries(false), ...entries(true)],
    }));
}

export function randomFlow(dice: Dice, estate: RawEstate): Flow {
  const v6 = dice.chance(25);
  const end = (): string => {
    const kind = dice.below(10);
    const eni = dice.pick(estate.NetworkInterfaces);
    if (kind < 4) return eni.NetworkInterfaceId;
    if (kind < 8) {
      if (v6) return eni.Ipv6Addresses[0]?.Ipv6Address ?? dice.pick(OUTSIDE6);
      const entry = dice.pick(eni.PrivateIpAddresses);
      return kind === 7 ? (entry.Association?.PublicIp ?? entry.PrivateIpAddress) : entry.PrivateIpAddress;
    }
    return dice.pick(v6 ? OUTSIDE6 : OUTSIDE);
  };
  const number = dice.pick([6, 6, 6, 17, 17, 1, 58, 50, 47, 99]);
  const name = dice.chance(50) ? number : ({ 6: "tcp", 17: "udp", 1: "icmp", 58: "icmpv6" }[number] ?? number);
  const [from, to] = [end(), end()];
  if (number === 6 || number === 17)
    return { from, to, protocol: name, port: Math.min(65_535, Math.max(0, dice.pick(PORTS) + dice.below(3) - 1)) };
  if (number === 1 || number === 58)
    return { from, to, protocol: name, type: dice.pick([0, 3, 8, 9, 255]), code: dice.pick([0, 1, 4, 255]) };
  return { from, to, protocol: name };
}
