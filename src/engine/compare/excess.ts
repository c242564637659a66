// What is open beyond the documents: collects the classes of endpoints that are judged alike, takes the excess of every rule apart, and
// turns causes into findings. Excess is judged on ingress only; groups alone cause it (an ACL only narrows what groups let in).

import { scopeId, type AuditPlan, type Endpoint, type RuleSet, type World } from "../../model/index.ts";
import { TrafficSet, type IpSet } from "../../net/index.ts";
import { formCauses, type Reach } from "./causes.ts";
import { causeDraft, ownNodesDrafts, slackDraft, type DraftTools } from "./excess-drafts.ts";
import { piecesOfRule, type EndpointClass, type Piece } from "./excess-pieces.ts";
import type { FindingDraft } from "./draft.ts";
import { permitRoles, permitUnbound, type ClusterContext } from "./permitted.ts";
import type { PortMap } from "./ports.ts";
import { NARROW_V4 } from "./peer-class.ts";
import { matchesSelector, nodeRolesOf } from "./roles.ts";
import { viewerKey, type Seen } from "./seen.ts";
import { ruleEvidence, ruleSetResource } from "./text.ts";
import type { UnknownCauses } from "./unknowns.ts";

export interface ExcessInput {
  readonly world: World;
  readonly plan: AuditPlan;
  readonly contexts: readonly ClusterContext[];
  readonly seen: Seen;
  readonly ports: PortMap;
  readonly unknowns: UnknownCauses;
  /** Titles of the node drivers that make a group, by group id. */
  readonly drivers: ReadonlyMap<string, string>;
}

/** Every finding about ingress that no document asks for. */
export function findExcess(input: ExcessInput): FindingDraft[] {
  const { world, ports, plan } = input;
  const pieces = new Map<string, Piece[]>();
  for (const group of endpointClasses(input)) {
    for (const piece of excessOf(group, input)) {
      const key = `${piece.group.contexts[0]?.bound.cluster.name ?? ""}\n${piece.ruleSet.id}`;
      const known = pieces.get(key);
      if (known === undefined) pieces.set(key, [piece]);
      else known.push(piece);
    }
  }
  const tools: DraftTools = { world, ports, networks: plan.networks, drivers: input.drivers };
  const reach = exposureOf(world);
  const drafts: FindingDraft[] = [];
  for (const [, all] of [...pieces].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const outside = all.filter((piece) => piece.sender === "outside");
    for (const cause of formCauses(outside, ports, reach)) drafts.push(causeDraft(cause, tools));
    // What a wider cause opens to everybody is not said once more of the cluster's own nodes.
    const narrower = all.filter(
      (piece) =>
        piece.sender !== "outside" && !outside.some((wide) => wide.rule === piece.rule && wide.atom === piece.atom),
    );
    drafts.push(
      ...ownNodesDrafts(
        narrower.filter((piece) => piece.sender === "own nodes"),
        tools,
      ),
    );
    const slack = slackDraft(
      narrower.filter((piece) => piece.sender === "slack"),
      tools,
    );
    if (slack !== undefined) drafts.push(slack);
  }
  return drafts;
}

/** Sorts endpoints into classes that one computation serves. */
function* endpointClasses(input: ExcessInput): Generator<EndpointClass> {
  const { world, plan, contexts, seen } = input;
  const classes = new Map<string, Endpoint[]>();
  for (const endpoint of [...world.endpoints, ...unusedGroups(world)]) {
    if (!endpoint.filteredByGroups || endpoint.groupIds.length === 0) continue;
    const key = `${rolesKey(endpoint, contexts, plan, world)}\n${viewerKey(endpoint)}\n${world.policyKey(endpoint)}`;
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [endpoint]);
    else known.push(endpoint);
  }
  for (const endpoints of classes.values()) {
    const [first] = endpoints as [Endpoint, ...Endpoint[]];
    const serving = contexts.filter(({ bound }) => bound.rolesOf.has(first));
    if (serving.length === 0 && !mayConcernBaseline(first, input)) continue;
    const ranges = world.networkRanges(first);
    yield {
      endpoints,
      contexts: serving,
      permission:
        serving.length > 0 ? permitRoles(first, serving, seen, world) : permitUnbound(first, plan.allow, seen, world),
      ownRanges: ranges.network.union(ranges.connected),
      unused: endpoints.every((endpoint) => endpoint.standIn && world.usage(endpoint.id) === "unused"),
    };
  }
}

/** Groups that no interface carries, where the interface list is complete: judged one step down, as if something used them. */
function unusedGroups(world: World): Endpoint[] {
  const carried = new Set(world.endpoints.flatMap((endpoint) => endpoint.groupIds));
  const groups: Endpoint[] = [];
  for (const ruleSet of world.ruleSets.values()) {
    if (ruleSet.kind === "security-group" && !carried.has(ruleSet.id)) groups.push(standInFor(ruleSet));
  }
  return groups;
}

function standInFor(ruleSet: RuleSet): Endpoint {
  return {
    id: ruleSet.id,
    scope: ruleSet.scope,
    networkId: ruleSet.networkId,
    subnetId: "",
    name: ruleSet.name,
    primary: false,
    privateAddresses: [],
    prefixes: [],
    publicAddresses: [],
    groupIds: [ruleSet.id],
    interfaceType: "none",
    filteredByGroups: true,
    tags: {},
    standIn: true,
  };
}

