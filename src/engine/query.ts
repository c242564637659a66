// `audit query`: what the filters say of one flow, by which rules, and whether packets have a way at all. First packet only.

import { UserError, type Endpoint, type Rule, type RouteAnswer } from "../model/index.ts";
import {
  AddressError,
  formatAddress,
  type IpSet,
  parseAddress,
  PUBLIC_V4,
  PUBLIC_V6,
  TransportSet,
  IntervalSet,
  type Address,
} from "../net/index.ts";
import { parseFlow, type Flow } from "./flow.ts";
import { setOf } from "../providers/aws/network.ts";
import { ownAddresses } from "./visibility.ts";
import type { AwsWorld } from "./world.ts";

export type Verdict = "allowed" | "denied" | "unknown";

export interface QueryRule {
  readonly resource: string;
  readonly direction: "ingress" | "egress";
  readonly rule: string | null;
  readonly action: "allow" | "deny";
}

export interface QueryAnswer {
  readonly verdict: Verdict;
  readonly ingress: Verdict | "none";
  readonly egress: Verdict | "none";
  readonly route: RouteAnswer["route"];
  readonly rules: readonly QueryRule[];
  readonly reason: string;
}

interface End {
  readonly text: string;
  readonly address: Address;
  endpoint: Endpoint | undefined;
  /** Named by its public address: group references do not match it. */
  byPublic: boolean;
  /** Held in several networks, with nothing to choose by. */
  ambiguous: boolean;
}

interface Side {
  readonly verdict: Verdict;
  readonly rules: readonly QueryRule[];
  readonly reasons: readonly string[];
}

/**
 * Prepares a world for questions.
 * @returns a function from one parsed line to its answer; it throws UserError where the line is no flow
 */
export function createQuery(world: AwsWorld): (line: unknown) => QueryAnswer {
  const query = new Query(world);
  return (line) => query.ask(parseFlow(line));
}

class Query {
  readonly #world: AwsWorld;
  readonly #byId = new Map<string, Endpoint>();
  readonly #byPrivate = new Map<string, Endpoint[]>();
  readonly #byPublic = new Map<string, Endpoint>();
  readonly #prefixed: Endpoint[] = [];

  constructor(world: AwsWorld) {
    this.#world = world;
    for (const endpoint of world.endpoints) {
      this.#byId.set(endpoint.id, endpoint);
      if (endpoint.machine !== undefined && endpoint.primary) this.#byId.set(endpoint.machine.id, endpoint);
      for (const address of endpoint.privateAddresses) {
        const key = formatAddress(address);
        const holders = this.#byPrivate.get(key);
        if (holders === undefined) this.#byPrivate.set(key, [endpoint]);
        else if (!holders.includes(endpoint)) holders.push(endpoint);
      }
      for (const { address } of endpoint.publicAddresses) this.#byPublic.set(formatAddress(address), endpoint);
      if (endpoint.prefixes.length > 0) this.#prefixed.push(endpoint);
    }
  }

  ask(flow: Flow): QueryAnswer {
    const isV6 = flow.from.includes(":") || flow.to.includes(":");
    const from = this.#end(flow.from, isV6);
    const to = this.#end(flow.to, isV6);
    this.#settle(from, to);
    this.#settle(to, from);
    if (from.address.family !== to.address.family)
      return answer(
        "denied",
        "denied",
        "denied",
        { route: "unreachable", reason: "" },
        [],
        ["IPv4 and IPv6 do not reach each other"],
      );
    if (from.endpoint !== undefined && from.endpoint === to.endpoint)
      return answer("allowed", "allowed", "allowed", { route: "reachable", reason: "" }, [], ["local"]);
    const ambiguous = [from, to].find((end) => end.ambiguous);
    if (ambiguous !== undefined) {
      return answer(
        "unknown",
        "unknown",
        "unknown",
        { route: "unknown", reason: "" },
        [],
        [`${ambiguous.text} is held in several networks; name the endpoint by its id`],
      );
    }
    const route = this.#route(from, to);
    const platform = this.#platform(from, to);
    if (platform !== undefined)
      return answer(
        "allowed",
        to.endpoint === undefined ? "none" : "allowed",
        from.endpoint === undefined ? "none" : "allowed",
        { route: "reachable", reason: "" },
        [],
        [platform],
      );
    const ingress = to.endpoint === undefined ? undefined : this.#side(to, from, flow, "ingress");
    const egress = from.endpoint === undefined ? undefined : this.#side(from, to, flow, "egress");
    const verdicts = [ingress?.verdict, egress?.verdict];
    const verdict = verdicts.includes("denied")
      ? "denied"
      : verdicts.includes("unknown")
        ? "unknown"
        : verdicts.includes("allowed")
          ? "allowed"
          : "unknown";
    const reasons = [
      ...(ingress?.reasons ?? []),
      ...(egress?.reasons ?? []),
      ...this.#replies(from, to, flow, verdict),
    ];
    if (ingress === undefined && egress === undefined) reasons.push("neither side is an endpoint of the snapshot");
    return answer(
      verdict,
      ingress?.verdict ?? "none",
      egress?.verdict ?? "none",
      route,
      [...(ingress?.rules ?? []), ...(egress?.rules ?? [])],
      reasons,
    );
  }

