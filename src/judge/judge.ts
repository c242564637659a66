// From facts and plan to the whole outcome of an audit: comparison, ids, waivers, matrix cells, coverage and totals.
// Pure: the caller gives the day; nothing here reads a clock, a file or a network.

import { compare, type Comparison } from "../engine/compare/compare.ts";
import type { FindingDraft } from "../engine/compare/draft.ts";
import { hygieneDrafts } from "../engine/compare/hygiene.ts";
import {
  compareCodeUnits,
  SEVERITIES,
  type AuditPlan,
  type AuditResult,
  type Cell,
  type ClusterSummary,
  type Finding,
  type World,
} from "../model/index.ts";
import { type IpSet, PUBLIC_V4, TrafficSet, TransportSet } from "../net/index.ts";
import { coverageOf, type CoverageFacts } from "./coverage.ts";
import { fingerprint } from "./identity.ts";
import { waiverFor } from "./waivers.ts";

export interface JudgeOptions {
  readonly toolVersion: string;
  /** ISO date or time by which waivers and known gaps run. */
  readonly now: string;
  /** Whether the hygiene section was asked for. */
  readonly hygiene: boolean;
  /** Names that the configuration gives to account ids: known gaps go by name. */
  readonly accountNames?: ReadonlyMap<string, readonly string[]>;
  /** Sentences that belong to the whole report, such as an overridden endpoint. */
  readonly notes?: readonly string[];
}

/** Judges a world by a plan. The same input gives the same result, byte for byte once rendered. */
export function judge(world: World, coverage: CoverageFacts, plan: AuditPlan, options: JudgeOptions): AuditResult {
  const comparison = compare(world, plan, options.accountNames);
  const tools = { world, ports: comparison.ports, networks: plan.networks };
  const identified = identify(comparison.drafts, plan, options.now);
  const findings = identified.map(({ finding }) => finding).sort(byWeight);
  const hygiene = options.hygiene
    ? identify(hygieneDrafts(tools), plan, options.now)
        .map(({ finding }) => finding)
        .sort(byWeight)
    : [];
  const cells = drawCells(comparison, identified);
  const covered = coverageOf(coverage, plan.knownGaps, options.now, options.accountNames ?? new Map());
  const open = findings.filter((finding) => finding.waiver === null);
  const failures = covered.failed.filter((call) => call.knownGap === null);
  const count = (severity: Finding["severity"]): number =>
    open.filter((finding) => finding.severity === severity).length;
  const notJudged = cells.filter((cell) => cell.status === "not_judged");
  return {
    schema: "portolan-report/1",
    tool: { name: "portolan", version: options.toolVersion },
    collectedAt: coverage.created ?? null,
    complete: failures.length === 0,
    coverage: covered,
    summary: {
      critical: count("critical"),
      high: count("high"),
      medium: count("medium"),
      low: count("low"),
      informational: count("informational"),
      unknown: open.filter((finding) => finding.kind === "unknown").length,
      not_judged: notJudged.length,
    },
    clusters: comparison.contexts.map(summarise),
    cells,
    findings,
    hygiene,
    recognised: comparison.recognised,
    notes: [...(options.notes ?? []), ...notesOf(world, options.hygiene)],
    lastLine: lastLineOf(findings, notJudged, covered),
  };
}

interface Identified {
  readonly draft: FindingDraft;
  readonly finding: Finding;
}

function identify(drafts: readonly FindingDraft[], plan: AuditPlan, now: string): Identified[] {
  return drafts.map((draft) => {
    const {
      identity,
      exact,
      endpoints: _endpoints,
      clusters: _clusters,
      ruleSets: _ruleSets,
      transport: _transport,
      set: _set,
      rows: _rows,
      ...shown
    } = draft;
    const finding: Finding = {
      id: fingerprint([draft.rule, draft.scope, ...identity]),
      digest: fingerprint(exact),
      ...shown,
      waiver: waiverFor(draft, plan.waivers, now),
      fix: null,
    };
    return { draft, finding };
  });
}

/** Worst first; then by what a reader groups by; ids last, so that the order is total. */
function byWeight(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    compareCodeUnits(a.cluster ?? "", b.cluster ?? "") ||
    compareCodeUnits(a.title, b.title) ||
    compareCodeUnits(a.id, b.id)
  );
}

const KIND_ORDER: readonly Finding["kind"][] = ["missing", "excess", "unknown", "hygiene"];

