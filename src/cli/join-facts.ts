// Several sources of facts told to one consumer as one snapshot: one start, one end, and each scope from one source only, so
// that two names for one account do not double it. Remembers which account ids each name led to: the configuration speaks of
// names, the facts of ids.

import { scopeId, type CallRecord, type Scope, type Warning } from "../model/index.ts";
import type { FactConsumer, FactType, SnapshotHeader } from "../snapshot/facts.ts";

export class FactJoin {
  readonly #consumer: FactConsumer;
  readonly #name: string;
  readonly #ownerOfScope = new Map<string, string>();
  readonly #namesOfAccount = new Map<string, Set<string>>();
  readonly #warned = new Set<string>();
  #started = false;
  #created: string | undefined;

  /** @param name what the whole is called, for people */
  constructor(consumer: FactConsumer, name: string) {
    this.#consumer = consumer;
    this.#name = name;
  }

  /** Names under which each account id was read. */
  get namesOfAccount(): ReadonlyMap<string, readonly string[]> {
    return new Map([...this.#namesOfAccount].map(([account, names]) => [account, [...names]]));
  }

  /** The consumer of one source; `names` are what the configuration calls it. */
  source(key: string, names: readonly string[]): FactConsumer {
    return {
      start: (header: SnapshotHeader) => this.#start(header),
      item: (scope: Scope, type: FactType, item: unknown) => {
        if (this.#takes(key, names, scope)) this.#consumer.item(scope, type, item);
      },
      call: (record: CallRecord) => {
        if (this.#takes(key, names, record.scope)) this.#consumer.call(record);
      },
      skipped: (subject: string, reason: string) => this.#consumer.skipped(subject, reason),
      warning: (warning: Warning) => this.#consumer.warning(warning),
      end: () => undefined,
    };
  }

  /** Every source has been read. */
  end(): void {
    this.#consumer.end();
  }

  #start(header: SnapshotHeader): void {
    // Told again only to make the whole as old as its oldest part.
    const { created } = header;
    const isOlder = created !== undefined && (this.#created === undefined || created < this.#created);
    if (this.#started && !isOlder) return;
    this.#started = true;
    if (isOlder) this.#created = created;
    this.#consumer.start({ ...header, source: this.#name });
  }

  #takes(key: string, names: readonly string[], scope: Scope): boolean {
    const known = this.#namesOfAccount.get(scope.account) ?? new Set();
    for (const name of names) known.add(name);
    this.#namesOfAccount.set(scope.account, known);
    // Without an account id nothing says that two sources are one.
    if (scope.account === "unknown") return true;
    const id = scopeId(scope);
    const owner = this.#ownerOfScope.get(id) ?? key;
    this.#ownerOfScope.set(id, owner);
    if (owner === key) return true;
    if (!this.#warned.has(id)) {
      this.#warned.add(id);
      this.#consumer.warning({ subject: id, message: `read twice: what ${owner} gave counts, ${key} leads there too` });
    }
    return false;
  }
}
