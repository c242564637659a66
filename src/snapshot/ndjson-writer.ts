// Writes Portolan's own snapshot file. Facts may come in any order, from many calls at once; the file has one order.
// They are spooled beside the target in a nameless file, sorted by an index, packed, and renamed into place when whole:
// a program killed at any moment leaves the old file or none. Memory holds the index, never the items.

import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  createWriteStream,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import { type CallRecord, compareCodeUnits, type Scope, scopeId, UserError, type Warning } from "../model/index.ts";
import type { FactConsumer, FactType, SnapshotHeader } from "./facts.ts";
import { type Item, itemId } from "./item-identity.ts";
import {
  type CallLine,
  type EndLine,
  type HeaderLine,
  type ItemLine,
  SCHEMA,
  type SkippedLine,
  type WarningLine,
} from "./ndjson-format.ts";

const PIECE_BYTES = 1 << 20;

interface Spooled {
  readonly scope: string;
  readonly type: FactType;
  readonly id: string;
  readonly offset: number;
  readonly length: number;
}

function compareSpooled(a: Spooled, b: Spooled): number {
  return (
    compareCodeUnits(a.scope, b.scope) ||
    compareCodeUnits(a.type, b.type) ||
    compareCodeUnits(a.id, b.id) ||
    a.offset - b.offset
  );
}

function writeError(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  const words: Readonly<Record<string, string>> = {
    EACCES: "no permission to write there",
    EPERM: "no permission to write there",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is not a folder",
    EEXIST: "a part of the path is not a folder",
    EISDIR: "it is a folder",
    ENOSPC: "no space left on the device",
  };
  const problem = typeof code === "string" ? words[code] : undefined;
  return problem === undefined ? error : new UserError(problem, { position: { file: path }, cause: error });
}

/** Bytes in the order of writing, readable at random. The file has no name, so nothing is left of it whatever happens. */
class Spool {
  readonly #fd: number;
  readonly #path: string;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #length = 0;

  constructor(folder: string) {
    this.#path = join(folder, `.portolan-${randomBytes(6).toString("hex")}.spool`);
    this.#fd = openSync(this.#path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    // Where an open file cannot be unlinked (Windows), close() removes it.
    try {
      unlinkSync(this.#path);
    } catch {}
  }

  append(text: string): { offset: number; length: number } {
    const bytes = Buffer.from(text, "utf8");
    const place = { offset: this.#length, length: bytes.length };
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#length += bytes.length;
    if (this.#pendingBytes >= PIECE_BYTES) this.#flush();
    return place;
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#pending, this.#pendingBytes);
    for (let written = 0; written < bytes.length;) written += writeSync(this.#fd, bytes, written);
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** The bytes of the places, in the given order, in pieces. */
  *read(places: Iterable<{ readonly offset: number; readonly length: number }>): Generator<Buffer> {
    this.#flush();
    let piece = Buffer.allocUnsafe(PIECE_BYTES);
    let filled = 0;
    for (const { offset, length } of places) {
      if (filled > 0 && filled + length > piece.length) {
        yield piece.subarray(0, filled);
        piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, length));
        filled = 0;
      } else if (length > piece.length) piece = Buffer.allocUnsafe(length);
      for (let got = 0; got < length;) {
        const count = readSync(this.#fd, piece, filled + got, length - got, offset + got);
        if (count === 0) throw new Error("the spool of the snapshot is shorter than its index");
        got += count;
      }
      filled += length;
    }
    if (filled > 0) yield piece.subarray(0, filled);
  }

  close(): void {
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
  }
}

export interface SnapshotWriterOptions {
  /** Version of this program, for the header. */
  readonly toolVersion: string;
}

/**
 * A consumer that writes what it is given to a snapshot file: `.gz` and `.zst` are packed, anything else is plain.
 * The file appears, mode 0600, when `close()` resolves; `discard()` leaves nothing.
 */
export class SnapshotWriter implements FactConsumer {
  readonly #target: string | Writable;
  readonly #options: SnapshotWriterOptions;
  readonly #spool: Spool;
  readonly #index: Spooled[] = [];
  readonly #scopes = new Map<Scope, string>();
  readonly #calls: CallLine[] = [];
  readonly #skipped: SkippedLine[] = [];
  readonly #warnings: WarningLine[] = [];
  #header: SnapshotHeader | undefined;
  #ended = false;

  /**
   * @param target path of the file (its folder is made where it is missing), or a stream for plain text
   * @throws UserError where nothing can be written there: better before a collection than after
   */
  constructor(target: string | Writable, options: SnapshotWriterOptions) {
    this.#target = target;
    this.#options = options;
    try {
      const folder = typeof target === "string" ? dirname(target) : tmpdir();
      if (typeof target === "string") mkdirSync(folder, { recursive: true });
      this.#spool = new Spool(folder);
    } catch (error) {
      throw typeof target === "string" ? writeError(target, error) : error;
    }
  }

  start(header: SnapshotHeader): void {
    this.#header = header;
  }

  item(scope: Scope, type: FactType, item: unknown): void {
    const text = this.#scopeText(scope);
    const line: ItemLine = { scope: text, type, item };
    const place = this.#spool.append(`${JSON.stringify(line)}\n`);
    this.#index.push({
      scope: text,
      type,
      id: itemId(type, item as Item) ?? "",
      offset: place.offset,
      length: place.length,
    });
  }

  call(record: CallRecord): void {
    const { scope, call, outcome, items, subject, error } = record;
    this.#calls.push({
      call,
      scope: this.#scopeText(scope),
      outcome,
      items,
      ...(subject !== undefined && { subject }),
      ...(error !== undefined && { error }),
    });
  }

