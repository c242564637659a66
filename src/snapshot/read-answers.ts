// Reads one document of a folder: an AWS CLI answer, or an array of answers. Takes the envelope off, names what it leaves out.
// Decides nothing about scope or about two answers that name one thing: src/snapshot/settle-answers.ts does.

import type { CallOutcome } from "../model/index.ts";
import {
  ANSWER_KINDS,
  callOfFileName,
  ENTRIES,
  ENTRIES_CALL,
  ENVELOPE_KEYS,
  PAGE_TOKENS,
  RESERVATIONS,
  UNUSED_ANSWER_KEYS,
} from "./aws-answers.ts";
import { errorLine, outcomeOfErrorCode } from "./error-outcome.ts";
import type { FactType } from "./facts.ts";
import { idField, type Item, itemId } from "./item-identity.ts";
import type { PathScope } from "./path-scope.ts";

/** Where a document lies. */
export interface Origin {
  /** Path below the snapshot folder, "/" between its parts: what reports name. */
  readonly path: string;
  readonly fileName: string;
  /** Folder below the snapshot folder, "" for itself. */
  readonly folder: string;
  readonly scope: PathScope;
  readonly prefixListId: string | undefined;
}

/** One list of one answer. */
export interface ReadAnswer {
  readonly origin: Origin;
  readonly call: string;
  readonly type: FactType;
  readonly items: readonly { readonly id: string; readonly item: Item }[];
  /** Name of the leftover page token; undefined where the answer is whole. */
  readonly cutBy: string | undefined;
  /** True where the answer names a next page, found or not. */
  readonly hasMore: boolean;
  readonly subject: string | undefined;
}

/** An answer that says that the call went wrong. */
export interface ReadError {
  readonly origin: Origin;
  readonly call: string;
  readonly outcome: CallOutcome;
  readonly error: string;
  readonly subject: string | undefined;
}

export interface ReadDocument {
  readonly answers: readonly ReadAnswer[];
  readonly errors: readonly ReadError[];
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
  /** True where the document holds anything that AWS answers, used or not. */
  readonly recognised: boolean;
}

