// Security groups and their rules -> RuleSet. SecurityGroups decide; SecurityGroupRules lend ids, and alone they build groups.
// A rule that cannot be read is left out and named: a silent guess would open or close something.

import type { Direction, Peer, Rule, RuleSet, Scope } from "../../model/index.ts";
import { AddressError, checkCidr, IpSet } from "../../net/index.ts";
import { child, objects, tagsOf, text, whole, type Json } from "./read.ts";
import { transportOf } from "./transport.ts";

export type Complain = (subject: string, message: string) => void;

/** Peers that are equal are one object; ranges are too many for that to pay. */
const listPeers = new Map<string, Peer>();
const groupPeers = new Map<string, Peer>();

/** A range as a rule states it: checked at once, made into a set when somebody asks, which is for few of a million. */
class CidrPeer {
  readonly kind = "cidr";
  readonly #stated: string;
  #addresses: IpSet | undefined;

  constructor(stated: string) {
    checkCidr(stated);
    this.#stated = stated;
  }

  get addresses(): IpSet {
    this.#addresses ??= IpSet.cidr(this.#stated);
    return this.#addresses;
  }

  get text(): string {
    return this.addresses.cidrs().join();
  }
}

function cidrPeer(cidr: string): Peer | string {
  try {
    return new CidrPeer(cidr);
  } catch (error) {
    if (error instanceof AddressError) return error.message;
    throw error;
  }
}

function listPeer(prefixListId: string): Peer {
  let peer = listPeers.get(prefixListId);
  if (peer === undefined) listPeers.set(prefixListId, (peer = { kind: "prefix-list", prefixListId }));
  return peer;
}

function groupPeer(pair: Json): Peer | string {
  const groupId = text(pair, "GroupId");
  if (groupId === undefined) return "a group reference without GroupId";
  const account = text(pair, "UserId");
  const networkId = text(pair, "VpcId");
  const peeringId = text(pair, "VpcPeeringConnectionId");
  const peeringStatus = text(pair, "PeeringStatus");
  const key = `${groupId} ${account ?? ""} ${networkId ?? ""} ${peeringId ?? ""} ${peeringStatus ?? ""}`;
  let peer = groupPeers.get(key);
  if (peer === undefined) {
    peer = {
      kind: "security-group",
      groupId,
      ...(account === undefined ? {} : { account }),
      ...(networkId === undefined ? {} : { networkId }),
      ...(peeringId === undefined ? {} : { peeringId }),
      ...(peeringStatus === undefined ? {} : { peeringStatus }),
    };
    groupPeers.set(key, peer);
  }
  return peer;
}

/** The lists of a permission: where they are, how their range or id is called, and what it makes. */
const SOURCES: readonly { readonly list: string; readonly peer: (source: Json) => Peer | string }[] = [
  { list: "IpRanges", peer: (range) => cidrPeer(text(range, "CidrIp") ?? "") },
  { list: "Ipv6Ranges", peer: (range) => cidrPeer(text(range, "CidrIpv6") ?? "") },
  { list: "PrefixListIds", peer: (list) => listPeer(text(list, "PrefixListId") ?? "") },
  { list: "UserIdGroupPairs", peer: groupPeer },
];

/**
 * The rules of one group as SecurityGroupRules lists them: they lend their ids to the group's own rules, in whatever order the two lists
 * come, and stand for the group where it was not listed. The index is built when somebody asks for an id, which is for evidence only.
 */
export class ListedRules {
  readonly #rules: Rule[] = [];
  #ids: Map<string, string> | undefined;

  add(rule: Rule): void {
    this.#rules.push(rule);
    this.#ids = undefined;
  }

  get all(): readonly Rule[] {
    return this.#rules;
  }

  idOf(rule: Rule): string | undefined {
    if (this.#ids === undefined) {
      this.#ids = new Map();
      for (const listed of this.#rules) if (listed.id !== undefined) this.#ids.set(ruleKey(listed), listed.id);
    }
    return this.#ids.get(ruleKey(rule));
  }
}

/** What makes two statements of a rule the same rule: direction, transport and peer. */
function ruleKey({ direction, transport, peer }: Rule): string {
  const where =
    peer.kind === "cidr"
      ? peer.text
      : peer.kind === "security-group"
        ? peer.groupId
        : peer.kind === "prefix-list"
          ? peer.prefixListId
          : "any";
  return `${direction} ${transport.describe()} ${where}`;
}

/** A rule of a group, which learns its id from the listed rules. */
class GroupRule implements Rule {
  readonly action = "allow";
  readonly priority = 0;
  readonly direction: Direction;
  readonly transport: Rule["transport"];
  readonly peer: Peer;
  readonly description: string | undefined;
  readonly #listed: ListedRules;

  constructor(
    direction: Direction,
    transport: Rule["transport"],
    peer: Peer,
    description: string | undefined,
    listed: ListedRules,
  ) {
    this.direction = direction;
    this.transport = transport;
    this.peer = peer;
    this.description = description;
    this.#listed = listed;
  }

