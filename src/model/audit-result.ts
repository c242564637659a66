// The whole outcome of an audit: what the JSON report holds and what every other format is drawn from.

import type { Cell, Finding } from "./finding.ts";

export interface ClusterSummary {
  readonly name: string;
  readonly documents: readonly {
    readonly profile: string;
    readonly title: string;
    readonly version: string;
    readonly date: string;
    readonly url: string | null;
  }[];
  readonly roles: readonly {
    readonly role: string;
    readonly title: string;
    readonly status: "bound" | "not bound" | "none" | "empty" | "addresses";
    readonly members: readonly string[];
  }[];
  readonly facts: readonly {
    readonly fact: string;
    readonly value: string;
    readonly origin: "configuration" | "derived" | "assumed" | "not set";
    readonly reason: string;
  }[];
}

/** A group that a driver made, compared rule by rule with what that driver makes. */
export interface RecognisedGroup {
  readonly resource: string;
  readonly name: string;
  readonly scope: string;
  readonly profile: string;
  readonly rules: readonly {
    readonly rule: string;
    readonly text: string;
    readonly status: "present" | "absent" | "narrower" | "extra";
  }[];
}

export interface FailedCall {
  readonly scope: string;
  readonly call: string;
  readonly outcome: "failed" | "denied" | "cut";
  readonly error: string;
  readonly subject: string | null;
  /** Set where the configuration lists it as a known gap: not in the exit code. */
  readonly knownGap: { readonly owner: string; readonly reason: string; readonly expires: string } | null;
}

export interface AuditResult {
  readonly schema: "portolan-report/1";
  readonly tool: { readonly name: "portolan"; readonly version: string };
  /** The snapshot's own time; null where a folder of answers states none. */
  readonly collectedAt: string | null;
  readonly complete: boolean;
  readonly coverage: {
    readonly scopes: readonly {
      readonly scope: string;
      readonly calls: readonly { readonly call: string; readonly outcome: string; readonly items: number }[];
    }[];
    readonly failed: readonly FailedCall[];
    readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
    readonly not_asked: readonly { readonly scope: string; readonly call: string; readonly reason: string }[];
  };
  readonly summary: {
    readonly critical: number;
    readonly high: number;
    readonly medium: number;
    readonly low: number;
    readonly informational: number;
    /** Findings of kind unknown, also counted in their severity. */
    readonly unknown: number;
    /** Matrix rows that were not judged. */
    readonly not_judged: number;
  };
  readonly clusters: readonly ClusterSummary[];
  readonly cells: readonly Cell[];
  readonly findings: readonly Finding[];
  /** Shown in a section of its own, outside --fail-on; empty unless asked for. */
  readonly hygiene: readonly Finding[];
  readonly recognised: readonly RecognisedGroup[];
  /** Sentences that belong to the whole report: wide egress, assumptions that decided something, overridden endpoints. */
  readonly notes: readonly string[];
  /** "N findings, M rows not judged (why), K scopes not seen" */
  readonly lastLine: string;
}