const AZURE_REASON = "Azure input is not read by this version";

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Azure Resource Manager: every resource has a `type` of a provider namespace or an id below a subscription. */
function isAzure(value: Record<string, unknown>): boolean {
  const { type, id } = value;
  return (
    (typeof type === "string" && /^microsoft\./i.test(type)) ||
    (typeof id === "string" && /^\/(?:subscriptions|providers)\//i.test(id)) ||
    Array.isArray(value["value"])
  );
}

function keysInWords(value: Record<string, unknown>): string {
  const keys = Object.keys(value);
  const shown = keys.slice(0, 3).map((key) => JSON.stringify(key.length > 40 ? `${key.slice(0, 37)}...` : key));
  return shown.join(", ") + (keys.length > shown.length ? ", ..." : "");
}

function leftoverToken(answer: Record<string, unknown>): string | undefined {
  return PAGE_TOKENS.find((name) => typeof answer[name] === "string" && answer[name] !== "");
}

/** DescribePrefixLists and DescribeManagedPrefixLists answer under one key; only the second names owner and state. */
function callOfPrefixLists(list: readonly unknown[]): string {
  const isManaged = list.some(
    (item) => isRecord(item) && ("OwnerId" in item || "State" in item || "PrefixListArn" in item),
  );
  return list.length > 0 && !isManaged ? "DescribePrefixLists" : "DescribeManagedPrefixLists";
}

function instancesOf(reservations: readonly unknown[]): unknown[] {
  return reservations.flatMap((reservation) => {
    if (!isRecord(reservation) || !Array.isArray(reservation["Instances"])) return [reservation];
    const owner = reservation["OwnerId"];
    return reservation["Instances"].map((instance: unknown) =>
      isRecord(instance) && typeof owner === "string" ? { ...instance, ReservationOwnerId: owner } : instance,
    );
  });
}

class DocumentReader {
  readonly answers: ReadAnswer[] = [];
  readonly errors: ReadError[] = [];
  recognised = false;
  readonly #origin: Origin;
  /** Reason -> what it is about, in order of appearance. */
  readonly #skipped = new Map<string, string[]>();

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  get skipped(): ReadDocument["skipped"] {
    return [...this.#skipped].map(([reason, [first = "", ...more]]) => ({
      subject: more.length === 0 ? first : `${first} and ${more.length} more`,
      reason,
    }));
  }

  skip(subject: string, reason: string): void {
    const subjects = this.#skipped.get(reason);
    if (subjects === undefined) this.#skipped.set(reason, [subject]);
    else subjects.push(subject);
  }

  /** @param place the document itself, or `document[3]` @param next the answer after it, where it may be its next page */
  readAnswer(answer: unknown, place: string, next: unknown): void {
    if (!isRecord(answer)) {
      this.skip(place, "not an answer: neither an object nor a list of objects");
      return;
    }
    let known = false;
    const unknownKeys: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(answer)) {
      if (key === "Error" && isRecord(value) && typeof value["Code"] === "string")
        this.#readError(value["Code"], value["Message"]);
      else if (key === RESERVATIONS || key === ENTRIES || ANSWER_KINDS.has(key))
        this.#readList(key, value, answer, place, next);
      else if (UNUSED_ANSWER_KEYS.has(key)) this.skip(`${place} (${key})`, "an answer of AWS that is not used");
      else {
        if (!ENVELOPE_KEYS.has(key)) unknownKeys[key] = value;
        continue;
      }
      known = true;
    }
    if (known) {
      this.recognised = true;
      if (Object.keys(unknownKeys).length > 0)
        this.skip(place, `unknown part of an answer: ${keysInWords(unknownKeys)}`);
    } else if (isAzure(answer)) this.skip(place, AZURE_REASON);
    else this.skip(place, this.#whyUnknown(answer));
  }

  #whyUnknown(value: Record<string, unknown>): string {
    const keys = keysInWords(value);
    if (keys === "") return "an empty answer names nothing";
    const isItem = Object.keys(value).some((key) => /(?:Id|Arn)$/.test(key));
    return isItem
      ? `an item without its list (${keys}): give the whole answer, without --query`
      : `no answer that this version knows (${keys})`;
  }

  #readError(code: string, message: unknown): void {
    const outcome = outcomeOfErrorCode(code);
    const line = errorLine(code, typeof message === "string" ? message : "");
    const named = callOfFileName(this.#origin.fileName);
    // Only entries are asked list by list: an error beside a list's id is theirs, whatever the file is called.
    const call = named === "unknown" && this.#origin.prefixListId !== undefined ? "GetManagedPrefixListEntries" : named;
    this.errors.push({
      origin: this.#origin,
      call,
      outcome,
      error: `${line} (${this.#origin.path})`,
      subject: this.#origin.prefixListId,
    });
  }

  #readList(key: string, value: unknown, answer: Record<string, unknown>, place: string, next: unknown): void {
    // AWS: the Block Public Access options are one object, every other answer is a list.
    const isSingle = key === "VpcBlockPublicAccessOptions" && isRecord(value);
    const list = Array.isArray(value) ? value : isSingle ? [value] : undefined;
    if (list === undefined) {
      this.skip(`${place} (${key})`, "its value is not a list");
      return;
    }
    const token = leftoverToken(answer);
    const cutBy = token !== undefined && isRecord(next) && key in next ? undefined : token;
    if (key === ENTRIES) {
      this.#readEntries(list, place, cutBy, token !== undefined);
      return;
    }
    const kind = key === RESERVATIONS ? ANSWER_KINDS.get("Instances") : ANSWER_KINDS.get(key);
    if (kind === undefined) throw new Error(`no kind of answer for ${key}`);
    const items: { id: string; item: Item }[] = [];
    for (const [index, item] of (key === RESERVATIONS ? instancesOf(list) : list).entries()) {
      const id = isRecord(item) ? itemId(kind.type, item) : undefined;
      if (isRecord(item) && id !== undefined) items.push({ id, item });
      else this.skip(`${place} (${key}[${index}])`, `an item without ${idField(kind.type)}`);
    }
    const call = key === "PrefixLists" ? callOfPrefixLists(list) : kind.call;
    this.answers.push({
      origin: this.#origin,
      call,
      type: kind.type,
      items,
      cutBy,
      hasMore: token !== undefined,
      subject: undefined,
    });
  }

  #readEntries(entries: readonly unknown[], place: string, cutBy: string | undefined, hasMore: boolean): void {
    const { prefixListId } = this.#origin;
    if (prefixListId === undefined) {
      this.skip(
        place,
        "entries of a prefix list without its \"pl-\" id in the file's or a folder's name: that list is unknown",
      );
      return;
    }
    const item: Item = { PrefixListId: prefixListId, Entries: entries };
    this.answers.push({
      origin: this.#origin,
      call: ENTRIES_CALL,
      type: "PrefixListEntries",
      items: [{ id: prefixListId, item }],
      cutBy,
      hasMore,
      subject: prefixListId,
    });
  }
}

/**
 * Everything a document says.
 * @param document the parsed value of one file: an answer, or an array of answers (whose consecutive pages belong together)
 */
export function readAnswers(document: unknown, origin: Origin): ReadDocument {
  const reader = new DocumentReader(origin);
  if (Array.isArray(document)) {
    if (document.length === 0) reader.skip(origin.path, "an empty list names nothing");
    for (const [index, answer] of document.entries())
      reader.readAnswer(answer, `${origin.path}[${index}]`, document[index + 1]);
  } else reader.readAnswer(document, origin.path, undefined);
  return { answers: reader.answers, errors: reader.errors, skipped: reader.skipped, recognised: reader.recognised };
}
