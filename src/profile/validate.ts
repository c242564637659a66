// Holds parsed YAML against a zod schema and words the first thing that is wrong as one line with its position: an unknown key offers
// the nearest, a wrong value names what may stand there. The schemas themselves are in schema.ts of profiles and of the configuration.

import type { z } from "zod";
import { nearestHint } from "./nearest.ts";
import { pathText, type YamlPath, type YamlSource } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;

interface Problem {
  readonly path: YamlPath;
  readonly at: "key" | "value";
  readonly message: string;
  readonly hint?: string | undefined;
  /** A missing key is told last: often a misspelt one stands beside it, and that one says more. */
  readonly missing: boolean;
}

/** The data as the schema gives it. Throws UserError about the first problem in the order of the text. */
export function validate<T extends z.ZodType>(source: YamlSource, schema: T): z.output<T> {
  const result = schema.safeParse(source.data, { error: wordUnknownKey });
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, [], source.data));
  const placed = problems.map((problem) => ({ problem, position: source.position(problem.path, problem.at) }));
  placed.sort(
    (a, b) =>
      Number(a.problem.missing) - Number(b.problem.missing) ||
      (a.position.line ?? 0) - (b.position.line ?? 0) ||
      (a.position.column ?? 0) - (b.position.column ?? 0),
  );
  const [first] = placed;
  if (first === undefined) throw new Error("zod refused the data without an issue");
  throw source.error(first.problem.path, first.problem.message, first.problem.hint, first.problem.at);
}

/** Known keys stand in the schema, which only zod's raw issue knows: they travel in the message, as JSON. */
function wordUnknownKey(raw: z.core.$ZodRawIssue): string | undefined {
  if (raw.code !== "unrecognized_keys") return undefined;
  const definition = raw.inst === undefined ? undefined : (raw.inst as Partial<z.core.$ZodObject>)._zod?.def;
  return JSON.stringify(definition === undefined ? [] : Object.keys(definition.shape));
}

function problemsOf(issue: Issue, above: YamlPath, data: unknown): Problem[] {
  const path = [...above, ...issue.path];
  const value = valueAt(data, path);
  if (value === undefined) return [missingKey(path)];
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(issue, path, value);
    case "invalid_union":
      return unionProblems(issue, path, data);
    case "invalid_type":
      return [wrongValue(path, `must be ${kindOf(issue)}, not ${describe(value)}`, quotesHint(issue.expected, value))];
    case "invalid_value":
      return [unknownValue(path, value, issue.values.map(String))];
    case "too_small":
      return [wrongValue(path, isNumeric(issue.origin) ? `must be at least ${issue.minimum}` : "must not be empty")];
    case "too_big":
      return [wrongValue(path, `must be at most ${issue.maximum}`)];
    case "invalid_key":
      return issue.issues.map((inner) => ({
        path,
        at: "key",
        message: `${quote(String(path.at(-1)))} ${inner.message}`,
        missing: false,
      }));
    default:
      // Formats and checks of the schemas carry a message of their own that continues the name.
      return [wrongValue(path, issue.message)];
  }
}

function missingKey(path: YamlPath): Problem {
  const within = path.length > 1 ? ` in ${pathText(path.slice(0, -1))}` : "";
  return { path, at: "value", message: `${quote(String(path.at(-1)))} is missing${within}`, missing: true };
}

function wrongValue(path: YamlPath, message: string, hint?: string): Problem {
  const subject = path.length === 0 ? "the file" : pathText(path);
  return { path, at: "value", message: `${subject} ${message}`, hint, missing: false };
}

function unknownValue(path: YamlPath, value: unknown, known: readonly string[]): Problem {
  const guess = typeof value === "string" ? nearestHint(value, known) : undefined;
  return wrongValue(path, `is ${describe(value)}, which is not known`, guess ?? `known: ${known.join(", ")}`);
}

function unknownKeys(issue: Issue & { code: "unrecognized_keys" }, path: YamlPath, value: unknown): Problem[] {
  const known = JSON.parse(issue.message) as string[];
  const free = known.filter((key) => !(typeof value === "object" && value !== null && Object.hasOwn(value, key)));
  const within = path.length === 0 ? "" : ` in ${pathText(path)}`;
  return issue.keys.map((key) => ({
    path: [...path, key],
    at: "key",
    message: `unknown key ${quote(key)}${within}`,
    hint: nearestHint(key, free),
    missing: false,
  }));
}

/** Of a choice between shapes, the problems of the one that was meant: the first whose own kind of value stands there. */
function unionProblems(issue: Issue & { code: "invalid_union" }, path: YamlPath, data: unknown): Problem[] {
  const meant = issue.errors.find((branch) => !branch.some(isAboutTheWhole));
  if (meant !== undefined) return meant.flatMap((inner) => problemsOf(inner, path, data));
  const value = valueAt(data, path);
  const inner = issue.errors.flat().filter(isAboutTheWhole);
  const words = inner.flatMap((each) => (each.code === "invalid_value" ? each.values.map(String) : []));
  if (typeof value === "string" && words.length > 1) return [unknownValue(path, value, words)];
  const kinds = inner.flatMap((each) => (each.code === "invalid_type" ? [kindOf(each)] : []));
  return [wrongValue(path, `must be ${[...new Set([...words, ...kinds])].join(" or ")}, not ${describe(value)}`)];
}

/** Whether another kind of value was expected in this very place. */
function isAboutTheWhole(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function kindOf(issue: Issue & { code: "invalid_type" }): string {
  return EXPECTED[issue.expected] ?? issue.expected;
}

function isNumeric(origin: string): boolean {
  return origin === "number" || origin === "int";
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function describe(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return value === "" ? "empty text" : quote(value);
  return typeof value === "number" ? `the number ${value}` : JSON.stringify(value);
}

function quotesHint(expected: string, value: unknown): string | undefined {
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return expected === "string" && isPlain ? "put it in quotes" : undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function valueAt(data: unknown, path: YamlPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
