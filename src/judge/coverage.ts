// The coverage part of a report: what was asked, what failed, what was never asked and what that means for the verdicts.

import {
  scopeId,
  isFailure,
  type AuditResult,
  type CallRecord,
  type FailedCall,
  type KnownGap,
  type Scope,
  type Warning,
} from "../model/index.ts";
import { knownGapFor } from "./waivers.ts";

/** What a run or a folder gave, before judging. */
export interface CoverageFacts {
  readonly scopes: readonly Scope[];
  readonly calls: readonly CallRecord[];
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
  readonly created?: string | undefined;
}

/** Calls that shape verdicts, with what is not known without them. */
const EXPECTED_OF_AWS: readonly { readonly call: string; readonly reason: string }[] = [
  { call: "DescribeNetworkInterfaces", reason: "groups are judged as if something used them" },
  { call: "DescribeNetworkAcls", reason: "network ACLs do not decide" },
  { call: "DescribeRouteTables", reason: "routes are not known" },
  { call: "DescribeSubnets", reason: "subnets are not known" },
  { call: "DescribeVpcs", reason: "address ranges of networks are not known" },
];

/** Other calls that give the same facts. */
const STAND_INS: Readonly<Record<string, readonly string[]>> = { DescribeNetworkInterfaces: ["DescribeInstances"] };

/** Draws up the coverage of a report; deterministic order. */
export function coverageOf(
  facts: CoverageFacts,
  gaps: readonly KnownGap[],
  now: string,
  accountNames: ReadonlyMap<string, readonly string[]>,
): AuditResult["coverage"] {
  const byScope = new Map<string, Map<string, { outcome: string; items: number }>>();
  for (const scope of facts.scopes) byScope.set(scopeId(scope), new Map());
  const failed: FailedCall[] = [];
  for (const record of facts.calls) {
    const scope = scopeId(record.scope);
    let calls = byScope.get(scope);
    if (calls === undefined) {
      calls = new Map<string, { outcome: string; items: number }>();
      byScope.set(scope, calls);
    }
    const known = calls.get(record.call);
    calls.set(record.call, {
      outcome: known === undefined || isFailure(record.outcome) ? record.outcome : known.outcome,
      items: (known?.items ?? 0) + record.items,
    });
    if (!isFailure(record.outcome)) continue;
    const names = [...(accountNames.get(record.scope.account) ?? []), record.scope.account];
    failed.push({
      scope,
      call: record.call,
      outcome: record.outcome as FailedCall["outcome"],
      error: record.error ?? "",
      subject: record.subject ?? null,
      knownGap: knownGapFor(names, record.call, gaps, now),
    });
  }
  const scopes = [...byScope]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([scope, calls]) => ({
      scope,
      calls: [...calls]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([call, { outcome, items }]) => ({ call, outcome, items })),
    }));
  const notAsked = scopes.flatMap(({ scope, calls }) => {
    const asked = new Map(calls.map(({ call, outcome }) => [call, outcome]));
    return EXPECTED_OF_AWS.filter(({ call }) => {
      if (!scope.startsWith("aws/")) return false;
      if ((STAND_INS[call] ?? []).some((other) => asked.has(other))) return false;
      return !asked.has(call) || asked.get(call) === "not-offered";
    }).map(({ call, reason }) => ({
      scope,
      call,
      reason: asked.get(call) === "not-offered" ? `the endpoint does not offer it: ${reason}` : reason,
    }));
  });
  const order = (a: FailedCall, b: FailedCall): number =>
    compareText([a.scope, a.call, a.subject ?? ""], [b.scope, b.call, b.subject ?? ""]);
  return {
    scopes,
    failed: failed.sort(order),
    skipped: [...facts.skipped, ...facts.warnings.map(({ subject, message }) => ({ subject, reason: message }))].sort(
      (a, b) => compareText([a.subject, a.reason], [b.subject, b.reason]),
    ),
    not_asked: notAsked,
  };
}

function compareText(a: readonly string[], b: readonly string[]): number {
  const left = a.join("\u0000");
  const right = b.join("\u0000");
  return left < right ? -1 : left > right ? 1 : 0;
}