/** Adds the findings to the judged rows; a satisfied row whose ports somebody else may use as well is wider. */
function drawCells(comparison: Comparison, identified: readonly Identified[]): Cell[] {
  return comparison.rows.map(({ cell, key, receivers, transport }) => {
    const about = identified.filter(({ draft, finding }) => {
      if (!draft.clusters.some((cluster) => cluster.name === cell.cluster) || !draft.rows.has(key)) return false;
      if (finding.kind !== "excess") return true;
      return (
        transport !== undefined &&
        draft.transport.overlaps(transport) &&
        receivers.some((endpoint) => draft.endpoints.has(endpoint))
      );
    });
    const wider = cell.status === "satisfied" && about.some(({ finding }) => finding.rule === "undocumented-ingress");
    return {
      ...cell,
      status: wider ? "wider" : cell.status,
      reason: wider ? `${cell.reason}; more may use it than the document gives it to` : cell.reason,
      findings: about.map(({ finding }) => finding.id).sort(compareCodeUnits),
    };
  });
}

function summarise({ bound, facts }: Comparison["contexts"][number]): ClusterSummary {
  return {
    name: bound.cluster.name,
    documents: bound.cluster.profiles.map((profile) => ({
      profile: profile.id,
      title: profile.title,
      version: profile.source.version,
      date: profile.source.date,
      url: profile.source.url ?? null,
    })),
    roles: [...bound.roles.values()]
      .filter((role) => role.kind !== "external")
      .map((role) => ({
        role: role.name,
        title: role.title,
        status: role.status,
        members: [
          ...role.endpoints.map((endpoint) =>
            endpoint.name === "" ? endpoint.id : `${endpoint.name} (${endpoint.id})`,
          ),
          ...role.addressLabels,
        ],
      })),
    facts: [...facts].map(([fact, { value, origin, reason }]) => ({
      fact,
      value: value === undefined ? "" : String(value),
      origin,
      reason,
    })),
  };
}

/** docs/judging.md, 1: a wide egress is one note, never a finding. */
function notesOf(world: World, hygieneShown: boolean): string[] {
  const notes: string[] = [];
  const everywhere = TrafficSet.box(PUBLIC_V4, TransportSet.all);
  const wide = [...world.ruleSets.values()].filter(
    (ruleSet) => ruleSet.kind === "security-group" && letsEverythingOut(ruleSet, everywhere),
  );
  if (wide.length > 0) {
    const count = wide.length === 1 ? "1 group lets" : `${wide.length} groups let`;
    notes.push(
      `${count} all traffic out to everywhere. The documents list what must be let out and not what else may be, so a wide egress is not a finding.`,
    );
  }
  const stale = world.staleReferences().length;
  if (stale > 0 && !hygieneShown) {
    notes.push(
      `${stale === 1 ? "1 rule refers" : `${stale} rules refer`} to a group that is gone; --hygiene lists what is worth tidying.`,
    );
  }
  return notes;
}

function letsEverythingOut(
  ruleSet: {
    readonly rules: readonly {
      readonly direction: string;
      readonly transport: TransportSet;
      readonly peer: { readonly kind: string; readonly addresses?: IpSet };
    }[];
  },
  everywhere: TrafficSet,
): boolean {
  return ruleSet.rules.some((rule) => {
    if (rule.direction !== "egress" || !rule.transport.equals(TransportSet.all)) return false;
    if (rule.peer.kind === "any") return true;
    return (
      rule.peer.addresses !== undefined && everywhere.isSubsetOf(TrafficSet.box(rule.peer.addresses, rule.transport))
    );
  });
}

/** "4 findings, 2 rows not judged (role not bound: api_ui_clients), 1 scope not seen": 0 never reads as "all judged". */
function lastLineOf(
  findings: readonly Finding[],
  notJudged: readonly Cell[],
  coverage: AuditResult["coverage"],
): string {
  const waived = findings.filter((finding) => finding.waiver !== null).length;
  const found = findings.length - waived;
  const reasons = [...Map.groupBy(notJudged, (cell) => cell.reason)]
    .map(([reason, cells]) => (notJudged.length === cells.length ? reason : `${cells.length} ${reason}`))
    .sort(compareCodeUnits);
  const unseen = new Set(coverage.failed.map((call) => call.scope)).size;
  const parts = [
    `${found} ${found === 1 ? "finding" : "findings"}${waived === 0 ? "" : ` (${waived} more waived)`}`,
    `${notJudged.length} ${notJudged.length === 1 ? "row" : "rows"} not judged${reasons.length === 0 ? "" : ` (${reasons.join("; ")})`}`,
    `${unseen} ${unseen === 1 ? "scope" : "scopes"} not seen`,
  ];
  return parts.join(", ");
}
