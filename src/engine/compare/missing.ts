// Failures of required rows -> findings: one for what one rule set lacks on one side, whoever needs it and for how many machines.

import {
  scopeId,
  worse,
  type AuditPlan,
  type Endpoint,
  type Evidence,
  type RuleSet,
  type Severity,
  type World,
} from "../../model/index.ts";
import { TrafficSet, TransportSet } from "../../net/index.ts";
import { rowKey, type FindingDraft } from "./draft.ts";
import { nameOf } from "./excess-drafts.ts";
import type { PortMap } from "./ports.ts";
import type { SideResult } from "./required.ts";
import { boxText, endpointResource, listText, ruleEvidence, ruleSetResource, witnessOf } from "./text.ts";

interface Tools {
  readonly world: World;
  readonly plan: AuditPlan;
  readonly ports: PortMap;
}

/** Findings that something required is not let through, or has no way at all. */
export function missingDrafts(results: readonly SideResult[], tools: Tools): FindingDraft[] {
  const filtered = results.filter((result) => result.status === "missing");
  const drafts: FindingDraft[] = [];
  const byPort = Map.groupBy(filtered, (result) =>
    [
      result.cluster.name,
      result.direction,
      tools.ports.protocolLabel(result.transport),
      tools.ports.label(result.transport),
    ].join("\n"),
  );
  for (const alike of byPort.values())
    for (const { at, results: own } of byRuleSet(alike, tools.world)) drafts.push(missingDraft(own, at, tools));
  const noRoute = results.filter((result) => result.status === "no-route");
  const byReason = Map.groupBy(noRoute, (result) =>
    [result.cluster.name, result.fromRole.name, result.toRole?.name ?? "", result.reason].join("\n"),
  );
  for (const alike of byReason.values()) drafts.push(noRouteDraft(alike, tools));
  return drafts;
}

/**
 * The rule sets at fault, each with what it fails to pass: the network ACL where it alone drops what the groups let through, else the group
 * that the most of the endpoints concerned share, and of several the one that fewest others carry: a rule added there mends them all.
 */
function byRuleSet(
  results: readonly SideResult[],
  world: World,
): { readonly at: string; readonly results: readonly SideResult[] }[] {
  const causes: { at: string; results: SideResult[] }[] = [];
  const byAcl = Map.groupBy(results, (result) => droppingAcl(result, world) ?? "");
  let rest = byAcl.get("") ?? [];
  for (const [at, own] of byAcl) if (at !== "") causes.push({ at, results: own });
  while (rest.length > 0) {
    const carriers = new Map<string, Set<Endpoint>>();
    for (const { endpoint } of rest)
      for (const id of endpoint.groupIds) carriers.set(id, (carriers.get(id) ?? new Set()).add(endpoint));
    const reach = (id: string): number => world.endpoints.filter((endpoint) => endpoint.groupIds.includes(id)).length;
    const [at] = [...carriers]
      .sort(([a, own], [b, others]) => others.size - own.size || reach(a) - reach(b) || (a < b ? -1 : 1))
      .map(([id]) => id);
    const own = rest.filter(({ endpoint }) => at === undefined || endpoint.groupIds.includes(at));
    causes.push({ at: at ?? "", results: own });
    rest = rest.filter((result) => !own.includes(result));
  }
  return causes;
}

function droppingAcl(result: SideResult, world: World): string | undefined {
  const dropped = world.policy(result.endpoint)[result.direction].droppedByAcl;
  return dropped !== undefined && TrafficSet.box(result.peers, result.transport).isSubsetOf(dropped.traffic)
    ? dropped.resource
    : undefined;
}

