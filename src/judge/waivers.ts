// Accepted findings and accepted gaps. A waiver covers a set of traffic: only a finding that lies wholly inside it is waived, so what
// goes beyond it is still found. Dates are whole days, the last one included.

import type { FindingDraft } from "../engine/compare/draft.ts";
import type { FailedCall, Finding, KnownGap, Waiver } from "../model/index.ts";
import { TrafficSet } from "../net/index.ts";

/** Whether a waiver or gap still holds on a day. Both as ISO dates; a longer ISO time is cut to its day. */
export function isInForce(expires: string, now: string): boolean {
  return now.slice(0, 10) <= expires.slice(0, 10);
}

/** The first waiver in force that covers all of the draft's traffic, as the report shows it. */
export function waiverFor(draft: FindingDraft, waivers: readonly Waiver[], now: string): Finding["waiver"] {
  const { set } = draft;
  if (set === undefined || set.isEmpty) return null;
  for (const waiver of waivers) {
    if (!isInForce(waiver.expires, now) || !concerns(waiver, draft)) continue;
    if (!set.isSubsetOf(TrafficSet.box(waiver.peers, waiver.transport))) continue;
    return { owner: waiver.owner, reason: waiver.reason, expires: waiver.expires, ticket: waiver.ticket ?? null };
  }
  return null;
}

function concerns(waiver: Waiver, draft: FindingDraft): boolean {
  if (waiver.cluster !== undefined && waiver.cluster !== draft.cluster) return false;
  if (waiver.role !== undefined && waiver.role !== draft.role) return false;
  const groups = waiver.securityGroups;
  return (
    groups === undefined ||
    draft.ruleSets.some((ruleSet) => groups.includes(ruleSet.id) || groups.includes(ruleSet.name))
  );
}

/** The known gap that a failed call falls under. */
export function knownGapFor(
  accounts: readonly string[],
  call: string,
  gaps: readonly KnownGap[],
  now: string,
): FailedCall["knownGap"] {
  const gap = gaps.find(
    (candidate) => candidate.call === call && accounts.includes(candidate.account) && isInForce(candidate.expires, now),
  );
  return gap === undefined ? null : { owner: gap.owner, reason: gap.reason, expires: gap.expires };
}
