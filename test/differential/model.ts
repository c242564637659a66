// An independent model of what AWS filters decide for one packet, written from the AWS documentation on raw API answers with plain
// loops and booleans. It shares no code with the product: not its parsers, not its sets, not its shapes. Slow and obvious on purpose.

/* Raw shapes: only what the model reads. */
export interface RawPermission {
  IpProtocol: string;
  FromPort?: number;
  ToPort?: number;
  IpRanges?: { CidrIp: string }[];
  Ipv6Ranges?: { CidrIpv6: string }[];
  PrefixListIds?: { PrefixListId: string }[];
  UserIdGroupPairs?: {
    GroupId: string;
    UserId?: string;
    PeeringStatus?: string;
    VpcId?: string;
    VpcPeeringConnectionId?: string;
  }[];
}
export interface RawGroup {
  GroupId: string;
  VpcId: string;
  IpPermissions: RawPermission[];
  IpPermissionsEgress: RawPermission[];
}
export interface RawInterface {
  NetworkInterfaceId: string;
  VpcId: string;
  SubnetId: string;
  InterfaceType: string;
  Groups: { GroupId: string }[];
  PrivateIpAddresses: { PrivateIpAddress: string; Primary: boolean; Association?: { PublicIp: string } }[];
  Ipv6Addresses: { Ipv6Address: string }[];
}
export interface RawAclEntry {
  RuleNumber: number;
  Protocol: string;
  RuleAction: "allow" | "deny";
  Egress: boolean;
  CidrBlock?: string;
  Ipv6CidrBlock?: string;
  PortRange?: { From: number; To: number };
  IcmpTypeCode?: { Type: number; Code: number };
}
export interface RawEstate {
  Vpcs: {
    VpcId: string;
    CidrBlock: string;
    Ipv6CidrBlockAssociationSet: { Ipv6CidrBlock: string; Ipv6CidrBlockState: { State: string } }[];
  }[];
  Subnets: {
    SubnetId: string;
    VpcId: string;
    CidrBlock: string;
    Ipv6CidrBlockAssociationSet: { Ipv6CidrBlock: string; Ipv6CidrBlockState: { State: string } }[];
  }[];
  SecurityGroups: RawGroup[];
  NetworkInterfaces: RawInterface[];
  PrefixLists: { PrefixListId: string; AddressFamily: string }[];
  PrefixListEntries: { PrefixListId: string; Entries: { Cidr: string }[] }[];
  NetworkAcls:
    | { NetworkAclId: string; VpcId: string; Associations: { SubnetId: string }[]; Entries: RawAclEntry[] }[]
    | undefined;
  VpcPeeringConnections: {
    VpcPeeringConnectionId: string;
    RequesterVpcInfo: { VpcId: string };
    AccepterVpcInfo: { VpcId: string };
    Status: { Code: string };
  }[];
}

export interface Flow {
  from: string;
  to: string;
  protocol: string | number;
  port?: number;
  type?: number;
  code?: number;
}

type Verdict = "allowed" | "denied" | "unknown";

/* Addresses as (family, number). */
interface Ip {
  v: 4 | 6;
  n: bigint;
}

export function ip(text: string): Ip {
  if (!text.includes(":")) return { v: 4, n: text.split(".").reduce((n, part) => n * 256n + BigInt(part), 0n) };
  const [head = "", tail] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return { v: 6, n: [...left, ...middle, ...right].reduce((n, part) => n * 65_536n + BigInt(`0x${part}`), 0n) };
}

export function inCidr(address: Ip, cidr: string): boolean {
  const [base = "", length = ""] = cidr.split("/");
  const net = ip(base);
  if (net.v !== address.v) return false;
  const shift = BigInt((net.v === 4 ? 32 : 128) - Number(length));
  return address.n >> shift === net.n >> shift;
}

/* One end of a flow, once it is known who that is. */
interface End {
  ip: Ip;
  eni: RawInterface | undefined;
  /** Named by its public address: group references do not match it. */
  byPublic: boolean;
  /** An address that two networks hold, with nothing to choose by. */
  ambiguous: boolean;
}

const NUMBER: Record<string, number> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function protocolNumber(text: string | number): number {
  return typeof text === "number" ? text : (NUMBER[text.toLowerCase()] ?? Number(text));
}

/** AWS: -1 is everything; for anything but tcp, udp, icmp and icmpv6 ports are ignored. */
function protocolMatches(rule: { IpProtocol: string; FromPort?: number; ToPort?: number }, flow: Flow): boolean {
  if (rule.IpProtocol === "-1") return true;
  const wanted = protocolNumber(rule.IpProtocol);
  if (wanted !== protocolNumber(flow.protocol)) return false;
  const low = rule.FromPort;
  const high = rule.ToPort;
  if (wanted === 6 || wanted === 17)
    return (
      low === undefined ||
      high === undefined ||
      low === -1 ||
      (flow.port !== undefined && flow.port >= low && flow.port <= high)
    );
  if (wanted === 1 || wanted === 58)
    return (
      low === undefined ||
      low === -1 ||
      (low === flow.type && (high === -1 || high === undefined || high === flow.code))
    );
  return true;
}

