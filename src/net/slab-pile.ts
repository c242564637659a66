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
// once. Any other is swept, and one with very many spans of addresses is halved first, so that no input is quadratic.

import { ActiveSpans } from "./active-spans.ts";
import { IpSet } from "./ip-set.ts";
import { combineSteps, NO_STEPS, StepsBuilder, type PeerSteps } from "./peer-steps.ts";

/** Above so many spans of addresses a cluster is halved: a sweep shows most of its spans to most of its pieces. */
const SWEEP_LIMIT = 1024;

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
    if (this.#lo.length === 0) return NO_STEPS;
    const lo = this.#lo;
    const order = lo.map((_, slab) => slab).sort((a, b) => (lo[a] as number) - (lo[b] as number));
    const result = new StepsBuilder();
    let from = 0;
    while (from < order.length) {
      let to = from;
      let end = 0;
      do {
        end = Math.max(end, this.#hi[order[to] as number] as number);
        to += 1;
      } while (to < order.length && (lo[order[to] as number] as number) < end);
      this.#settleCluster(order.slice(from, to), result);
      from = to;
    }
    return result.build();
  }

  #settleCluster(cluster: readonly number[], result: StepsBuilder): void {
    const lo = this.#lo[cluster[0] as number] as number;
    const hi = this.#hi[cluster[0] as number] as number;
    if (cluster.every((slab) => this.#lo[slab] === lo && this.#hi[slab] === hi)) {
      result.step(lo, IpSet.unionAll(cluster.map((slab) => this.#peers[slab] as IpSet)));
      result.step(hi, IpSet.empty);
    } else if (this.#countSpans(cluster) > SWEEP_LIMIT) {
      result.append(this.#halve(cluster));
    } else {
      this.#sweep(cluster, result);
    }
  }

  #countSpans(cluster: readonly number[]): number {
    let bounds = 0;
    for (const slab of cluster) {
      const { v4, v6 } = this.#peers[slab] as IpSet;
      bounds += v4.bounds.length + v6.bounds.length;
    }
    return bounds / 2;
  }

  /** Settles both halves, each with less overlap than the whole because they are sorted, and unites the two. */
  #halve(cluster: readonly number[]): PeerSteps {
    const middle = cluster.length >> 1;
    const [left, right] = [cluster.slice(0, middle), cluster.slice(middle)].map((half) => {
      const pile = new SlabPile();
      for (const slab of half) pile.add(this.#lo[slab] as number, this.#hi[slab] as number, this.#peers[slab] as IpSet);
      return pile.settle();
    });
    return combineSteps(left ?? NO_STEPS, right ?? NO_STEPS, (a, b) => a.union(b));
  }

  /** Goes through the points where a slab begins or ends, keeps the spans of those in force, and unites them at each. */
  #sweep(cluster: readonly number[], result: StepsBuilder): void {
    const cuts = new Uint32Array(cluster.length * 2);
    for (const [i, slab] of cluster.entries()) {
      cuts[2 * i] = this.#lo[slab] as number;
      cuts[2 * i + 1] = this.#hi[slab] as number;
    }
    cuts.sort();
    const active = new ActiveSpans();
    let next = 0;
    let previous = -1;
    for (const at of cuts) {
      if (at === previous) continue;
      active.retire(at);
      for (; next < cluster.length && this.#lo[cluster[next] as number] === at; next += 1) {
        const slab = cluster[next] as number;
        active.enter(this.#peers[slab] as IpSet, this.#hi[slab] as number);
      }
      result.step(at, active.union());
      previous = at;
    }
  }
}