  #end(text: string, isV6: boolean): End {
    const endpoint = this.#byId.get(text);
    if (endpoint !== undefined) {
      const wanted = isV6 ? endpoint.privateAddresses.find((address) => address.family === 6) : undefined;
      const address = wanted ?? endpoint.privateAddresses[0];
      if (address === undefined) throw new UserError(`${text} has no address`, { hint: "name another endpoint" });
      return { text, address, endpoint, byPublic: false, ambiguous: false };
    }
    try {
      return { text, address: parseAddress(text), endpoint: undefined, byPublic: false, ambiguous: false };
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      const problem = /^[0-9.:a-f/]+$/iu.test(text)
        ? error.message
        : `no endpoint ${JSON.stringify(text)} in the snapshot`;
      throw new UserError(problem, { hint: "an address or the id of an endpoint", cause: error });
    }
  }

  /** Whose address it is: a private one first, in the other end's network where several hold it; else a public one. */
  #settle(end: End, other: End): void {
    if (end.endpoint !== undefined) return;
    const key = formatAddress(end.address);
    const holders = [
      ...(this.#byPrivate.get(key) ?? []),
      ...this.#prefixed.filter((endpoint) => endpoint.prefixes.some((prefix) => setOf(prefix).has(end.address))),
    ];
    if (holders.length === 1) end.endpoint = holders[0];
    else if (holders.length > 1) {
      end.endpoint = holders.find((holder) => holder.networkId === other.endpoint?.networkId);
      end.ambiguous = end.endpoint === undefined;
    } else {
      end.endpoint = this.#byPublic.get(key);
      end.byPublic = end.endpoint !== undefined;
    }
  }

  #side(own: End, other: End, flow: Flow, direction: "ingress" | "egress"): Side {
    const endpoint = own.endpoint as Endpoint;
    const groups = this.#groups(own, other, flow, direction);
    const acl = this.#acl(endpoint, own, other, flow, direction);
    const verdict =
      groups.verdict === "denied" || acl?.verdict === "denied"
        ? "denied"
        : groups.verdict === "unknown" || acl?.verdict === "unknown"
          ? "unknown"
          : "allowed";
    return {
      verdict,
      rules: [...groups.rules, ...(acl?.rules ?? [])],
      reasons: [...groups.reasons, ...(acl?.reasons ?? [])],
    };
  }

  #groups(own: End, other: End, flow: Flow, direction: "ingress" | "egress"): Side {
    const endpoint = own.endpoint as Endpoint;
    if (!endpoint.filteredByGroups)
      return { verdict: "allowed", rules: [], reasons: [`${endpoint.id} carries no security groups`] };
    const rules: QueryRule[] = [];
    const hidden: string[] = [];
    for (const groupId of endpoint.groupIds) {
      const group = this.#world.ruleSets.get(groupId);
      if (group === undefined) {
        hidden.push(`the group ${groupId} on ${endpoint.id} is not in the snapshot`);
        continue;
      }
      for (const rule of group.rules) {
        if (rule.direction !== direction || !rule.transport.has(flow.cell, flow.axis)) continue;
        const match = this.#matches(rule, group, own, other, flow, direction);
        if (match === true) rules.push({ resource: groupId, direction, rule: rule.id ?? null, action: "allow" });
        else if (match !== false) hidden.push(match);
      }
    }
    if (rules.length > 0) return { verdict: "allowed", rules, reasons: [] };
    if (hidden.length > 0) return { verdict: "unknown", rules, reasons: [...new Set(hidden)] };
    return {
      verdict: "denied",
      rules,
      reasons: [`no ${direction} rule of ${endpoint.groupIds.join(", ") || endpoint.id} lets it through`],
    };
  }

  /** Whether a rule's peer is the other end: yes, no, or why that is not known. */
  #matches(
    rule: Rule,
    group: Parameters<AwsWorld["resolve"]>[3],
    own: End,
    other: End,
    flow: Flow,
    direction: "ingress" | "egress",
  ): boolean | string {
    const endpoint = own.endpoint as Endpoint;
    if (rule.peer.kind === "security-group") {
      // AWS: a reference matches private addresses of interfaces; through a public address it does not.
      if (own.byPublic || other.byPublic) return false;
      if (
        other.endpoint !== undefined &&
        !this.#world.visibility.isPrivate(endpoint.networkId, other.endpoint.networkId)
      )
        return false;
      const resolved = this.#world.resolve(rule.peer, endpoint, direction, group);
      if (resolved.clients?.definite.has(other.address, flow.cell, flow.axis) === true) return true;
      if (
        other.endpoint === undefined
          ? resolved.definite.has(other.address)
          : isMember(other.endpoint, rule.peer.groupId, resolved.definite)
      )
        return true;
      if (resolved.clients?.possible.has(other.address, flow.cell, flow.axis) === true)
        return "whether the load balancer passes its clients' addresses on is not known";
      return other.endpoint === undefined && resolved.possible.has(other.address) ? (resolved.unknown ?? false) : false;
    }
    const resolved = this.#world.resolve(rule.peer, endpoint, direction, group);
    if (resolved.definite.has(other.address)) return true;
    return resolved.possible.has(other.address) ? (resolved.unknown ?? false) : false;
  }

  #acl(endpoint: Endpoint, own: End, other: End, flow: Flow, direction: "ingress" | "egress"): Side | undefined {
    const { estate } = this.#world;
    if (isSameSubnet(endpoint, own, other, this.#world.networkRanges(endpoint).subnet)) return undefined;
    const acl = this.#world.ruleSets.get(estate.aclOfSubnet.get(endpoint.subnetId) ?? "");
    if (acl === undefined) {
      const outcome = estate.outcome(endpoint.scope, "DescribeNetworkAcls");
      if (endpoint.standIn || endpoint.subnetId === "") return undefined;
      if (outcome === undefined || outcome === "not-found")
        return { verdict: "allowed", rules: [], reasons: ["network ACLs were not asked for and do not decide"] };
      return { verdict: "unknown", rules: [], reasons: [`the network ACL of ${endpoint.subnetId} was not seen`] };
    }
    const entry = firstMatch(acl.rules, direction, other.address, flow);
    const allowed = entry?.action === "allow";
    const rules: QueryRule[] = [
      { resource: acl.id, direction, rule: entry?.id ?? null, action: allowed ? "allow" : "deny" },
    ];
    return {
      verdict: allowed ? "allowed" : "denied",
      rules,
      reasons: allowed ? [] : [`${acl.id} denies it by entry ${entry?.id ?? "*"}`],
    };
  }

  /** AWS: network ACLs keep no state; what would drop the replies is said and does not decide. */
  #replies(from: End, to: End, flow: Flow, verdict: Verdict): string[] {
    if (verdict !== "allowed" || (flow.cell !== "tcp" && flow.cell !== "udp")) return [];
    const ephemeral = TransportSet.fromCells({ [flow.cell]: IntervalSet.span(32_768, 61_000) });
    const reasons: string[] = [];
    for (const [own, other, direction] of [
      [to, from, "egress"],
      [from, to, "ingress"],
    ] as const) {
      if (
        own.endpoint === undefined ||
        isSameSubnet(own.endpoint, own, other, this.#world.networkRanges(own.endpoint).subnet)
      )
        continue;
      const acl = this.#world.ruleSets.get(this.#world.estate.aclOfSubnet.get(own.endpoint.subnetId) ?? "");
      if (acl === undefined) continue;
      const open = acl.rules.some(
        (rule) =>
          rule.direction === direction &&
          rule.action === "allow" &&
          rule.peer.kind === "cidr" &&
          rule.peer.addresses.has(other.address) &&
          rule.transport.overlaps(ephemeral),
      );
      if (!open)
        reasons.push(
          `replies: ${acl.id} lets no ephemeral port (32768-60999) ${direction === "egress" ? "out to" : "in from"} ${formatAddress(other.address)}`,
        );
    }
    return reasons;
  }

  /** AWS: platform addresses are filtered neither by groups nor by network ACLs. */
  #platform(from: End, to: End): string | undefined {
    const text = formatAddress(to.address);
    const name = PLATFORM[text];
    if (name !== undefined) return `${name} is not filtered`;
    const { endpoint } = from;
    const primary =
      endpoint === undefined || to.endpoint !== undefined
        ? undefined
        : this.#world.estate.networks.get(endpoint.networkId)?.primary;
    const base = primary === undefined ? undefined : setOf(primary).first();
    if (base?.family === 4 && to.address.family === 4 && to.address.value === base.value + 2)
      return "the resolver of the network is not filtered";
    return undefined;
  }

  #route(from: End, to: End): RouteAnswer {
    const { routes } = this.#world;
    if (from.endpoint !== undefined && to.endpoint !== undefined) {
      if (!from.byPublic && !to.byPublic) {
        if (
          from.address.family === 6 &&
          !this.#world.visibility.isPrivate(from.endpoint.networkId, to.endpoint.networkId)
        ) {
          const out = routes.outbound(from.endpoint, to.address);
          return out.route === "reachable" ? routes.exposure(to.endpoint, 6, from.address) : out;
        }
        if (!this.#world.visibility.isPrivate(from.endpoint.networkId, to.endpoint.networkId))
          return { route: "unreachable", reason: "the networks are not connected" };
        return routes.between(from.endpoint, to.endpoint);
      }
      const out = routes.outbound(
        from.endpoint,
        to.byPublic ? to.address : (to.endpoint.publicAddresses[0]?.address ?? to.address),
      );
      return out.route === "reachable" ? routes.exposure(to.endpoint, to.address.family) : out;
    }
    if (to.endpoint !== undefined) return routes.inbound(from.address, isPublic(from.address), to.endpoint);
    if (from.endpoint !== undefined) return routes.outbound(from.endpoint, to.address);
    return { route: "unknown", reason: "neither side is an endpoint of the snapshot" };
  }
}