function rolesKey(endpoint: Endpoint, contexts: readonly ClusterContext[], plan: AuditPlan, world: World): string {
  const held = contexts.flatMap(({ bound }) => {
    const roles = bound.rolesOf.get(endpoint);
    return roles === undefined ? [] : [`${bound.cluster.name}:${roles.join(",")}`];
  });
  if (held.length > 0) return held.join(";");
  return plan.allow
    .map((entry) => ("selector" in entry.to && matchesSelector(endpoint, entry.to.selector, world) ? "1" : "0"))
    .join("");
}

/**
 * Whether the baseline could say anything of an endpoint: the rules that touch a sensitive port must together come from further, or
 * from more addresses, than narrow peers do. Decided on the rules as stated, without building sets: most endpoints end here.
 */
function mayConcernBaseline(endpoint: Endpoint, { world, ports }: ExcessInput): boolean {
  let ownRanges: IpSet | undefined;
  let addresses = 0;
  for (const groupId of endpoint.groupIds) {
    const ruleSet = world.ruleSets.get(groupId);
    if (ruleSet === undefined) return true;
    for (const rule of ruleSet.rules) {
      if (
        rule.direction !== "ingress" ||
        rule.peer.kind === "security-group" ||
        !rule.transport.overlaps(ports.sensitive)
      )
        continue;
      if (rule.peer.kind !== "cidr") return true;
      if (ownRanges === undefined) {
        const ranges = world.networkRanges(endpoint);
        ownRanges = ranges.network.union(ranges.connected);
      }
      if (!rule.peer.addresses.isSubsetOf(ownRanges)) return true;
      addresses += rule.peer.addresses.countV4();
      if (addresses > NARROW_V4) return true;
    }
  }
  return false;
}

function* excessOf(group: EndpointClass, input: ExcessInput): Generator<Piece> {
  const { world, ports, seen, unknowns, plan } = input;
  const [first] = group.endpoints as [Endpoint, ...Endpoint[]];
  const policy = world.policy(first).ingress;
  const cluster = group.contexts[0]?.bound.cluster;
  const baseline = cluster === undefined;
  for (const grant of policy.grants()) {
    if (baseline && !grant.rule.transport.overlaps(ports.sensitive)) continue;
    yield* piecesOfRule(group, grant.rule, grant.ruleSet, grant.definite, { ports, seen, world });
    if (grant.unknown === undefined) continue;
    const hidden = grant.possible.subtract(policy.definite).subtract(group.permission.traffic);
    // What a group may add is private and narrow: the baseline has nothing to say of it.
    const judged = baseline
      ? grant.rule.peer.kind === "security-group"
        ? TrafficSet.empty
        : hidden.restrictTransport(ports.sensitive)
      : hidden.restrictPeers(group.permission.closedPeers);
    if (judged.isEmpty) continue;
    const evidence = ruleEvidence(grant.rule, grant.ruleSet, world.ruleSets, plan.networks);
    const peer = grant.rule.peer;
    const resource =
      peer.kind === "prefix-list"
        ? { id: peer.prefixListId, name: "", kind: "prefix-list" as const, scope: scopeId(grant.ruleSet.scope) }
        : peer.kind === "security-group"
          ? { id: peer.groupId, name: "", kind: "security-group" as const, scope: scopeId(grant.ruleSet.scope) }
          : ruleSetResource(grant.ruleSet);
    for (const endpoint of group.endpoints) {
      unknowns.add({
        direction: "ingress",
        resource,
        ruleSet: grant.ruleSet,
        reason: grant.unknown,
        transport: judged.transport(),
        endpoint,
        cluster,
        roles: nodeRolesOf(endpoint, group.contexts[0]?.bound),
        evidence,
        row: undefined,
      });
    }
  }
  for (const { resource, reason, traffic } of policy.unknowns) {
    const hidden = traffic.subtract(policy.definite).subtract(group.permission.traffic);
    if (hidden.isEmpty) continue;
    for (const endpoint of group.endpoints) {
      unknowns.add({
        direction: "ingress",
        resource: {
          id: resource,
          name: "",
          kind: resource.startsWith("acl-") ? "network-acl" : "security-group",
          scope: scopeId(endpoint.scope),
        },
        ruleSet: undefined,
        reason,
        transport: hidden.transport(),
        endpoint,
        cluster,
        roles: nodeRolesOf(endpoint, group.contexts[0]?.bound),
        evidence: undefined,
        row: undefined,
      });
    }
  }
}

/** Whether the Internet has a way to any endpoint of a piece, in the families that the piece opens to it. */
function exposureOf(world: World): (piece: Piece) => Reach {
  const known = new Map<EndpointClass, Map<4 | 6, Reach>>();
  const ask = (group: EndpointClass, family: 4 | 6): Reach => {
    let families = known.get(group);
    if (families === undefined) known.set(group, (families = new Map<4 | 6, Reach>()));
    let reach = families.get(family);
    if (reach === undefined) {
      const routes = new Set(
        group.endpoints.map((endpoint) => (endpoint.standIn ? "unknown" : world.exposure(endpoint, family).route)),
      );
      reach = routes.has("reachable") ? "reachable" : routes.has("unknown") ? "unknown" : "unreachable";
      families.set(family, reach);
    }
    return reach;
  };
  return (piece) => {
    const reaches: Reach[] = [];
    if (!piece.peers.v4.isEmpty) reaches.push(ask(piece.group, 4));
    if (!piece.peers.v6.isEmpty) reaches.push(ask(piece.group, 6));
    return reaches.includes("reachable") ? "reachable" : reaches.includes("unknown") ? "unknown" : "unreachable";
  };
}
