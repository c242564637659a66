// The peers in force at one point of a sweep along an axis: they enter with the point where they end, and retire there.
// Spans of addresses are kept ordered by where they begin, so that their union is one pass without sorting.

import { IntervalSet } from "./interval-set.ts";
import { IpSet } from "./ip-set.ts";

export class ActiveSpans {
  readonly #sets: IpSet[] = [];
  readonly #until: number[] = [];
  readonly #v4 = new FamilySpans<number>();
  readonly #v6 = new FamilySpans<bigint>();
  /** The nearest point at which anything retires. */
  #soonest = Number.POSITIVE_INFINITY;

  /** Puts peers in force up to, not including, the point `until`. */
  enter(peers: IpSet, until: number): void {
    this.#sets.push(peers);
    this.#until.push(until);
    this.#v4.enter(peers.v4.bounds, until);
    this.#v6.enter(peers.v6.bounds, until);
    if (until < this.#soonest) this.#soonest = until;
  }

  /** Drops what ends at or before the point. */
  retire(at: number): void {
    if (at < this.#soonest) return;
    let kept = 0;
    this.#soonest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#sets.length; i += 1) {
      const until = this.#until[i] as number;
      if (until <= at) continue;
      if (until < this.#soonest) this.#soonest = until;
      this.#sets[kept] = this.#sets[i] as IpSet;
      this.#until[kept] = until;
      kept += 1;
    }
    this.#sets.length = kept;
    this.#until.length = kept;
    this.#v4.retire(at);
    this.#v6.retire(at);
  }

  /** All peers in force; what is in force alone is given as it is, without a copy. */
  union(): IpSet {
    const [first] = this.#sets;
    if (first === undefined) return IpSet.empty;
    return this.#sets.length === 1 ? first : IpSet.of(this.#v4.union(), this.#v6.union());
  }
}

/** The spans of one family, ordered by where they begin. */
class FamilySpans<T extends number | bigint> {
  // Parallel arrays of which only the first `count` entries mean anything: shrinking arrays is what would cost here.
  readonly #starts: T[] = [];
  readonly #ends: T[] = [];
  readonly #until: number[] = [];
  #count = 0;

  enter(bounds: readonly T[], until: number): void {
    for (let i = 0; i < bounds.length; i += 2) {
      const start = bounds[i] as T;
      let at = this.#count;
      for (; at > 0 && (this.#starts[at - 1] as T) > start; at -= 1) this.#move(at - 1, at);
      this.#starts[at] = start;
      this.#ends[at] = bounds[i + 1] as T;
      this.#until[at] = until;
      this.#count += 1;
    }
  }

  retire(at: number): void {
    let kept = 0;
    for (let i = 0; i < this.#count; i += 1) {
      if ((this.#until[i] as number) <= at) continue;
      if (kept < i) this.#move(i, kept);
      kept += 1;
    }
    this.#count = kept;
  }

  /** Extends the last interval while spans overlap or touch it, and begins a new one otherwise. */
  union(): IntervalSet<T> {
    const bounds: T[] = [];
    let end: T | undefined;
    for (let i = 0; i < this.#count; i += 1) {
      const start = this.#starts[i] as T;
      const spanEnd = this.#ends[i] as T;
      if (end === undefined || start > end) {
        if (end !== undefined) bounds.push(end);
        bounds.push(start);
        end = spanEnd;
      } else if (spanEnd > end) {
        end = spanEnd;
      }
    }
    if (end !== undefined) bounds.push(end);
    return IntervalSet.fromBounds(bounds);
  }

  #move(from: number, to: number): void {
    this.#starts[to] = this.#starts[from] as T;
    this.#ends[to] = this.#ends[from] as T;
    this.#until[to] = this.#until[from] as number;
  }
}