const PLATFORM: Readonly<Record<string, string>> = {
  "169.254.169.254": "the instance metadata service",
  "fd00:ec2::254": "the instance metadata service",
  "169.254.169.253": "the Amazon resolver",
  "fd00:ec2::253": "the Amazon resolver",
  "169.254.169.123": "the Amazon Time Sync service",
  "fd00:ec2::123": "the Amazon Time Sync service",
  "169.254.170.2": "the ECS task metadata service",
  "169.254.169.250": "Windows licence activation",
  "169.254.169.251": "Windows licence activation",
};

function isPublic(address: Address): boolean {
  return PUBLIC_V4.has(address) || PUBLIC_V6.has(address);
}

function isMember(endpoint: Endpoint, groupId: string, members: IpSet): boolean {
  return endpoint.groupIds.includes(groupId) && members.overlaps(ownAddresses(endpoint));
}

/** AWS: a network ACL is asked only when traffic enters or leaves the subnet. */
function isSameSubnet(endpoint: Endpoint, own: End, other: End, subnet: IpSet): boolean {
  if (own.byPublic || other.byPublic) return false;
  if (other.endpoint !== undefined)
    return other.endpoint.subnetId === endpoint.subnetId && other.endpoint.networkId === endpoint.networkId;
  return subnet.has(other.address);
}

function firstMatch(
  rules: readonly Rule[],
  direction: "ingress" | "egress",
  address: Address,
  flow: Flow,
): Rule | undefined {
  return rules.find(
    (rule) =>
      rule.direction === direction &&
      rule.transport.has(flow.cell, flow.axis) &&
      rule.peer.kind === "cidr" &&
      rule.peer.addresses.has(address),
  );
}

function answer(
  verdict: Verdict,
  ingress: QueryAnswer["ingress"],
  egress: QueryAnswer["egress"],
  route: RouteAnswer,
  rules: readonly QueryRule[],
  reasons: readonly string[],
): QueryAnswer {
  const all = route.reason === "" ? reasons : [...reasons, `route: ${route.reason}`];
  return { verdict, ingress, egress, route: route.route, rules, reason: all.join("; ") };
}
