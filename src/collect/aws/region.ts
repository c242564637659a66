// Everything one region of one account is asked: the lists that stand alone side by side, then what follows from their items.
// Facts stream to the consumer as they come; every call leaves a record of what became of it.

import type { CallRecord, Scope } from "../../model/index.ts";
import type { FactConsumer } from "../../snapshot/facts.ts";
import type { Item } from "../../snapshot/item-identity.ts";
import {
  CALLS,
  type CallName,
  type ListCall,
  PREFIX_LIST_ENTRIES,
  REGION_LISTS,
  STALE_GROUPS,
  TARGET_GROUP_ATTRIBUTES,
} from "./calls.ts";
import { ask, askList, type ListResult, type RegionContext } from "./list.ts";
import { ForeignReferences } from "./foreign-references.ts";
import type { Failure } from "./failure.ts";
import { RequestFailedError } from "./request.ts";

export interface Progress {
  readonly scope: Scope;
  readonly call: string;
  /** Items so far. */
  readonly items: number;
  readonly done: boolean;
}

export interface RegionSink {
  readonly consumer: Pick<FactConsumer, "item">;
  readonly onProgress: (progress: Progress) => void;
  /** The line of the coverage for a failure, with what to do about it. */
  readonly words: (failure: Failure) => string;
}

/** AWS: only targets of TCP, TLS, UDP and QUIC listeners can see the client's address; for others it is the balancer's. */
const KEEPS_CLIENT_ADDRESSES: ReadonlySet<unknown> = new Set(["TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"]);

/** An endpoint without these is no EC2: a bare HTTP 500 for them is a failure. */
const ALWAYS_OFFERED: ReadonlySet<CallName> = new Set([
  "DescribeSecurityGroups",
  "DescribeNetworkInterfaces",
  "DescribeVpcs",
  "DescribeSubnets",
]);

interface Asked {
  readonly call: CallName;
  readonly result: ListResult;
  readonly subject?: string;
}

class RegionCollection {
  readonly #context: RegionContext;
  readonly #scope: Scope;
  readonly #sink: RegionSink;
  readonly #asked: Asked[] = [];

  constructor(context: RegionContext, scope: Scope, sink: RegionSink) {
    this.#context = context;
    this.#scope = scope;
    this.#sink = sink;
  }

  async run(): Promise<CallRecord[]> {
    const references = new ForeignReferences();
    const prefixLists: Item[] = [];
    const targetGroups: Item[] = [];
    const after: Partial<Record<CallName, () => Promise<unknown>>> = {
      DescribeSecurityGroups: () => this.#askStaleGroups(references.networks()),
      DescribeManagedPrefixLists: () => Promise.all(prefixLists.map((list) => this.#askEntries(list))),
      DescribeTargetGroups: () => Promise.all(targetGroups.map((group) => this.#askTargetGroup(group))),
    };
    await Promise.all(
      REGION_LISTS.map(async (list) => {
        await this.#askList(list, {}, undefined, (items) => {
          if (list.call === "DescribeTargetGroups") targetGroups.push(...items);
          else this.#tell(list, items);
          if (list.call === "DescribeManagedPrefixLists") prefixLists.push(...items);
          if (list.call === "DescribeSecurityGroups") references.add(items);
        });
        await after[list.call]?.();
      }),
    );
    return this.#records();
  }

  #tell(list: ListCall, items: readonly Item[]): void {
    for (const item of items) this.#sink.consumer.item(this.#scope, list.type, item);
  }

  async #askList(
    list: ListCall,
    input: object,
    subject: string | undefined,
    onPage: (items: readonly Item[]) => void,
  ): Promise<ListResult> {
    let items = 0;
    const progress = (done: boolean): void =>
      this.#sink.onProgress({ scope: this.#scope, call: list.call, items, done });
    const result = await askList(this.#context, list, input, (page) => {
      items += page.length;
      onPage(page);
      progress(false);
    });
    progress(true);
    this.#asked.push({ call: list.call, result, ...(subject !== undefined && { subject }) });
    return result;
  }

  /** Entries of one list; told only when whole, for half of a peer would be taken for the peer. */
  async #askEntries(list: Item): Promise<void> {
    const id = list["PrefixListId"];
    if (typeof id !== "string") return;
    const entries: Item[] = [];
    const result = await this.#askList(PREFIX_LIST_ENTRIES, { PrefixListId: id }, id, (page) => entries.push(...page));
    if (result.outcome !== "complete") return;
    this.#sink.consumer.item(this.#scope, "PrefixListEntries", { PrefixListId: id, Entries: entries });
  }

  async #askStaleGroups(networks: readonly string[]): Promise<void> {
    await Promise.all(
      networks.map((VpcId) =>
        this.#askList(STALE_GROUPS, { VpcId }, VpcId, (items) => this.#tell(STALE_GROUPS, items)),
      ),
    );
  }

  /** A target group with its attributes beside the provider's own fields. */
  async #askTargetGroup(group: Item): Promise<void> {
    const TargetGroupArn = group["TargetGroupArn"];
    if (typeof TargetGroupArn !== "string" || !KEEPS_CLIENT_ADDRESSES.has(group["Protocol"])) {
      this.#sink.consumer.item(this.#scope, "TargetGroups", group);
      return;
    }
    const call = TARGET_GROUP_ATTRIBUTES;
    try {
      const { Attributes = [] } = await ask(this.#context, call, { TargetGroupArn });
      this.#sink.consumer.item(this.#scope, "TargetGroups", { ...group, Attributes });
      this.#asked.push({ call, subject: TargetGroupArn, result: { outcome: "complete", items: 1 } });
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      this.#sink.consumer.item(this.#scope, "TargetGroups", group);
      this.#asked.push({
        call,
        subject: TargetGroupArn,
        result: { outcome: error.failure.outcome, items: 0, failure: error.failure },
      });
    }
  }

  /**
   * Emulators and partial endpoints answer an action that they lack with a bare HTTP 500. Where such an endpoint, not AWS's own,
   * answered another call of the service well, the action is one that it does not offer.
   */
  #isNotOffered({ call, result }: Asked): boolean {
    if (ALWAYS_OFFERED.has(call) || !this.#context.api.isForeign) return false;
    if (result.items > 0 || result.failure?.code !== "HTTP 500") return false;
    const { service } = CALLS[call];
    return this.#asked.some((other) => CALLS[other.call].service === service && other.result.outcome === "complete");
  }

  #records(): CallRecord[] {
    return this.#asked.map((asked) => {
      const { call, result, subject } = asked;
      const error = result.failure === undefined ? result.cut : this.#sink.words(result.failure);
      return {
        scope: this.#scope,
        call,
        outcome: this.#isNotOffered(asked) ? "not-offered" : result.outcome,
        items: result.items,
        ...(subject !== undefined && { subject }),
        ...(error !== undefined && { error }),
      };
    });
  }
}

/**
 * Collects one region.
 * @returns a record a call, in no particular order; throws only when the user ended the run or for a defect
 */
export function collectRegion(context: RegionContext, scope: Scope, sink: RegionSink): Promise<CallRecord[]> {
  return new RegionCollection(context, scope, sink).run();
}
