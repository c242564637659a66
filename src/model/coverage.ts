// What was asked of the providers, what answered and what failed. Incompleteness is a fact of a snapshot.

import type { Scope } from "./scope.ts";

/**
 * `complete`: asked and answered to the last page. `listed`: found in a folder, which proves nothing about completeness.
 * `failed`, `denied`: asked and not answered. `cut`: pages are missing (a leftover NextToken).
 * `not-offered`: the endpoint does not know the action. `not-found`: answered that there is no such thing.
 */
export type CallOutcome = "complete" | "listed" | "failed" | "denied" | "cut" | "not-offered" | "not-found";

export interface CallRecord {
  readonly scope: Scope;
  /** The provider's own name of the call: `DescribeSecurityGroups`. */
  readonly call: string;
  readonly outcome: CallOutcome;
  readonly items: number;
  /** Id the call was for, where it was for one thing (a prefix list). */
  readonly subject?: string;
  /** The provider's error code and message, one line. Hostile text. */
  readonly error?: string;
}

export interface Warning {
  /** Resource or file it is about. */
  readonly subject: string;
  readonly message: string;
}

/** Calls that count as "something asked for failed, was denied or was cut" (exit code 3). */
export function isFailure(outcome: CallOutcome): boolean {
  return outcome === "failed" || outcome === "denied" || outcome === "cut";
}
