// Builds the union of many slabs (an interval of the axis x peers) in one sweep along the axis. Mutable while slabs are
// added; `settle` gives the canonical steps. This is the hot path of an audit: rules arrive here, a million at a time.
//
// Slabs are sorted by where they begin and cut into clusters, maximal runs that overlap one another:
//
//     axis      ──┌──────┐─────────────┌────┐───
//                 ────┌──────┐─────────┌────┐───
//     cluster     [    first   ]       [second]
//
// In a cluster whose slabs all cover the same interval (by far the most: rules name the same ports) the peers are united at
// once. In any other, spans of addresses are sorted once and each piece between two neighbouring cuts merges those in force.

import { IntervalSet } from "./interval-set.ts";
import { IpSet } from "./ip-set.ts";
import { NO_STEPS, StepsBuilder, type PeerSteps } from "./peer-steps.ts";

export class SlabPile {
  // Parallel arrays, not objects: one entry a slab.
  readonly #lo: number[] = [];
  readonly #hi: number[] = [];
  readonly #peers: IpSet[] = [];

  /** Adds [lo, hi) x peers, neither of them empty. */
  add(lo: number, hi: number, peers: IpSet): void {
    this.#lo.push(lo);
    this.#hi.push(hi);
    this.#peers.push(peers);
  }

  /** The union of all slabs that were added. */
  settle(): PeerSteps {
    const count = this.#lo.length;
    if (count === 0) return NO_STEPS;
    const order = Array.from({ length: count }, (_, i) => i);
    order.sort((a, b) => (this.#lo[a] as number) - (this.#lo[b] as number));
    const result = new StepsBuilder();
    let from = 0;
    while (from < count) {
      const first = order[from] as number;
      const lo = this.#lo[first] as number;
      const hi = this.#hi[first] as number;
      let end = hi;
      let alike = true;
      let to = from + 1;
      for (; to < count; to += 1) {
        const slab = order[to] as number;
        if ((this.#lo[slab] as number) >= end) break;
        const slabEnd = this.#hi[slab] as number;
        if (this.#lo[slab] !== lo || slabEnd !== hi) alike = false;
        if (slabEnd > end) end = slabEnd;
      }
      const cluster = order.slice(from, to);
      if (alike) result.step(lo, IpSet.unionAll(cluster.map((slab) => this.#peers[slab] as IpSet)));
      else this.#sweep(cluster, result);
      result.step(end, IpSet.empty);
      from = to;
    }
    return result.build();
  }

  /** Cuts a cluster at every end of a slab and unites, piece by piece, the peers of the slabs that cover the piece. */
  #sweep(cluster: readonly number[], result: StepsBuilder): void {
    const cuts = new Uint32Array(cluster.length * 2);
    for (const [i, slab] of cluster.entries()) {
      cuts[2 * i] = this.#lo[slab] as number;
      cuts[2 * i + 1] = this.#hi[slab] as number;
    }
    cuts.sort();
    const v4 = this.#sortSpans(cluster, (peers) => peers.v4);
    const v6 = this.#sortSpans(cluster, (peers) => peers.v6);
    for (let i = 0; i + 1 < cuts.length; i += 1) {
      const at = cuts[i] as number;
      if (at === cuts[i + 1]) continue;
      result.step(at, this.#single(cluster, at) ?? IpSet.of(this.#merge(v4, at), this.#merge(v6, at)));
    }
  }

  /** The peers at a point that only one slab covers: as they are, without a copy. */
  #single(cluster: readonly number[], at: number): IpSet | undefined {
    let found: IpSet | undefined;
    for (const slab of cluster) {
      if (!this.#covers(slab, at)) continue;
      if (found !== undefined) return undefined;
      found = this.#peers[slab];
    }
    return found;
  }

  #covers(slab: number, at: number): boolean {
    return (this.#lo[slab] as number) <= at && at < (this.#hi[slab] as number);
  }

  /** All spans of one family in a cluster, ordered by where they begin. */
  #sortSpans<T extends number | bigint>(
    cluster: readonly number[],
    family: (peers: IpSet) => IntervalSet<T>,
  ): SortedSpans<T> {
    const starts: T[] = [];
    const ends: T[] = [];
    const slabs: number[] = [];
    for (const slab of cluster) {
      const { bounds } = family(this.#peers[slab] as IpSet);
      for (let i = 0; i < bounds.length; i += 2) {
        starts.push(bounds[i] as T);
        ends.push(bounds[i + 1] as T);
        slabs.push(slab);
      }
    }
    const order = Array.from({ length: starts.length }, (_, i) => i);
    order.sort((a, b) => ((starts[a] as T) < (starts[b] as T) ? -1 : starts[a] === starts[b] ? 0 : 1));
    return {
      starts: order.map((i) => starts[i] as T),
      ends: order.map((i) => ends[i] as T),
      slabs: order.map((i) => slabs[i] as number),
    };
  }

  /** Unites the spans of those slabs that cover a point of the axis. */
  #merge<T extends number | bigint>({ starts, ends, slabs }: SortedSpans<T>, at: number): IntervalSet<T> {
    const bounds: T[] = [];
    let end: T | undefined;
    for (let i = 0; i < slabs.length; i += 1) {
      if (!this.#covers(slabs[i] as number, at)) continue;
      const start = starts[i] as T;
      const spanEnd = ends[i] as T;
      if (end === undefined) {
        bounds.push(start);
        end = spanEnd;
      } else if (start > end) {
        bounds.push(end, start);
        end = spanEnd;
      } else if (spanEnd > end) {
        end = spanEnd;
      }
    }
    if (end !== undefined) bounds.push(end);
    return IntervalSet.fromBounds(bounds);
  }
}

interface SortedSpans<T> {
  readonly starts: readonly T[];
  readonly ends: readonly T[];
  /** Which slab each span belongs to. */
  readonly slabs: readonly number[];
}
