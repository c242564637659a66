// A YAML text with the place of everything in it, so that each error names file, line and column. Profiles and the configuration are
// read through this. Anything doubtful is an error: duplicate keys, tabs, unknown tags, keys that are no text, a second document.

import { readFileSync } from "node:fs";
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLError,
} from "yaml";
import { UserError, type Position } from "../model/index.ts";

export type YamlPath = readonly PropertyKey[];

/** Aliases are for a few repeated lines; more is a text that grows without end. */
const MAX_ALIASES = 100;

/** What to do about the errors that people really make. */
const HINTS: Partial<Record<YAMLError["code"], string>> = {
  DUPLICATE_KEY: "write each key once",
  TAB_AS_INDENT: "indent with spaces",
  MULTIPLE_DOCS: "keep one document a file",
  NON_STRING_KEY: "keys are plain text",
  TAG_RESOLVE_FAILED: "leave the tag out",
  BLOCK_AS_IMPLICIT_KEY: "check the indentation, and put text that contains a colon in quotes",
  MULTILINE_IMPLICIT_KEY: "check the indentation, and put text that contains a colon in quotes",
};

/** The library's words where they speak of its own functions or are too short to help. */
const MESSAGES: Partial<Record<YAMLError["code"], string>> = {
  DUPLICATE_KEY: "a key appears twice in one mapping",
  TAB_AS_INDENT: "a tab is used as indentation",
  MULTIPLE_DOCS: "a second document begins here",
  NON_STRING_KEY: "a key is not text",
  RESOURCE_EXHAUSTION: "brackets or lists are nested too deeply",
};

export class YamlSource {
  readonly file: string;
  readonly data: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  private constructor(file: string, document: Document, lines: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
    this.data = document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
  }

  /**
   * Parses a text. Throws UserError with the position of the first thing that is wrong with it as YAML.
   * @param file the name under which errors speak of the text
   */
  static parse(text: string, file: string): YamlSource {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      logLevel: "error",
    });
    const [problem] = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
    if (problem !== undefined) {
      const hint = HINTS[problem.code];
      throw new UserError(`not valid YAML: ${MESSAGES[problem.code] ?? problem.message.replaceAll(/\s+/g, " ")}`, {
        position: { file, ...linePosition(lines, problem.pos[0]) },
        ...(hint === undefined ? {} : { hint }),
      });
    }
    checkAliases(document, file, lines);
    return new YamlSource(file, document, lines);
  }

  /** Reads and parses a file of UTF-8 text. Throws UserError where it cannot be read. */
  static read(path: string, file: string = path): YamlSource {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch (error) {
      throw new UserError(`cannot be read (${errorCode(error)})`, { position: { file }, cause: error });
    }
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (error) {
      throw new UserError("is not UTF-8 text", { position: { file }, cause: error });
    }
    return YamlSource.parse(text, file);
  }

  /**
   * Where a value stands, or with `at: "key"` the key that names it. A path that leads nowhere (a missing key) gives the innermost
   * thing on the way that is there.
   */
  position(path: YamlPath, at: "value" | "key" = "value"): Position {
    let node: unknown = this.#document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      const pair = isMap(node) ? node.items.find((item) => keyText(item.key) === String(step)) : undefined;
      const next: unknown = isSeq(node) && typeof step === "number" ? node.items[step] : pair?.value;
      if (pair !== undefined) offset = startOf(pair.key) ?? offset;
      if (next === undefined || (at === "key" && index === path.length - 1 && pair !== undefined)) break;
      offset = startOf(next) ?? offset;
      node = isAlias(next) ? next.resolve(this.#document) : next;
    }
    return { file: this.file, ...linePosition(this.#lines, offset) };
  }

  /** A UserError about the value at a path. */
  error(path: YamlPath, message: string, hint?: string, at: "value" | "key" = "value"): UserError {
    return new UserError(message, { position: this.position(path, at), ...(hint === undefined ? {} : { hint }) });
  }
}

/** "clusters[0].roles.etcd_nodes", for messages. */
export function pathText(path: YamlPath): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
    "",
  );
}

function checkAliases(document: Document, file: string, lines: LineCounter): void {
  let aliases = 0;
  visit(document, {
    Alias: (_, alias) => {
      aliases += 1;
      const position = { file, ...linePosition(lines, alias.range?.[0] ?? 0) };
      if (alias.resolve(document) === undefined)
        throw new UserError(`not valid YAML: no anchor &${alias.source} stands before this alias`, { position });
      if (aliases > MAX_ALIASES)
        throw new UserError(`more than ${MAX_ALIASES} aliases`, { position, hint: "write the values out" });
    },
  });
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function linePosition(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  // Offset 0 of an empty text is before the first line.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : error.message;
  return code === "ENOENT" ? "no such file" : code === "EISDIR" ? "it is a folder" : code;
}
