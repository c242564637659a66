// Writes a large AWS estate as a snapshot file, as `audit collect` would: groups, their rules with ids, interfaces, instances, networks.
// Deterministic: the same size gives the same bytes.

import { createWriteStream } from "node:fs";
import { once } from "node:events";

const SCOPE = "aws/111122223333/eu-west-1";

/** mulberry32: small, seeded, good enough for test data. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Peer {
  readonly permission: object;
  readonly rule: object;
}

function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, "0");
}

export interface EstateSize {
  readonly groups: number;
  readonly rulesPerGroup: number;
  /**
   * `usual`: most rules name the network's own ranges, groups and single partners; three groups in a hundred open something sensitive to the
   * world. `exposed`: every group opens several sensitive ports to strangers, so that findings cost more than rules.
   */
  readonly mix: "usual" | "exposed";
}

const SENSITIVE = [22, 5432, 3306, 6443, 10_250, 2379];
const ORDINARY = [443, 80, 8080, 9090, 8443];

/** Writes the file and resolves to the number of rules in it. */
export async function writeEstate(path: string, { groups, rulesPerGroup, mix }: EstateSize): Promise<number> {
  const random = randomOf(20_261_123);
  const file = createWriteStream(path, { mode: 0o600 });
  let items = 0;
  const line = async (value: object): Promise<void> => {
    if (!file.write(`${JSON.stringify(value)}\n`)) await once(file, "drain");
  };
  const item = async (type: string, value: object): Promise<void> => {
    items += 1;
    await line({ scope: SCOPE, type, item: value });
  };
  const groupId = (index: number): string => `sg-0${hex(index, 16)}`;
  const peerOf = (index: number, who: "anybody" | "inside" | "world"): Peer => {
    const kind = who === "world" ? 72 : who === "inside" ? random(64) : random(100);
    if (kind < 72) {
      const length = 24 + 4 * random(3);
      const cidr =
        kind < 64
          ? `10.${random(256)}.${random(256)}.0/${length}`
          : `${20 + random(150)}.${random(256)}.${random(256)}.0/24`;
      return {
        permission: { IpRanges: [{ CidrIp: cidr, Description: "partner" }] },
        rule: { CidrIpv4: cidr, Description: "partner" },
      };
    }
    if (kind < 74) return { permission: { IpRanges: [{ CidrIp: "0.0.0.0/0" }] }, rule: { CidrIpv4: "0.0.0.0/0" } };
    if (kind < 80) {
      const cidr = `2600:1f18:${hex(random(65_536), 1)}::/48`;
      return { permission: { Ipv6Ranges: [{ CidrIpv6: cidr }] }, rule: { CidrIpv6: cidr } };
    }
    if (kind < 82)
      return {
        permission: { PrefixListIds: [{ PrefixListId: "pl-0123456789abcdef0" }] },
        rule: { PrefixListId: "pl-0123456789abcdef0" },
      };
    const other = kind < 90 ? index : random(groups);
    const reference = { GroupId: groupId(other), UserId: "111122223333" };
    return { permission: { UserIdGroupPairs: [reference] }, rule: { ReferencedGroupInfo: reference } };
  };

  await line({
    portolan: "snapshot",
    schema: 1,
    created: "2026-11-23T00:00:00.000Z",
    tool: "bench",
    origin: "collected",
    source: "bench",
    scopes: [SCOPE],
  });
  await item("Vpcs", {
    VpcId: "vpc-1",
    OwnerId: "111122223333",
    CidrBlock: "10.0.0.0/8",
    CidrBlockAssociationSet: [{ CidrBlock: "10.0.0.0/8", CidrBlockState: { State: "associated" } }],
  });
  await item("Subnets", { SubnetId: "subnet-1", VpcId: "vpc-1", CidrBlock: "10.0.0.0/8", OwnerId: "111122223333" });
  await item("PrefixLists", {
    PrefixListId: "pl-0123456789abcdef0",
    AddressFamily: "IPv4",
    OwnerId: "111122223333",
    PrefixListName: "partners",
    State: "create-complete",
  });
  await item("PrefixListEntries", { PrefixListId: "pl-0123456789abcdef0", Entries: [{ Cidr: "198.51.100.0/24" }] });
  await item("InternetGateways", { InternetGatewayId: "igw-1", Attachments: [{ VpcId: "vpc-1", State: "available" }] });
  await item("RouteTables", {
    RouteTableId: "rtb-1",
    VpcId: "vpc-1",
    Associations: [{ Main: true }],
    Routes: [
      { DestinationCidrBlock: "10.0.0.0/8", GatewayId: "local", State: "active" },
      { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", State: "active" },
    ],
  });
  let rules = 0;
  for (let index = 0; index < groups; index += 1) {
    const ingress: object[] = [];
    const ruleItems: object[] = [];
    for (let count = 0; count < rulesPerGroup - 1; count += 1) {
      const strays = mix === "usual" && count === 0 && random(100) < 3;
      const isSensitive = strays || random(11) < 6;
      const { permission, rule } = peerOf(
        index,
        strays ? "world" : isSensitive && mix === "usual" ? "inside" : "anybody",
      );
      const all = mix === "exposed" && random(200) === 0;
      const choices = isSensitive ? SENSITIVE : ORDINARY;
      const port =
        random(11) === 0 && !isSensitive ? 50_000 + random(10_000) : (choices[random(choices.length)] ?? 443);
      const span = random(8) === 0 && port > 50_000 ? random(50) : 0;
      const ports = all
        ? { IpProtocol: "-1" }
        : { IpProtocol: random(6) === 0 ? "udp" : "tcp", FromPort: port, ToPort: Math.min(65_535, port + span) };
      ingress.push({ ...ports, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [], ...permission });
      ruleItems.push({
        SecurityGroupRuleId: `sgr-0${hex(index * rulesPerGroup + count, 16)}`,
        GroupId: groupId(index),
        GroupOwnerId: "111122223333",
        IsEgress: false,
        ...(all ? { IpProtocol: "-1", FromPort: -1, ToPort: -1 } : ports),
        ...rule,
        Tags: [],
      });
    }
    rules += rulesPerGroup;
    await item("SecurityGroups", {
      GroupId: groupId(index),
      GroupName: `service-${index}`,
      Description: "a service",
      OwnerId: "111122223333",
      VpcId: "vpc-1",
      Tags: [{ Key: "team", Value: `team-${index % 40}` }],
      IpPermissions: ingress,
      IpPermissionsEgress: [
        {
          IpProtocol: "-1",
          IpRanges: [{ CidrIp: "0.0.0.0/0" }],
          Ipv6Ranges: [],
          PrefixListIds: [],
          UserIdGroupPairs: [],
        },
      ],
    });
    for (const rule of ruleItems) await item("SecurityGroupRules", rule);
    const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    await item("Instances", {
      InstanceId: `i-0${hex(index, 16)}`,
      State: { Name: "running" },
      Tags: [{ Key: "Name", Value: `service-${index}` }],
      VpcId: "vpc-1",
      SubnetId: "subnet-1",
      ReservationOwnerId: "111122223333",
    });
    await item("NetworkInterfaces", {
      NetworkInterfaceId: `eni-0${hex(index, 16)}`,
      OwnerId: "111122223333",
      VpcId: "vpc-1",
      SubnetId: "subnet-1",
      InterfaceType: "interface",
      Attachment: { InstanceId: `i-0${hex(index, 16)}`, DeviceIndex: 0 },
      Groups: [{ GroupId: groupId(index), GroupName: `service-${index}` }],
      PrivateIpAddress: address,
      PrivateIpAddresses: [
        {
          PrivateIpAddress: address,
          Primary: true,
          ...(index % 50 === 0
            ? { Association: { PublicIp: `203.0.${(index >> 8) & 255}.${index & 255}`, IpOwnerId: "amazon" } }
            : {}),
        },
      ],
    });
  }
  for (const call of [
    "DescribeSecurityGroups",
    "DescribeSecurityGroupRules",
    "DescribeNetworkInterfaces",
    "DescribeInstances",
    "DescribeVpcs",
    "DescribeSubnets",
    "DescribeRouteTables",
    "DescribeInternetGateways",
  ]) {
    await line({ call, scope: SCOPE, outcome: "complete", items: 0 });
  }
  await line({ end: { items, calls: 8, skipped: 0, warnings: 0 } });
  file.end();
  await once(file, "close");
  return rules;
}
