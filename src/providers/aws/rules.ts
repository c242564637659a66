// Security groups and their rules -> RuleSet. SecurityGroups decide; SecurityGroupRules lend ids, and alone they build groups.
// A rule that cannot be read is left out and named: a silent guess would open or close something.

import type { Direction, Peer, Rule, RuleSet, Scope } from "../../model/index.ts";
import { AddressError, parseCidr } from "../../net/index.ts";
import { objects, tagsOf, text, whole, type Json } from "./read.ts";
import { transportOf } from "./transport.ts";

export type Complain = (subject: string, message: string) => void;

/** Peers that are equal are one object. */
const cidrPeers = new Map<string, Peer>();
const listPeers = new Map<string, Peer>();

function cidrPeer(cidr: string): Peer | string {
  const known = cidrPeers.get(cidr);
  if (known !== undefined) return known;
  try {
    const { addresses, text: canonical } = parseCidr(cidr);
    const peer: Peer = { kind: "cidr", text: canonical, addresses };
    if (cidrPeers.size < 500_000) cidrPeers.set(cidr, peer);
    return peer;
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
  return {
    kind: "security-group",
    groupId,
    ...(account === undefined ? {} : { account }),
    ...(networkId === undefined ? {} : { networkId }),
    ...(peeringId === undefined ? {} : { peeringId }),
    ...(peeringStatus === undefined ? {} : { peeringStatus }),
  };
}

interface Source {
  readonly peer: Peer | string;
  readonly description: string | undefined;
}

function* sourcesOf(permission: Json): Generator<Source> {
  for (const range of objects(permission, "IpRanges")) yield { peer: cidrPeer(text(range, "CidrIp") ?? ""), description: text(range, "Description") };
  for (const range of objects(permission, "Ipv6Ranges")) yield { peer: cidrPeer(text(range, "CidrIpv6") ?? ""), description: text(range, "Description") };
  for (const list of objects(permission, "PrefixListIds")) yield { peer: listPeer(text(list, "PrefixListId") ?? ""), description: text(list, "Description") };
  for (const pair of objects(permission, "UserIdGroupPairs")) yield { peer: groupPeer(pair), description: text(pair, "Description") };
}

/** What makes two statements of a rule the same rule: direction, protocol, ports and peer. */
function ruleKey(direction: Direction, protocol: string, from: number | undefined, to: number | undefined, peer: Peer): string {
  const where = peer.kind === "cidr" ? peer.text : peer.kind === "security-group" ? peer.groupId : peer.kind === "prefix-list" ? peer.prefixListId : "any";
  // With -1 the one API leaves ports out and the other says -1.
  return `${direction} ${protocol.toLowerCase()} ${from ?? -1} ${to ?? -1} ${where}`;
}

/** A SecurityGroupRules item, kept small until its group is known. */
export interface LooseRule {
  readonly key: string;
  readonly rule: Rule;
}

/** Reads one SecurityGroupRules item; undefined and a complaint where it cannot be read. */
export function readLooseRule(item: Json, complain: Complain): LooseRule | undefined {
  const id = text(item, "SecurityGroupRuleId");
  const subject = id ?? text(item, "GroupId") ?? "a security group rule";
  const protocol = text(item, "IpProtocol");
  const from = whole(item, "FromPort");
  const to = whole(item, "ToPort");
  const transport = protocol === undefined ? "the rule has no IpProtocol" : transportOf(protocol, from, to);
  const cidr = text(item, "CidrIpv4") ?? text(item, "CidrIpv6");
  const list = text(item, "PrefixListId");
  const [reference] = objects({ list: [item["ReferencedGroupInfo"]] }, "list");
  const peer = cidr !== undefined ? cidrPeer(cidr) : list !== undefined ? listPeer(list) : reference !== undefined ? groupPeer(reference) : "the rule names no peer";
  if (typeof transport === "string" || typeof peer === "string" || protocol === undefined) {
    complain(subject, `${typeof transport === "string" ? transport : String(peer)}; the rule is left out`);
    return undefined;
  }
  const direction: Direction = item["IsEgress"] === true ? "egress" : "ingress";
  return { key: ruleKey(direction, protocol, from, to, peer), rule: ruleOf(direction, transport, peer, id, text(item, "Description")) };
}

function ruleOf(direction: Direction, transport: Rule["transport"], peer: Peer, id: string | undefined, description: string | undefined): Rule {
  return { direction, action: "allow", priority: 0, transport, peer, ...(id === undefined ? {} : { id }), ...(description === undefined ? {} : { description }) };
}

/** Reads one SecurityGroups item; rule ids come from the loose rules of that group. */
export function readGroup(item: Json, scope: Scope, loose: readonly LooseRule[], complain: Complain): RuleSet | undefined {
  const id = text(item, "GroupId");
  if (id === undefined) {
    complain("a security group", "it has no GroupId and is left out");
    return undefined;
  }
  const ids = new Map<string, string>();
  for (const { key, rule } of loose) if (rule.id !== undefined) ids.set(key, rule.id);
  const rules: Rule[] = [];
  for (const [direction, list] of [
    ["ingress", "IpPermissions"],
    ["egress", "IpPermissionsEgress"],
  ] as const) {
    for (const permission of objects(item, list)) {
      const protocol = text(permission, "IpProtocol") ?? "";
      const from = whole(permission, "FromPort");
      const to = whole(permission, "ToPort");
      const transport = transportOf(protocol, from, to);
      for (const { peer, description } of sourcesOf(permission)) {
        if (typeof transport === "string" || typeof peer === "string") {
          complain(id, `${typeof transport === "string" ? transport : String(peer)}; the ${direction} rule is left out`);
          continue;
        }
        rules.push(ruleOf(direction, transport, peer, ids.get(ruleKey(direction, protocol, from, to, peer)), description));
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

/** A group of which only the rules are known. */
export function groupFromRules(id: string, scope: Scope, loose: readonly LooseRule[]): RuleSet {
  return { id, kind: "security-group", semantics: "union-of-allows", scope, name: "", description: "", networkId: "", tags: {}, rules: loose.map(({ rule }) => rule) };
}

/**
 * Reads one NetworkAcls item as a first-match list. AWS, network ACL rules: ascending rule number, the first match decides; the
 * closing denies come back as entries 32767 (IPv4) and 32768 (IPv6).
 */
export function readAcl(item: Json, scope: Scope, complain: Complain): { readonly ruleSet: RuleSet; readonly subnetIds: readonly string[] } | undefined {
  const id = text(item, "NetworkAclId");
  if (id === undefined) return undefined;
  const rules: Rule[] = [];
  for (const entry of objects(item, "Entries")) {
    const number = whole(entry, "RuleNumber") ?? 32_767;
    const ports = objects({ list: [entry["PortRange"]] }, "list")[0];
    const icmp = objects({ list: [entry["IcmpTypeCode"]] }, "list")[0];
    const protocol = text(entry, "Protocol") ?? "-1";
    const from = ports === undefined ? whole(icmp, "Type") : whole(ports, "From");
    const to = ports === undefined ? whole(icmp, "Code") : whole(ports, "To");
    const transport = transportOf(protocol, from, to);
    const peer = cidrPeer(text(entry, "CidrBlock") ?? text(entry, "Ipv6CidrBlock") ?? "");
    if (typeof transport === "string" || typeof peer === "string") {
      complain(id, `entry ${number}: ${typeof transport === "string" ? transport : String(peer)}; it is left out`);
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
    ruleSet: { id, kind: "network-acl", semantics: "first-match", scope, name: tags["Name"] ?? "", description: "", networkId: text(item, "VpcId") ?? "", tags, rules },
    subnetIds: objects(item, "Associations").flatMap((association) => text(association, "SubnetId") ?? []),
  };
}
