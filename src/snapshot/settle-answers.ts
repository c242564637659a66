// Makes one set of facts of all answers of a folder: gives every item its scope, and every thing one item.
// Deterministic: depends on the paths and contents only. Answers come in code-unit order of their paths.

import { isDeepStrictEqual } from "node:util";
import {
  type CallOutcome,
  type CallRecord,
  compareCodeUnits,
  type Scope,
  scopeId,
  type Warning,
} from "../model/index.ts";
import type { FactType } from "./facts.ts";
import { isNamedWithinScope, type Item, scopeOfItem } from "./item-identity.ts";
import type { Origin, ReadAnswer, ReadError } from "./read-answers.ts";

const UNKNOWN = "unknown";

interface SettledItem {
  readonly scope: Scope;
  readonly type: FactType;
  readonly item: Item;
}

export interface SettledFacts {
  readonly items: readonly SettledItem[];
  readonly calls: readonly CallRecord[];
  readonly warnings: readonly Warning[];
}

interface DraftScope {
  account: string | undefined;
  region: string | undefined;
  readonly origin: Origin;
}

interface DraftItem {
  readonly id: string;
  readonly type: FactType;
  readonly call: string;
  readonly scope: DraftScope;
  readonly hasMore: boolean;
  item: Item;
  isReplaced: boolean;
}

function only(values: ReadonlySet<string>): string | undefined {
  return values.size === 1 ? [...values][0] : undefined;
}

/** Where all that name an account (or region) name the same one, the rest is taken to be of it too. */
function fillFromEachOther(group: readonly DraftScope[]): void {
  const accounts = new Set<string>();
  const regions = new Set<string>();
  for (const { account, region } of group) {
    if (account !== undefined) accounts.add(account);
    if (region !== undefined) regions.add(region);
  }
  const account = only(accounts);
  const region = only(regions);
  for (const scope of group) {
    scope.account ??= account;
    scope.region ??= region;
  }
}

/** Gives every draft a scope: what the item says, then the path, then its neighbours, then an account's name on the path. */
function settleScopes(drafts: readonly DraftScope[]): void {
  const byFolder = new Map<string, DraftScope[]>();
  for (const draft of drafts) {
    const group = byFolder.get(draft.origin.folder);
    if (group === undefined) byFolder.set(draft.origin.folder, [draft]);
    else group.push(draft);
  }
  for (const group of byFolder.values()) fillFromEachOther(group);
  for (const draft of drafts) draft.account ??= draft.origin.scope.alias;
  fillFromEachOther(drafts);
}

/** Scopes by their text: a million items share a handful of objects. */
class Scopes {
  readonly #byText = new Map<string, Scope>();

  of(draft: DraftScope): Scope {
    const scope: Scope = { provider: "aws", account: draft.account ?? UNKNOWN, region: draft.region ?? UNKNOWN };
    const known = this.#byText.get(scopeId(scope));
    if (known !== undefined) return known;
    this.#byText.set(scopeId(scope), scope);
    return scope;
  }
}

/** Short ids of old resources and lists that AWS keeps repeat over accounts and regions; unknown contradicts nothing. */
function canBeSame(type: FactType, a: DraftScope, b: DraftScope): boolean {
  const agree = (x: string | undefined, y: string | undefined): boolean =>
    x === y || (!isNamedWithinScope(type) && (x === undefined || y === undefined));
  return agree(a.account, b.account) && agree(a.region, b.region);
}

/**
 * Two answers that lend each other fields are one item: a list told by DescribeManagedPrefixLists (owner, state) and by
 * DescribePrefixLists (addresses); a target group and its attributes; pages of one prefix list's entries.
 */
function joined(earlier: DraftItem, later: DraftItem): Item | undefined {
  const a = earlier.item;
  const b = later.item;
  switch (earlier.type) {
    case "PrefixListEntries":
      return earlier.hasMore
        ? { ...b, Entries: [...(a["Entries"] as unknown[]), ...(b["Entries"] as unknown[])] }
        : undefined;
    case "PrefixLists":
      return "Cidrs" in a !== "Cidrs" in b || "State" in a !== "State" in b ? { ...a, ...b } : undefined;
    case "TargetGroups":
      return "Attributes" in a !== "Attributes" in b ? { ...a, ...b } : undefined;
    default:
      return undefined;
  }
}