  skipped(subject: string, reason: string): void {
    this.#skipped.push({ skipped: subject, reason });
  }

  warning(warning: Warning): void {
    this.#warnings.push({ warning: warning.message, subject: warning.subject });
  }

  end(): void {
    this.#ended = true;
  }

  /**
   * Writes the file and puts it in its place.
   * @throws Error where the facts never ended: half a collection is no snapshot
   */
  async close(): Promise<void> {
    if (!this.#ended) throw new Error("the snapshot was closed before its facts ended");
    try {
      if (typeof this.#target === "string") await this.#writeFile(this.#target);
      else await pipeline(Readable.from(this.#pieces()), this.#target, { end: false });
    } finally {
      this.#spool.close();
    }
  }

  /** Gives up: leaves nothing behind. */
  discard(): void {
    this.#spool.close();
  }

  async #writeFile(path: string): Promise<void> {
    const part = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.part`);
    const packers = path.endsWith(".gz") ? [createGzip()] : path.endsWith(".zst") ? [createZstdCompress()] : [];
    try {
      const output = createWriteStream(part, { flags: "wx", mode: 0o600, flush: true });
      await pipeline([Readable.from(this.#pieces()), ...packers, output]);
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw writeError(path, error);
    }
  }

  *#pieces(): Generator<Buffer> {
    const scopes = [...new Set(this.#scopes.values())].toSorted(compareCodeUnits);
    const header: HeaderLine = {
      portolan: "snapshot",
      schema: SCHEMA,
      created: this.#header?.created ?? null,
      tool: this.#options.toolVersion,
      origin: this.#header?.origin ?? "collected",
      source: this.#header?.source ?? "",
      scopes,
    };
    yield Buffer.from(`${JSON.stringify(header)}\n`);
    yield* this.#spool.read(this.#index.sort(compareSpooled));
    const ordered = (lines: readonly object[]): string[] =>
      lines.map((line) => JSON.stringify(line)).toSorted(compareCodeUnits);
    const end: EndLine = {
      end: {
        items: this.#index.length,
        calls: this.#calls.length,
        skipped: this.#skipped.length,
        warnings: this.#warnings.length,
      },
    };
    const rest = [...ordered(this.#calls), ...ordered(this.#skipped), ...ordered(this.#warnings), JSON.stringify(end)];
    yield Buffer.from(rest.map((line) => `${line}\n`).join(""));
  }

  #scopeText(scope: Scope): string {
    let text = this.#scopes.get(scope);
    if (text === undefined) {
      text = scopeId(scope);
      this.#scopes.set(scope, text);
    }
    return text;
  }
}