function missingDraft(results: readonly SideResult[], at: string, { world, plan, ports }: Tools): FindingDraft {
  const [first] = results as [SideResult, ...SideResult[]];
  const { direction, cluster } = first;
  const ruleSets = [world.ruleSets.get(at)].filter((ruleSet) => ruleSet !== undefined);
  const endpoints = unique(results.map((result) => result.endpoint));
  const transport = TransportSet.unionAll(results.map((result) => result.transport));
  const rows = new Map(results.map((result) => [rowKey(result.profile.id, result.row.id), result] as const));
  const pairs = [
    ...new Set(results.map((result) => `${result.fromRole.name} to ${result.toRole?.name ?? result.row.to}`)),
  ];
  const own = new Set(
    results.map((result) => (direction === "ingress" ? (result.toRole?.name ?? result.row.to) : result.fromRole.name)),
  );
  const severity = results.map(severityOf).reduce<Severity>(worse, "informational");
  const place = ruleSets.length === 0 ? at || "interfaces without a group" : listText(ruleSets.map(nameOf));
  const what = ports.title(transport);
  const anyOf = results.find((result) => result.row.need.kind === "any-of");
  const purposes = [...new Set(results.map((result) => result.row.purpose))];
  const essential = results.some((result) => result.row.essential);
  const byAcl = ruleSets[0]?.kind === "network-acl";
  return {
    kind: "missing",
    rule: `missing-${direction}`,
    severity,
    title: `Missing: ${what} ${direction === "ingress" ? "into" : "out of"} ${place}, ${listText(pairs, 3)}`,
    reason: [
      `${capital(listText(purposes, 3))}${/[.!?]$/.test(purposes.at(-1) ?? "") ? "" : "."}`,
      essential ? "The cluster does not work without it." : "",
      byAcl ? "The groups let it through; the network ACL drops it." : "",
      anyOf === undefined ? "" : "One of the ports the document names here would do; none is open.",
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
    cluster: cluster.name,
    role: own.size === 1 ? ([...own][0] ?? null) : null,
    scope: scopeId(first.endpoint.scope),
    resources: [...ruleSets.map(ruleSetResource), ...endpoints.map(endpointResource)],
    traffic: [...new Set(results.map((result) => peerName(result, direction)))]
      .sort()
      .flatMap((peer) => boxText([peer], transport)),
    parts: [],
    witness: witnessOf(TrafficSet.box(first.peers, first.transport), first.endpoint, direction, "cannot reach"),
    evidence: nearestRules(first, ruleSets, world, plan),
    sources: [...rows.values()].map(({ profile, row }) => ({
      profile: profile.id,
      row: row.id,
      text: `${row.from} to ${row.to}: ${row.protocolText} ${row.portsText} (${row.source})`,
    })),
    route: null,
    identity: [cluster.name, at, direction, ports.protocolLabel(transport), ports.label(transport)],
    exact: [transport.describe(), ...[...new Set(results.map((result) => peerName(result, direction)))].sort()],
    endpoints: new Set(endpoints),
    clusters: [cluster],
    ruleSets,
    transport,
    set: undefined,
    rows: new Set(rows.keys()),
  };
}

function noRouteDraft(results: readonly SideResult[], { ports }: Tools): FindingDraft {
  const [first] = results as [SideResult, ...SideResult[]];
  const endpoints = unique(results.map((result) => result.endpoint));
  const transport = TransportSet.unionAll(results.map((result) => result.transport));
  const rows = new Map(results.map((result) => [rowKey(result.profile.id, result.row.id), result] as const));
  const to = first.toRole?.name ?? first.row.to;
  return {
    kind: "missing",
    rule: "no-route",
    severity: "medium",
    title: `No way from ${first.fromRole.name} to ${to}, whatever the filters say`,
    reason: `Required: ${ports.title(transport)}. ${capital(first.reason)}${/[.!?]$/.test(first.reason) ? "" : "."}`,
    cluster: first.cluster.name,
    role: to,
    scope: scopeId(first.endpoint.scope),
    resources: endpoints.map(endpointResource),
    traffic: boxText([`role ${first.fromRole.name}`], transport),
    parts: [],
    witness: null,
    evidence: [],
    sources: [...rows.values()].map(({ profile, row }) => ({
      profile: profile.id,
      row: row.id,
      text: `${row.from} to ${row.to}: ${row.protocolText} ${row.portsText} (${row.source})`,
    })),
    route: "unreachable",
    identity: [first.cluster.name, first.fromRole.name, to, "no-route"],
    exact: [transport.describe(), first.reason],
    endpoints: new Set(endpoints),
    clusters: [first.cluster],
    ruleSets: [],
    transport,
    set: undefined,
    rows: new Set(rows.keys()),
  };
}

/** docs/judging.md, 4: high where essential, else medium; a row's own severity wins. */
function severityOf({ row }: SideResult): Severity {
  return row.severity ?? (row.essential ? "high" : "medium");
}

/** The other side by its role: member addresses change overnight. */
function peerName(result: SideResult, direction: "ingress" | "egress"): string {
  const role = direction === "ingress" ? result.fromRole : result.toRole;
  return role === undefined ? `role ${result.row.to}` : `role ${role.name}`;
}

/** Rules that come nearest: the right ports for other peers, or the right peers on other ports; at most five. */
function nearestRules(result: SideResult, ruleSets: readonly RuleSet[], world: World, plan: AuditPlan): Evidence[] {
  const near: { readonly rank: number; readonly evidence: Evidence }[] = [];
  for (const ruleSet of ruleSets) {
    for (const rule of ruleSet.rules) {
      if (rule.direction !== result.direction) continue;
      const ports = rule.transport.overlaps(result.transport);
      const peers = rule.peer.kind === "cidr" && rule.peer.addresses.overlaps(result.peers);
      if (ports || peers)
        near.push({ rank: ports ? 0 : 1, evidence: ruleEvidence(rule, ruleSet, world.ruleSets, plan.networks) });
    }
  }
  return near
    .sort((a, b) => a.rank - b.rank)
    .slice(0, 5)
    .map(({ evidence }) => evidence);
}

function unique(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Set(endpoints)].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