/** One item a thing: equal is one; of different ones the last path wins, and the coverage says so. */
function settleItems(drafts: readonly DraftItem[], warnings: Warning[]): DraftItem[] {
  const settled: DraftItem[] = [];
  const byThing = new Map<string, DraftItem[]>();
  for (const draft of drafts) {
    const thing = `${draft.type} ${draft.id}`;
    const seen = byThing.get(thing);
    const earlier = seen?.find((other) => !other.isReplaced && canBeSame(draft.type, other.scope, draft.scope));
    if (earlier !== undefined) {
      earlier.scope.account ??= draft.scope.account;
      earlier.scope.region ??= draft.scope.region;
      if (isDeepStrictEqual(earlier.item, draft.item)) continue;
      const join = joined(earlier, draft);
      if (join !== undefined) {
        earlier.item = join;
        continue;
      }
      earlier.isReplaced = true;
      draft.scope.account ??= earlier.scope.account;
      draft.scope.region ??= earlier.scope.region;
      warnings.push({
        subject: draft.id === "" ? draft.type : draft.id,
        message: `stands twice and differently: ${draft.scope.origin.path} is used, not ${earlier.scope.origin.path}`,
      });
    }
    settled.push(draft);
    if (seen === undefined) byThing.set(thing, [draft]);
    else seen.push(draft);
  }
  return settled.filter((draft) => !draft.isReplaced);
}

function compareCalls(a: CallRecord, b: CallRecord): number {
  return (
    compareCodeUnits(scopeId(a.scope), scopeId(b.scope)) ||
    compareCodeUnits(a.call, b.call) ||
    compareCodeUnits(a.subject ?? "", b.subject ?? "") ||
    compareCodeUnits(a.error ?? "", b.error ?? "")
  );
}

/** Sums the records of one outcome over the answers that share scope, call and subject. */
class CallTally {
  readonly #records = new Map<string, CallRecord>();

  add(scope: Scope, call: string, items: number, subject: string | undefined): void {
    const key = `${scopeId(scope)} ${call} ${subject ?? ""}`;
    const before = this.#records.get(key)?.items ?? 0;
    const outcome: CallOutcome = "listed";
    this.#records.set(key, { scope, call, outcome, items: before + items, ...(subject !== undefined && { subject }) });
  }

  records(): CallRecord[] {
    return [...this.#records.values()];
  }
}

/**
 * The facts of all answers together.
 * @param answers in code-unit order of their paths
 * @param errors answers that tell of calls gone wrong
 */
export function settleAnswers(answers: readonly ReadAnswer[], errors: readonly ReadError[]): SettledFacts {
  const scopes = new Scopes();
  const warnings: Warning[] = [];
  const drafts: DraftItem[] = [];
  const answerScopes: {
    readonly answer: ReadAnswer;
    readonly scope: DraftScope;
    readonly first: DraftItem | undefined;
  }[] = [];
  const fromPath = (origin: Origin): DraftScope => ({
    account: origin.scope.account,
    region: origin.scope.region,
    origin,
  });
  for (const answer of answers) {
    const start = drafts.length;
    for (const { id, item } of answer.items) {
      const own = scopeOfItem(answer.type, item);
      const path = answer.origin.scope;
      const scope = { account: own.account ?? path.account, region: own.region ?? path.region, origin: answer.origin };
      drafts.push({
        id,
        type: answer.type,
        call: answer.call,
        scope,
        hasMore: answer.hasMore,
        item,
        isReplaced: false,
      });
    }
    answerScopes.push({ answer, scope: fromPath(answer.origin), first: drafts[start] });
  }
  const errorScopes = errors.map((error) => ({ error, scope: fromPath(error.origin) }));
  settleScopes([
    ...drafts.map((draft) => draft.scope),
    ...answerScopes.map(({ scope }) => scope),
    ...errorScopes.map(({ scope }) => scope),
  ]);
  const settled = settleItems(drafts, warnings);

  const tally = new CallTally();
  for (const draft of settled)
    tally.add(scopes.of(draft.scope), draft.call, 1, draft.type === "PrefixListEntries" ? draft.id : undefined);
  const calls: CallRecord[] = [];
  for (const { answer, scope, first } of answerScopes) {
    // An answer of no items still tells that the call was made.
    if (answer.items.length === 0) tally.add(scopes.of(scope), answer.call, 0, answer.subject);
    if (answer.cutBy === undefined) continue;
    calls.push({
      scope: scopes.of(first?.scope ?? scope),
      call: answer.call,
      outcome: "cut",
      items: answer.items.length,
      ...(answer.subject !== undefined && { subject: answer.subject }),
      error: `the answer ends with a ${answer.cutBy}: the pages after it are missing (${answer.origin.path})`,
    });
  }
  for (const { error, scope } of errorScopes) {
    calls.push({
      scope: scopes.of(scope),
      call: error.call,
      outcome: error.outcome,
      items: 0,
      ...(error.subject !== undefined && { subject: error.subject }),
      error: error.error,
    });
  }
  return {
    items: settled.map((draft) => ({ scope: scopes.of(draft.scope), type: draft.type, item: draft.item })),
    calls: [...tally.records(), ...calls].toSorted(compareCalls),
    warnings,
  };
}
