// Reads Portolan's own snapshot file, line by line. A file is whole or refused: its end line counts what stands before it.
// Never holds more than one piece of the file and one line; costs little more than parsing the lines.

import { type CallRecord, type ProviderName, type Scope, UserError } from "../model/index.ts";
import { FACT_TYPES, type FactConsumer, type FactType } from "./facts.ts";
import { isPackingError, unpackedBytes } from "./file-bytes.ts";
import { LONGEST_TEXT, parseJson } from "./json-text.ts";
import { CALL_OUTCOMES, type CallLine, type Counts, type HeaderLine, noCounts, SCHEMA } from "./ndjson-format.ts";

const NEWLINE = 0x0a;
const TYPES: ReadonlySet<string> = new Set(FACT_TYPES);
const AGAIN = 'collect again with "audit collect"';

function isFactType(text: unknown): text is FactType {
  return typeof text === "string" && TYPES.has(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True where the file's first bytes, unpacked, are those of a snapshot header. */
export async function isPortolanSnapshot(path: string): Promise<boolean> {
  try {
    for await (const chunk of unpackedBytes(path)) {
      return /^\uFEFF?\s*\{\s*"portolan"/.test(chunk.toString("utf8", 0, 200));
    }
    return false;
  } catch (error) {
    // A damaged file is told of by whoever reads it.
    if (isPackingError(error)) return false;
    throw error;
  }
}

class SnapshotReader {
  readonly #file: string;
  readonly #consumer: FactConsumer;
  readonly #scopes = new Map<string, Scope>();
  readonly #counts: Counts = noCounts();
  #line = 0;
  #started = false;
  #ended = false;

  constructor(file: string, consumer: FactConsumer) {
    this.#file = file;
    this.#consumer = consumer;
  }

  #error(message: string, hint?: string, line = this.#line): UserError {
    return new UserError(message, {
      position: { file: this.#file, line, column: 1 },
      ...(hint !== undefined && { hint }),
    });
  }

  /** @param text whole lines, without the newline after the last one */
  lines(text: string): void {
    let start = 0;
    for (;;) {
      const newline = text.indexOf("\n", start);
      const line = newline < 0 ? (start === 0 ? text : text.slice(start)) : text.slice(start, newline);
      this.#line += 1;
      this.#read(this.#line === 1 ? line.replace(/^\uFEFF/, "") : line);
      if (newline < 0) return;
      start = newline + 1;
    }
  }

  /** Text after the last newline: a file that was cut within a line, or one whose last newline somebody took off. */
  lastLine(text: string): void {
    if (text === "") return;
    this.#line += 1;
    try {
      JSON.parse(text);
    } catch {
      throw this.#error("the snapshot is cut within this line", AGAIN);
    }
    this.#read(text);
  }

  /** To be called after the last line. */
  finish(): void {
    if (!this.#started) throw this.#error("the snapshot is empty", AGAIN, 1);
    if (!this.#ended) throw this.#error("the snapshot is cut: its end line is missing", AGAIN, this.#line + 1);
    this.#consumer.end();
  }

  cut(): UserError {
    return this.#error("the packed snapshot is cut or damaged after this line", AGAIN, Math.max(this.#line, 1));
  }

  tooLong(): UserError {
    return this.#error("a line over 512 MiB cannot be read", undefined, this.#line + 1);
  }

  #read(line: string): void {
    let record: unknown;
    try {
      record = JSON.parse(line);
    } catch {
      if (line.trim() === "") return;
      parseJson(line, this.#file, this.#line);
    }
    if (this.#ended) throw this.#error("a line after the end line: two snapshots in one file?", "give one of them");
    if (!isRecord(record)) throw this.#error("not a line of a snapshot: it holds no object");
    if (!this.#started) this.#readHeader(record);
    else if ("item" in record) this.#readItem(record);
    else if ("call" in record) this.#readCall(record);
    else if ("skipped" in record) {
      this.#counts.skipped += 1;
      this.#consumer.skipped(String(record["skipped"]), String(record["reason"]));
    } else if ("warning" in record) {
      this.#counts.warnings += 1;
      this.#consumer.warning({ subject: String(record["subject"]), message: String(record["warning"]) });
    } else if ("end" in record) this.#readEnd(record["end"]);
    else throw this.#error("not a line of a snapshot: neither an item nor a call");
  }

  #readHeader(record: Record<string, unknown>): void {
    const header = record as Partial<HeaderLine>;
    if (header.portolan !== "snapshot" || typeof header.schema !== "number") {
      throw this.#error(
        "not a Portolan snapshot: its first line is no header",
        'answers of the AWS CLI belong into files named ".json"',
      );
    }
    if (header.schema > SCHEMA) {
      throw this.#error(
        `a newer Portolan wrote this snapshot (schema ${header.schema}; this one reads up to ${SCHEMA})`,
        "update portolan",
      );
    }
    this.#started = true;
    this.#consumer.start({
      ...(typeof header.created === "string" && { created: header.created }),
      source: this.#file,
      origin: header.origin === "folder" ? "folder" : "collected",
    });
  }

  #readItem(record: Record<string, unknown>): void {
    const { type, item } = record;
    if (!isFactType(type)) throw this.#error(`unknown type of item: ${JSON.stringify(type)}`, "update portolan");
    if (!isRecord(item)) throw this.#error("the item of this line is no object");
    this.#counts.items += 1;
    this.#consumer.item(this.#scope(record["scope"]), type, item);
  }

  #readCall(record: Record<string, unknown>): void {
    const { call, outcome, items, subject, error } = record as Partial<CallLine>;
    if (
      typeof call !== "string" ||
      typeof outcome !== "string" ||
      !CALL_OUTCOMES.has(outcome) ||
      typeof items !== "number"
    ) {
      throw this.#error("a call line without its call, outcome or number of items");
    }
    this.#counts.calls += 1;
    const result: CallRecord = {
      scope: this.#scope(record["scope"]),
      call,
      outcome,
      items,
      ...(typeof subject === "string" && { subject }),
      ...(typeof error === "string" && { error }),
    };
    this.#consumer.call(result);
  }

  #readEnd(stated: unknown): void {
    for (const [name, counted] of Object.entries(this.#counts)) {
      const count = isRecord(stated) ? stated[name] : undefined;
      if (count !== counted) {
        throw this.#error(
          `the snapshot is cut: its end line counts ${String(count)} ${name}, the file holds ${counted}`,
          AGAIN,
        );
      }
    }
    this.#ended = true;
  }

  #scope(text: unknown): Scope {
    // The texts repeat on every line; one object a scope is enough.
    const known = typeof text === "string" ? this.#scopes.get(text) : undefined;
    if (known !== undefined) return known;
    const [provider, account, region, ...more] = typeof text === "string" ? text.split("/") : [];
    const isProvider = (name: string | undefined): name is ProviderName => name === "aws" || name === "azure";
    if (!isProvider(provider) || !account || !region || more.length > 0) {
      throw this.#error(`not a scope: ${JSON.stringify(text)}`, "a scope reads aws/ACCOUNT/REGION");
    }
    const scope: Scope = { provider, account, region };
    this.#scopes.set(String(text), scope);
    return scope;
  }
}

/**
 * Reads a snapshot file into a consumer, in file order.
 * @param path plain, gzip or zstd; the content decides, not the ending
 * @throws UserError with file and line for a file that is cut, malformed, of a newer version or no snapshot at all
 */
export async function readSnapshotFile(path: string, consumer: FactConsumer): Promise<void> {
  const reader = new SnapshotReader(path, consumer);
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  try {
    for await (const chunk of unpackedBytes(path)) {
      const lastNewline = chunk.lastIndexOf(NEWLINE);
      if (lastNewline < 0) {
        carriedBytes += chunk.length;
        if (carriedBytes > LONGEST_TEXT) throw reader.tooLong();
        carried.push(chunk);
        continue;
      }
      const whole = chunk.subarray(0, lastNewline);
      reader.lines((carried.length === 0 ? whole : Buffer.concat([...carried, whole])).toString("utf8"));
      carried = lastNewline + 1 === chunk.length ? [] : [chunk.subarray(lastNewline + 1)];
      carriedBytes = carried[0]?.length ?? 0;
    }
  } catch (error) {
    throw isPackingError(error) ? reader.cut() : error;
  }
  reader.lastLine(Buffer.concat(carried).toString("utf8"));
  reader.finish();
}