export class Model {
  readonly #estate: RawEstate;

  constructor(estate: RawEstate) {
    this.#estate = estate;
  }

  ask(flow: Flow): { verdict: Verdict; ingress: Verdict | "none"; egress: Verdict | "none" } {
    const v6 = flow.from.includes(":") || flow.to.includes(":");
    const a = this.#end(flow.from, v6);
    const b = this.#end(flow.to, v6);
    this.#settle(a, b);
    this.#settle(b, a);
    if (a.ip.v !== b.ip.v) return { verdict: "denied", ingress: "denied", egress: "denied" };
    if (a.eni !== undefined && a.eni === b.eni) return { verdict: "allowed", ingress: "allowed", egress: "allowed" };
    if (a.ambiguous || b.ambiguous) return { verdict: "unknown", ingress: "unknown", egress: "unknown" };
    const ingress = b.eni === undefined ? "none" : this.#side(b, a, flow, false);
    const egress = a.eni === undefined ? "none" : this.#side(a, b, flow, true);
    const sides = [ingress, egress];
    const verdict = sides.includes("denied")
      ? "denied"
      : sides.includes("unknown")
        ? "unknown"
        : sides.includes("allowed")
          ? "allowed"
          : "unknown";
    return { verdict, ingress, egress };
  }

  /** What one side says of an address as it sees it: private addresses mean something in its own network and in those joined to it. */
  sideOf(interfaceId: string, address: string, flow: Flow, egress: boolean): Verdict {
    const eni = this.#estate.NetworkInterfaces.find((candidate) => candidate.NetworkInterfaceId === interfaceId);
    if (eni === undefined) throw new Error(`no interface ${interfaceId}`);
    const own: End = { ip: ip(primaryOf(eni)), eni, byPublic: false, ambiguous: false };
    const seen = ip(address);
    const holder = this.#estate.NetworkInterfaces.find(
      (other) => this.#connected(eni, other) && addressesOf(other).some((text) => same(ip(text), seen)),
    );
    return this.#side(own, { ip: seen, eni: holder, byPublic: false, ambiguous: false }, flow, egress);
  }

  #end(text: string, v6: boolean): End {
    const byId = this.#estate.NetworkInterfaces.find((eni) => eni.NetworkInterfaceId === text);
    if (byId !== undefined) {
      const own = v6 ? byId.Ipv6Addresses[0]?.Ipv6Address : undefined;
      return { ip: ip(own ?? primaryOf(byId)), eni: byId, byPublic: false, ambiguous: false };
    }
    return { ip: ip(text), eni: undefined, byPublic: false, ambiguous: false };
  }

  /** Finds whose address it is: a private one first, in the other end's network where two hold it; else a public one. */
  #settle(end: End, other: End): void {
    if (end.eni !== undefined) return;
    const holders = this.#estate.NetworkInterfaces.filter((eni) =>
      [
        ...eni.PrivateIpAddresses.map((entry) => entry.PrivateIpAddress),
        ...eni.Ipv6Addresses.map((entry) => entry.Ipv6Address),
      ].some((text) => same(ip(text), end.ip)),
    );
    if (holders.length === 1) end.eni = holders[0];
    else if (holders.length > 1) {
      end.eni = holders.find((eni) => eni.VpcId === other.eni?.VpcId);
      end.ambiguous = end.eni === undefined;
    } else {
      end.eni = this.#estate.NetworkInterfaces.find((eni) =>
        eni.PrivateIpAddresses.some(
          (entry) => entry.Association !== undefined && same(ip(entry.Association.PublicIp), end.ip),
        ),
      );
      end.byPublic = end.eni !== undefined;
    }
  }

  /** What the groups and the network ACL of one interface say. */
  #side(own: End, other: End, flow: Flow, egress: boolean): Verdict {
    const groups = this.#groups(own, other, flow, egress);
    const acl = this.#acl(own, other, flow, egress);
    if (groups === "denied" || acl === "denied") return "denied";
    return groups === "unknown" || acl === "unknown" ? "unknown" : "allowed";
  }

  #groups(own: End, other: End, flow: Flow, egress: boolean): Verdict {
    const eni = own.eni as RawInterface;
    if (eni.InterfaceType === "nat_gateway") return "allowed";
    let unknown = false;
    for (const { GroupId } of eni.Groups) {
      const group = this.#estate.SecurityGroups.find((candidate) => candidate.GroupId === GroupId);
      if (group === undefined) {
        unknown = true;
        continue;
      }
      for (const permission of egress ? group.IpPermissionsEgress : group.IpPermissions) {
        if (!protocolMatches(permission, flow)) continue;
        const answer = this.#peer(permission, own, other);
        if (answer === "allowed") return "allowed";
        if (answer === "unknown") unknown = true;
      }
    }
    return unknown ? "unknown" : "denied";
  }

  #peer(permission: RawPermission, own: End, other: End): Verdict {
    let unknown = false;
    for (const { CidrIp } of permission.IpRanges ?? []) if (inCidr(other.ip, CidrIp)) return "allowed";
    for (const { CidrIpv6 } of permission.Ipv6Ranges ?? []) if (inCidr(other.ip, CidrIpv6)) return "allowed";
    for (const { PrefixListId } of permission.PrefixListIds ?? []) {
      const entries = this.#estate.PrefixListEntries.find((list) => list.PrefixListId === PrefixListId)?.Entries;
      if (entries === undefined) {
        const family = this.#estate.PrefixLists.find((list) => list.PrefixListId === PrefixListId)?.AddressFamily;
        if (family === undefined || family === `IPv${other.ip.v}`) unknown = true;
      } else if (entries.some(({ Cidr }) => inCidr(other.ip, Cidr))) return "allowed";
    }
    for (const pair of permission.UserIdGroupPairs ?? []) {
      if (pair.PeeringStatus === "deleted") continue;
      if (own.byPublic || other.byPublic) continue;
      if (other.eni !== undefined) {
        // The interface's list of groups is complete: either it carries the group or it does not.
        if (
          this.#connected(own.eni as RawInterface, other.eni) &&
          other.eni.Groups.some(({ GroupId }) => GroupId === pair.GroupId)
        )
          return "allowed";
      } else if (!this.#estate.SecurityGroups.some((group) => group.GroupId === pair.GroupId)) unknown = true;
    }
    return unknown ? "unknown" : "denied";
  }

  #connected(a: RawInterface, b: RawInterface): boolean {
    if (a.VpcId === b.VpcId) return true;
    return this.#estate.VpcPeeringConnections.some(
      ({ RequesterVpcInfo, AccepterVpcInfo, Status }) =>
        Status.Code === "active" &&
        ((RequesterVpcInfo.VpcId === a.VpcId && AccepterVpcInfo.VpcId === b.VpcId) ||
          (RequesterVpcInfo.VpcId === b.VpcId && AccepterVpcInfo.VpcId === a.VpcId)),
    );
  }

  /** AWS: an ACL is asked when traffic enters or leaves the subnet; first match by number, then deny. */
  #acl(own: End, other: End, flow: Flow, egress: boolean): Verdict {
    const { NetworkAcls, Subnets } = this.#estate;
    if (NetworkAcls === undefined) return "allowed";
    const eni = own.eni as RawInterface;
    // Through a public address packets pass the internet gateway, and so leave the subnet, wherever the other end lives.
    const overGateway = own.byPublic || other.byPublic;
    if (!overGateway && other.eni !== undefined && other.eni.SubnetId === eni.SubnetId) return "allowed";
    if (!overGateway && other.eni === undefined) {
      const subnet = Subnets.find((candidate) => candidate.SubnetId === eni.SubnetId);
      const ranges = [
        subnet?.CidrBlock ?? "",
        ...(subnet?.Ipv6CidrBlockAssociationSet ?? []).map((association) => association.Ipv6CidrBlock),
      ];
      if (ranges.some((range) => range !== "" && inCidr(other.ip, range))) return "allowed";
    }
    const acl = NetworkAcls.find((candidate) =>
      candidate.Associations.some(({ SubnetId }) => SubnetId === eni.SubnetId),
    );
    if (acl === undefined) return "unknown";
    const entries = acl.Entries.filter((entry) => entry.Egress === egress).sort((x, y) => x.RuleNumber - y.RuleNumber);
    for (const entry of entries) {
      if (!inCidr(other.ip, entry.CidrBlock ?? entry.Ipv6CidrBlock ?? "")) continue;
      const asRule = { IpProtocol: entry.Protocol, ...aclRange(entry) };
      if (protocolMatches(asRule, flow)) return entry.RuleAction === "allow" ? "allowed" : "denied";
    }
    return "denied";
  }
}

function aclRange(entry: RawAclEntry): { FromPort: number; ToPort: number } | undefined {
  if (entry.PortRange !== undefined) return { FromPort: entry.PortRange.From, ToPort: entry.PortRange.To };
  if (entry.IcmpTypeCode !== undefined) return { FromPort: entry.IcmpTypeCode.Type, ToPort: entry.IcmpTypeCode.Code };
  return undefined;
}

function primaryOf(eni: RawInterface): string {
  return eni.PrivateIpAddresses.find((entry) => entry.Primary)?.PrivateIpAddress ?? "0.0.0.0";
}

function addressesOf(eni: RawInterface): string[] {
  return [
    ...eni.PrivateIpAddresses.map((entry) => entry.PrivateIpAddress),
    ...eni.Ipv6Addresses.map((entry) => entry.Ipv6Address),
  ];
}

function same(a: Ip, b: Ip): boolean {
  return a.v === b.v && a.n === b.n;
}