  get id(): string | undefined {
    return this.#listed.idOf(this);
  }
}

/** Reads one SecurityGroupRules item; undefined and a complaint where it cannot be read. */
export function readListedRule(item: Json, complain: Complain): Rule | undefined {
  const id = text(item, "SecurityGroupRuleId");
  const protocol = text(item, "IpProtocol");
  const transport =
    protocol === undefined
      ? "the rule has no IpProtocol"
      : transportOf(protocol, whole(item, "FromPort"), whole(item, "ToPort"));
  const peer = peerOfListed(item);
  if (typeof transport === "string" || typeof peer === "string") {
    complain(
      id ?? text(item, "GroupId") ?? "a security group rule",
      `${problemOf(transport, peer)}; the rule is left out`,
    );
    return undefined;
  }
  return {
    id,
    direction: item["IsEgress"] === true ? "egress" : "ingress",
    action: "allow",
    priority: 0,
    transport,
    peer,
    description: text(item, "Description"),
  };
}

function peerOfListed(item: Json): Peer | string {
  const cidr = text(item, "CidrIpv4") ?? text(item, "CidrIpv6");
  if (cidr !== undefined) return cidrPeer(cidr);
  const list = text(item, "PrefixListId");
  if (list !== undefined) return listPeer(list);
  const reference = child(item, "ReferencedGroupInfo");
  return reference === undefined ? "the rule names no peer" : groupPeer(reference);
}

/** What is wrong with a rule of which one of the two could not be read. */
function problemOf(transport: Rule["transport"] | string, peer: Peer | string): string {
  if (typeof transport === "string") return transport;
  return typeof peer === "string" ? peer : "";
}

/** Reads one SecurityGroups item; rule ids come from the listed rules of that group, whenever those arrive. */
export function readGroup(item: Json, scope: Scope, listed: ListedRules, complain: Complain): RuleSet | undefined {
  const id = text(item, "GroupId");
  if (id === undefined) {
    complain("a security group", "it has no GroupId and is left out");
    return undefined;
  }
  const rules: Rule[] = [];
  for (const [direction, list] of PERMISSIONS) {
    for (const permission of objects(item, list)) {
      const transport = transportOf(
        text(permission, "IpProtocol") ?? "",
        whole(permission, "FromPort"),
        whole(permission, "ToPort"),
      );
      for (const { list: sources, peer: peerOf } of SOURCES) {
        for (const source of objects(permission, sources)) {
          const peer = peerOf(source);
          if (typeof transport === "string" || typeof peer === "string")
            complain(id, `${problemOf(transport, peer)}; the ${direction} rule is left out`);
          else rules.push(new GroupRule(direction, transport, peer, text(source, "Description"), listed));
        }
      }
    }
  }
  return {
    id,
    kind: "security-group",
    semantics: "union-of-allows",
    scope,
    name: text(item, "GroupName") ?? "",
    description: text(item, "Description") ?? "",
    networkId: text(item, "VpcId") ?? "",
    tags: tagsOf(item),
    rules,
  };
}

const PERMISSIONS = [
  ["ingress", "IpPermissions"],
  ["egress", "IpPermissionsEgress"],
] as const;

/** A group of which only the rules are known. */
export function groupFromRules(id: string, scope: Scope, listed: ListedRules): RuleSet {
  return {
    id,
    kind: "security-group",
    semantics: "union-of-allows",
    scope,
    name: "",
    description: "",
    networkId: "",
    tags: {},
    rules: listed.all,
  };
}

/**
 * Reads one NetworkAcls item as a first-match list. AWS, network ACL rules: ascending rule number, the first match decides; the
 * closing denies come back as entries 32767 (IPv4) and 32768 (IPv6).
 */
export function readAcl(
  item: Json,
  scope: Scope,
  complain: Complain,
): { readonly ruleSet: RuleSet; readonly subnetIds: readonly string[] } | undefined {
  const id = text(item, "NetworkAclId");
  if (id === undefined) return undefined;
  const rules: Rule[] = [];
  for (const entry of objects(item, "Entries")) {
    const number = whole(entry, "RuleNumber") ?? 32_767;
    const ports = child(entry, "PortRange");
    const icmp = child(entry, "IcmpTypeCode");
    const protocol = text(entry, "Protocol") ?? "-1";
    const from = ports === undefined ? whole(icmp, "Type") : whole(ports, "From");
    const to = ports === undefined ? whole(icmp, "Code") : whole(ports, "To");
    const transport = transportOf(protocol, from, to);
    const peer = cidrPeer(text(entry, "CidrBlock") ?? text(entry, "Ipv6CidrBlock") ?? "");
    if (typeof transport === "string" || typeof peer === "string") {
      complain(id, `entry ${number}: ${problemOf(transport, peer)}; it is left out`);
      continue;
    }
    rules.push({
      id: String(number),
      direction: entry["Egress"] === true ? "egress" : "ingress",
      action: text(entry, "RuleAction") === "allow" ? "allow" : "deny",
      priority: number,
      transport,
      peer,
    });
  }
  rules.sort((a, b) => a.priority - b.priority);
  const tags = tagsOf(item);
  return {
    ruleSet: {
      id,
      kind: "network-acl",
      semantics: "first-match",
      scope,
      name: tags["Name"] ?? "",
      description: "",
      networkId: text(item, "VpcId") ?? "",
      tags,
      rules,
    },
    subnetIds: objects(item, "Associations").flatMap((association) => text(association, "SubnetId") ?? []),
  };
}
