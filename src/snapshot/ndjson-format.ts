// The lines of Portolan's own snapshot file: a header, a line an item, lines of calls, and an end line with counts.
// One place for reader and writer; a change of meaning raises SCHEMA.

import type { CallOutcome } from "../model/index.ts";

/** Version of the format that this program writes; it reads this one and older. */
export const SCHEMA = 1;

export interface HeaderLine {
  readonly portolan: "snapshot";
  readonly schema: number;
  readonly created: string | null;
  /** Version of the program that wrote it. */
  readonly tool: string;
  readonly origin: "collected" | "folder";
  /** Account or path that it was made from. */
  readonly source: string;
  /** Text forms of all scopes in it, sorted. */
  readonly scopes: readonly string[];
}

export interface ItemLine {
  readonly scope: string;
  readonly type: string;
  readonly item: unknown;
}

export interface CallLine {
  readonly call: string;
  readonly scope: string;
  readonly outcome: CallOutcome;
  readonly items: number;
  readonly subject?: string;
  readonly error?: string;
}

export interface SkippedLine {
  readonly skipped: string;
  readonly reason: string;
}

export interface WarningLine {
  readonly warning: string;
  readonly subject: string;
}

export interface EndLine {
  readonly end: Counts;
}

export interface Counts {
  items: number;
  calls: number;
  skipped: number;
  warnings: number;
}

export function noCounts(): Counts {
  return { items: 0, calls: 0, skipped: 0, warnings: 0 };
}

export const CALL_OUTCOMES: ReadonlySet<string> = new Set<CallOutcome>([
  "complete",
  "listed",
  "failed",
  "denied",
  "cut",
  "not-offered",
  "not-found",
]);
