// What a story says it should find, and the same view of a report, so that the two can be compared word for word. The view drops what
// is prose (titles, reasons, rule texts) and what is tested elsewhere (ids, digests); it keeps every finding.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditResult, Finding } from "../../src/model/index.ts";
import { EXAMPLES } from "./build/main.ts";

export interface ExpectedFinding {
  /** For the reader; not compared. */
  readonly why: string;
  readonly kind: string;
  readonly severity: string;
  readonly rule: string;
  readonly cluster: string | null;
  readonly role: string | null;
  /** The rule sets and lists concerned: groups by name, prefix lists by id. */
  readonly on: readonly string[];
  /** Machines and interfaces concerned, by name; absent where the story does not care. */
  readonly nodes?: readonly string[];
  /** Protocol and one port or range each. */
  readonly traffic: readonly string[];
  readonly witness: boolean;
  /** How many rules are named as evidence; absent where the story does not care. */
  readonly rules?: number;
}

export interface Expected {
  readonly exit: number;
  readonly complete: boolean;
  readonly summary: AuditResult["summary"];
  readonly lastLine: string;
  readonly findings: readonly ExpectedFinding[];
  readonly hygiene: readonly Pick<ExpectedFinding, "rule" | "on" | "traffic" | "why">[];
  readonly recognised: readonly {
    readonly group: string;
    readonly profile: string;
    readonly present: number;
    readonly other: number;
  }[];
  readonly failed: readonly { readonly scope: string; readonly outcome: string; readonly calls: readonly string[] }[];
  /** The only states that cells may have; absent where the story does not care. */
  readonly statuses?: readonly string[];
  readonly cells: readonly {
    readonly from: string;
    readonly to: string;
    readonly protocol: string;
    readonly ports: string;
    readonly status: string;
  }[];
}

export function readExpected(story: string): Expected {
  return JSON.parse(readFileSync(join(EXAMPLES, story, "expected.json"), "utf8")) as Expected;
}

/** Findings in the expected view, sorted by their own text. A field that the story leaves out is left out of its counterpart too. */
export function viewOf(
  findings: readonly Finding[],
  expected: readonly ExpectedFinding[],
): { actual: unknown[]; wanted: unknown[] } {
  const keepNodes = expected.every((finding) => finding.nodes !== undefined);
  const actual = findings.map((finding) => ({
    kind: finding.kind,
    severity: finding.severity,
    rule: finding.rule,
    cluster: finding.cluster,
    role: finding.role,
    on: ruleSetsOf(finding),
    ...(keepNodes
      ? {
          nodes: sorted(
            finding.resources
              .filter(({ kind }) => kind === "endpoint")
              .map(({ id, name }) => (name === "" ? id : name)),
          ),
        }
      : {}),
    traffic: trafficOf(finding),
    witness: finding.witness !== null,
    ...(finding.kind === "excess" ? { rules: finding.evidence.length } : {}),
  }));
  const wanted = expected.map(({ why: _why, nodes, ...finding }) => ({
    ...finding,
    on: sorted(finding.on),
    ...(keepNodes && nodes !== undefined ? { nodes: sorted(nodes) } : {}),
    traffic: sorted(finding.traffic),
  }));
  return { actual: byText(actual), wanted: byText(wanted) };
}

/** Protocols with their ports, one port or range each, whoever the peers are. */
export function trafficOf(finding: Finding): string[] {
  return sorted(
    finding.traffic.flatMap(({ protocol, ports }) => ports.split(", ").map((port) => `${protocol} ${port}`)),
  );
}

export function ruleSetsOf(finding: Finding): string[] {
  const named = finding.resources.filter(
    ({ kind }) => kind === "security-group" || kind === "network-acl" || kind === "prefix-list",
  );
  return sorted(named.map(({ kind, id, name }) => (kind === "prefix-list" || name === "" ? id : name)));
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** Objects in one order, whatever the order of their keys. */
function byText(values: readonly object[]): unknown[] {
  const text = (value: object): string => JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return values.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}
