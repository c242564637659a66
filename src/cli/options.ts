// What the flags' values mean. Every function takes the text a person typed and gives a value or throws a UserError that
// names the flag and offers the nearest name.

import { UserError } from "../model/index.ts";
import { nearestHint } from "../profile/nearest.ts";
import { FAIL_ON, type FailOn } from "./exit-code.ts";

export const FORMATS = ["text", "html", "md", "json"] as const;
export type Format = (typeof FORMATS)[number];

const FORMAT_ALIASES: Readonly<Record<string, Format>> = { markdown: "md", txt: "text" };

/** The endings of report files. */
export const EXTENSIONS: Readonly<Record<Format, string>> = { text: "txt", html: "html", md: "md", json: "json" };

/** The formats asked for, each once, in the order of asking: `-f html -f md,json`. */
export function parseFormats(value: string, previous: readonly Format[] = []): readonly Format[] {
  return [...new Set([...previous, ...value.split(",").map((name) => parseFormat(name.trim()))])];
}

function parseFormat(value: string): Format {
  const name = value.toLowerCase();
  const format = FORMATS.find((known) => known === name) ?? FORMAT_ALIASES[name];
  if (format !== undefined) return format;
  throw unknownName("--format: unknown format", value, FORMATS);
}

const POLICY_FORMATS = ["json", "text"] as const;
export type PolicyFormat = (typeof POLICY_FORMATS)[number];

/** How `audit permissions` prints. */
export function parsePolicyFormat(value: string): PolicyFormat {
  const format = POLICY_FORMATS.find((known) => known === value.toLowerCase());
  if (format !== undefined) return format;
  throw unknownName("--format: unknown format", value, POLICY_FORMATS);
}

/** The severity from which findings fail the run. */
export function parseFailOn(value: string): FailOn {
  const found = FAIL_ON.find((known) => known === value.toLowerCase());
  if (found !== undefined) return found;
  throw unknownName("--fail-on: unknown severity", value, FAIL_ON);
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** An ISO date or time with its zone, as the instant that waivers and known gaps are held against. */
export function parseNow(value: string): Date {
  const instant = new Date(value);
  const isReal = ISO_TIME.test(value) && !Number.isNaN(instant.getTime()) && dayOf(value) === value.slice(0, 10);
  if (isReal) return instant;
  throw new UserError(`--now: '${value}' is not an ISO time`, { hint: "write 2027-03-31 or 2027-03-31T12:00:00Z" });
}

/** The calendar day of the text's own date part: 2027-02-30 rolls over to another day and shows itself. */
function dayOf(value: string): string {
  return new Date(`${value.slice(0, 10)}T00:00:00Z`).toISOString().slice(0, 10);
}

const MAX_CONCURRENCY = 64;

/** How many calls may be in flight side by side. */
export function parseConcurrency(value: string): number {
  const count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
  if (count >= 1 && count <= MAX_CONCURRENCY) return count;
  throw new UserError(`--concurrency: '${value}' is not a number of calls`, { hint: `write 1 to ${MAX_CONCURRENCY}` });
}

/** A repeatable flag whose values may be comma lists of names. */
export function parseList(flag: string): (value: string, previous?: readonly string[]) => readonly string[] {
  return (value, previous = []) => {
    const names = value.split(",").map((name) => name.trim());
    if (names.includes("")) throw new UserError(`${flag}: a name is empty`, { hint: `write ${flag} NAME` });
    return [...new Set([...previous, ...names])];
  };
}

/** An error that quotes a name nobody knows and offers the nearest. */
export function unknownName(what: string, name: string, known: readonly string[]): UserError {
  const hint = nearestHint(name, known);
  return new UserError(`${what} '${name}'`, hint === undefined ? {} : { hint });
}
