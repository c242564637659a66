// A consumer that writes down what it is told, for tests of everything that tells facts.
// Keeps the order of telling; compares nothing itself.

import { type CallRecord, type Scope, scopeId, type Warning } from "../../src/model/index.ts";
import type { FactConsumer, FactType, SnapshotHeader } from "../../src/snapshot/facts.ts";

export interface RecordedItem {
  /** Text form. */
  readonly scope: string;
  readonly type: FactType;
  readonly item: Readonly<Record<string, unknown>>;
}

export class RecordingConsumer implements FactConsumer {
  header: SnapshotHeader | undefined;
  readonly items: RecordedItem[] = [];
  readonly calls: CallRecord[] = [];
  readonly skips: { readonly subject: string; readonly reason: string }[] = [];
  readonly warnings: Warning[] = [];
  ends = 0;

  start(header: SnapshotHeader): void {
    this.header = header;
  }

  item(scope: Scope, type: FactType, item: unknown): void {
    this.items.push({ scope: scopeId(scope), type, item: item as RecordedItem["item"] });
  }

  call(record: CallRecord): void {
    this.calls.push(record);
  }

  skipped(subject: string, reason: string): void {
    this.skips.push({ subject, reason });
  }

  warning(warning: Warning): void {
    this.warnings.push(warning);
  }

  end(): void {
    this.ends += 1;
  }

  /** Items of one type, without scope. */
  of(type: FactType): readonly RecordedItem["item"][] {
    return this.items.filter((told) => told.type === type).map(({ item }) => item);
  }

  /** `scope call[ subject]: outcome items`, a line a call. */
  get callLines(): readonly string[] {
    return this.calls.map(
      ({ scope, call, subject, outcome, items }) =>
        `${scopeId(scope)} ${call}${subject === undefined ? "" : ` ${subject}`}: ${outcome} ${items}`,
    );
  }

  /** Records of calls that did not end well. */
  get troubles(): readonly CallRecord[] {
    return this.calls.filter(({ outcome }) => outcome !== "complete" && outcome !== "listed");
  }
}
