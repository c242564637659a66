// The comparison as a whole: binds roles, collects facts, judges every documented row, finds excess and unknown causes.
// Pure: facts in, drafts and rows out. Ids, waivers and totals are the judge's.

import { scopeId, type AuditPlan, type RecognisedGroup, type World } from "../../model/index.ts";
import { TrafficSet, TransportSet } from "../../net/index.ts";
import type { FindingDraft } from "./draft.ts";
import { rowKey } from "./draft.ts";
import { findExcess } from "./excess.ts";
import { collectFacts } from "./facts.ts";
import { missingDrafts } from "./missing.ts";
import type { ClusterContext } from "./permitted.ts";
import { PortMap } from "./ports.ts";
import { recognisedGroups } from "./recognised.ts";
import { judgeRows, type JudgedRow, type SideResult } from "./required.ts";
import { bindRoles, nodeRolesOf, type AccountNames } from "./roles.ts";
import { Seen } from "./seen.ts";
import { ruleEvidence } from "./text.ts";
import { UnknownCauses } from "./unknowns.ts";

export interface Comparison {
  readonly contexts: readonly ClusterContext[];
  readonly rows: readonly JudgedRow[];
  readonly drafts: readonly FindingDraft[];
  readonly ports: PortMap;
  readonly recognised: readonly RecognisedGroup[];
}

/** Holds the facts of a world against the plan. */
export function compare(world: World, plan: AuditPlan, accountNames: AccountNames = new Map()): Comparison {
  const contexts = plan.clusters.map((cluster): ClusterContext => {
    const bound = bindRoles(cluster, world, accountNames);
    return { bound, facts: collectFacts(bound, world) };
  });
  const seen = new Seen(world);
  const ports = new PortMap(
    plan.portNames,
    plan.clusters.flatMap((cluster) =>
      cluster.profiles.flatMap((profile) => [
        ...profile.rows.flatMap((row) => row.transport ?? []),
        ...profile.judgements.map((judgement) => judgement.transport),
      ]),
    ),
  );
  const unknowns = new UnknownCauses(ports);
  const rows = contexts.flatMap((context) => judgeRows(context, world, seen));
  const results = rows.flatMap((row) => row.results);
  for (const context of contexts) {
    for (const result of results)
      if (result.status === "unknown" && result.cluster === context.bound.cluster)
        addUnknown(result, context, world, plan, unknowns);
  }
  const recognised = recognisedGroups(world, plan.observed, plan.networks);
  const titles = new Map(plan.observed.map((profile) => [profile.id, profile.title]));
  const drivers = new Map(recognised.map((group) => [group.resource, titles.get(group.profile) ?? group.profile]));
  const drafts = [
    ...emptyBindings(contexts),
    ...missingDrafts(results, { world, plan, ports }),
    ...findExcess({ world, plan, contexts, seen, ports, unknowns, drivers }),
    ...unknowns.drafts(),
  ];
  return { contexts, rows, drafts, ports, recognised };
}

/** Files a required row that may or may not be let through under what hides it. */
function addUnknown(
  result: SideResult,
  { bound }: ClusterContext,
  world: World,
  plan: AuditPlan,
  unknowns: UnknownCauses,
): void {
  const { endpoint, direction, row, profile, transport } = result;
  const wanted = {
    key: rowKey(profile.id, row.id),
    text: `${row.from} to ${row.to}: ${row.protocolText} ${row.portsText}`,
    essential: row.essential,
    profile: profile.id,
    id: row.id,
  };
  const base = {
    direction,
    transport,
    endpoint,
    cluster: result.cluster,
    roles: nodeRolesOf(endpoint, bound),
    row: wanted,
  };
  const box = TrafficSet.box(result.peers, transport);
  const policy = world.policy(endpoint)[direction];
  let found = false;
  for (const grant of policy.grants()) {
    if (grant.unknown === undefined || !grant.possible.subtract(grant.definite).overlaps(box)) continue;
    const { peer } = grant.rule;
    const id =
      peer.kind === "prefix-list"
        ? peer.prefixListId
        : peer.kind === "security-group"
          ? peer.groupId
          : grant.ruleSet.id;
    const kind = peer.kind === "prefix-list" ? "prefix-list" : "security-group";
    const scope = scopeId(grant.ruleSet.scope);
    unknowns.add({
      ...base,
      resource: { id, name: "", kind, scope },
      ruleSet: grant.ruleSet,
      reason: grant.unknown,
      evidence: ruleEvidence(grant.rule, grant.ruleSet, world.ruleSets, plan.networks),
    });
    found = true;
  }
  for (const { resource, reason, traffic } of policy.unknowns) {
    if (!box.isEmpty && !traffic.overlaps(box)) continue;
    const kind = resource.startsWith("acl-") ? "network-acl" : "security-group";
    unknowns.add({
      ...base,
      resource: { id: resource, name: "", kind, scope: scopeId(endpoint.scope) },
      ruleSet: undefined,
      reason,
      evidence: undefined,
    });
    found = true;
  }
  if (found) return;
  const role = direction === "ingress" ? result.fromRole : (result.toRole ?? result.fromRole);
  unknowns.add({
    ...base,
    resource: { id: role.name, name: role.title, kind: "role", scope: scopeId(endpoint.scope) },
    ruleSet: undefined,
    reason: result.reason,
    evidence: undefined,
  });
}

/** docs/judging.md, 2: a role that is bound but matches nothing is one medium finding; its rows are unknown. */
function emptyBindings(contexts: readonly ClusterContext[]): FindingDraft[] {
  return contexts.flatMap(({ bound }) =>
    [...bound.roles.values()]
      .filter((role) => role.status === "empty" && bound.cluster.roles[role.name] !== undefined)
      .map((role): FindingDraft => {
        const concerned = bound.cluster.profiles.flatMap((profile) =>
          profile.rows.filter((row) => row.from === role.name || row.to === role.name).map((row) => ({ profile, row })),
        );
        return {
          kind: "unknown",
          rule: "binding-empty",
          severity: "medium",
          title: `The role ${role.name} matches nothing in what was collected`,
          reason: `The configuration binds ${role.name}, and no interface fits. ${concerned.length} documented rows cannot be judged. Correct the binding, or bind the role to none.`,
          cluster: bound.cluster.name,
          role: role.name,
          scope: "",
          resources: [{ id: role.name, name: role.title, kind: "role", scope: "" }],
          traffic: [],
          parts: [],
          witness: null,
          evidence: [],
          sources: [],
          route: null,
          identity: [bound.cluster.name, role.name],
          exact: [],
          endpoints: new Set(),
          clusters: [bound.cluster],
          ruleSets: [],
          transport: TransportSet.empty,
          set: undefined,
          rows: new Set(concerned.map(({ profile, row }) => rowKey(profile.id, row.id))),
        };
      }),
  );
}
