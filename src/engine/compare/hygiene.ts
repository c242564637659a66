// Things worth tidying that open and break nothing: unused groups, stale references, redundant and identical rules, shadowed ACL entries.
// A section of its own, outside --fail-on (docs/judging.md, 4).

import { scopeId, type Rule, type RuleSet, type World } from "../../model/index.ts";
import { IpSet, TrafficSet } from "../../net/index.ts";
import type { FindingDraft } from "./draft.ts";
import { nameOf } from "./excess-drafts.ts";
import type { PortMap } from "./ports.ts";
import { boxText, peerText, ruleEvidence, ruleSetResource, type NamedNetwork } from "./text.ts";

interface Tools {
  readonly world: World;
  readonly ports: PortMap;
  readonly networks: readonly NamedNetwork[];
}

/** All hygiene drafts, rule set by rule set. */
export function hygieneDrafts(tools: Tools): FindingDraft[] {
  const drafts = staleDrafts(tools);
  for (const ruleSet of [...tools.world.ruleSets.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    if (ruleSet.kind === "security-group") {
      if (tools.world.usage(ruleSet.id) === "unused") {
        drafts.push(
          draft(
            ruleSet,
            [],
            "unused-group",
            `No interface uses ${nameOf(ruleSet)} now`,
            "The interface list is complete and no rule refers to the group; launch templates may name it.",
            tools,
          ),
        );
      }
      drafts.push(...redundantDrafts(ruleSet, tools));
    } else {
      drafts.push(...shadowedDrafts(ruleSet, tools));
    }
  }
  return drafts;
}

function staleDrafts(tools: Tools): FindingDraft[] {
  const byRuleSet = Map.groupBy(tools.world.staleReferences(), (stale) => stale.ruleSet);
  return [...byRuleSet].map(([ruleSet, stale]) => {
    const reasons = [...new Set(stale.map(({ reason }) => reason))].join("; ");
    const rules = stale.map(({ rule }) => rule);
    return draft(
      ruleSet,
      rules,
      "stale-reference",
      `${nameOf(ruleSet)} refers to a group that is gone`,
      `${reasons}. The rule lets nothing through until the reference comes back to life.`,
      tools,
    );
  });
}

/** A rule is redundant if the other rules of the set cover it; of identical ones all but the first are named. */
function redundantDrafts(ruleSet: RuleSet, tools: Tools): FindingDraft[] {
  const drafts: FindingDraft[] = [];
  for (const direction of ["ingress", "egress"] as const) {
    const rules = ruleSet.rules.filter((rule) => rule.direction === direction && rule.action === "allow");
    const kept = new Set(rules);
    const redundant: Rule[] = [];
    // From the last to the first, so that the oldest of equal rules stays and never both are called redundant.
    for (const rule of rules.toReversed()) {
      kept.delete(rule);
      if (isCovered(rule, [...kept])) redundant.unshift(rule);
      else kept.add(rule);
    }
    if (redundant.length > 0) {
      const count = redundant.length === 1 ? "A rule" : `${redundant.length} rules`;
      drafts.push(
        draft(
          ruleSet,
          redundant,
          "redundant-rule",
          `${count} of ${nameOf(ruleSet)} ${redundant.length === 1 ? "adds" : "add"} nothing`,
          "Other rules of the group already let the same traffic through.",
          tools,
        ),
      );
    }
  }
  return drafts;
}

function isCovered(rule: Rule, others: readonly Rule[]): boolean {
  if (rule.peer.kind === "cidr" || rule.peer.kind === "any") {
    const cover = TrafficSet.fromBoxes(
      others.flatMap((other) => {
        const peers = addressesOf(other);
        return peers === undefined || !other.transport.overlaps(rule.transport)
          ? []
          : [{ peers, transport: other.transport }];
      }),
    );
    return TrafficSet.box(addressesOf(rule) ?? IpSet.empty, rule.transport).isSubsetOf(cover);
  }
  const { peer } = rule;
  return others.some(
    (other) =>
      rule.transport.isSubsetOf(other.transport) &&
      ((peer.kind === "security-group" &&
        other.peer.kind === "security-group" &&
        other.peer.groupId === peer.groupId) ||
        (peer.kind === "prefix-list" &&
          other.peer.kind === "prefix-list" &&
          other.peer.prefixListId === peer.prefixListId)),
  );
}

function addressesOf(rule: Rule): IpSet | undefined {
  return rule.peer.kind === "cidr" ? rule.peer.addresses : rule.peer.kind === "any" ? IpSet.any : undefined;
}

/** Entries of a first-match list that earlier entries decide completely. */
function shadowedDrafts(ruleSet: RuleSet, tools: Tools): FindingDraft[] {
  const shadowed: Rule[] = [];
  for (const direction of ["ingress", "egress"] as const) {
    let decided = TrafficSet.empty;
    for (const rule of ruleSet.rules
      .filter((candidate) => candidate.direction === direction)
      .sort((a, b) => a.priority - b.priority)) {
      const box = TrafficSet.box(addressesOf(rule) ?? IpSet.empty, rule.transport);
      if (!box.isEmpty && box.isSubsetOf(decided) && rule.priority < 32_767) shadowed.push(rule);
      decided = decided.union(box);
    }
  }
  if (shadowed.length === 0) return [];
  return [
    draft(
      ruleSet,
      shadowed,
      "shadowed-rule",
      `Entries of ${nameOf(ruleSet)} never decide`,
      "Entries with lower numbers decide all their traffic.",
      tools,
    ),
  ];
}

function draft(
  ruleSet: RuleSet,
  rules: readonly Rule[],
  rule: string,
  title: string,
  reason: string,
  { world, networks, ports }: Tools,
): FindingDraft {
  const transport = rules
    .map((one) => one.transport)
    .reduce((all, one) => all.union(one), TrafficSet.empty.transport());
  return {
    kind: "hygiene",
    rule,
    severity: "informational",
    title,
    reason,
    cluster: null,
    role: null,
    scope: scopeId(ruleSet.scope),
    resources: [ruleSetResource(ruleSet)],
    traffic: rules.flatMap((one) => boxText([peerText(one, world.ruleSets, networks)], one.transport)),
    parts: [],
    witness: null,
    evidence: rules.map((one) => ruleEvidence(one, ruleSet, world.ruleSets, networks)),
    sources: [],
    route: null,
    identity: [ruleSet.id],
    exact: [
      ports.label(transport),
      ...rules.map((one) => `${peerText(one, new Map(), [])} ${one.transport.describe()}`),
    ],
    endpoints: new Set(),
    clusters: [],
    ruleSets: [ruleSet],
    transport,
    set: undefined,
    rows: new Set(),
  };
}
