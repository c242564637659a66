// A step function from one 16-bit axis to peers: which addresses may use which ports of one protocol cell.
//
// `at` holds the points where the peers change and `peers` the set from there to the next point; before the first point
// there is nobody, and the last step is always nobody. Neighbours differ, so equal functions have one representation. This is
// the boundary list of IntervalSet once more, with a set of peers in place of in and out.

import { countUpTo, IntervalSet } from "./interval-set.ts";
import { IpSet } from "./ip-set.ts";

export interface PeerSteps {
  /** Strictly increasing. */
  readonly at: readonly number[];
  /** As long as `at`; neighbours differ; the last is empty. */
  readonly peers: readonly IpSet[];
}

/** One step that is not empty, half-open. */
export interface Slab {
  readonly lo: number;
  readonly hi: number;
  readonly peers: IpSet;
}

export const NO_STEPS: PeerSteps = { at: [], peers: [] };

/** Takes steps from left to right and keeps them canonical. */
export class StepsBuilder {
  readonly #at: number[] = [];
  readonly #peers: IpSet[] = [];
  #last = IpSet.empty;

  /** From `at` on it is `peers`. Points must not decrease; of several steps at one point the last counts. */
  step(at: number, peers: IpSet): void {
    if (this.#at.at(-1) === at) {
      this.#at.pop();
      this.#peers.pop();
      this.#last = this.#peers.at(-1) ?? IpSet.empty;
    }
    if (this.#last.equals(peers)) return;
    this.#at.push(at);
    this.#peers.push(peers);
    this.#last = peers;
  }

  /** Adds whole steps that begin at or after the last point. */
  append(steps: PeerSteps): void {
    for (const [i, at] of steps.at.entries()) this.step(at, steps.peers[i] as IpSet);
  }

  build(): PeerSteps {
    return this.#at.length === 0 ? NO_STEPS : { at: this.#at, peers: this.#peers };
  }
}

/** The same peers on every interval of an axis. */
export function constantSteps(axis: IntervalSet<number>, peers: IpSet): PeerSteps {
  if (axis.isEmpty || peers.isEmpty) return NO_STEPS;
  return { at: axis.bounds, peers: axis.bounds.map((_, i) => (i % 2 === 0 ? peers : IpSet.empty)) };
}

/**
 * Walks both functions at once and shows the peers of each from every point on where either changes. Stops and answers
 * false as soon as `visit` does; nobody is what both show before the first point and after the last.
 */
function walk(a: PeerSteps, b: PeerSteps, visit: (at: number, ofA: IpSet, ofB: IpSet) => boolean): boolean {
  let i = 0;
  let j = 0;
  let ofA = IpSet.empty;
  let ofB = IpSet.empty;
  while (i < a.at.length || j < b.at.length) {
    const nextA = a.at[i] ?? Number.POSITIVE_INFINITY;
    const nextB = b.at[j] ?? Number.POSITIVE_INFINITY;
    if (nextA <= nextB) {
      ofA = a.peers[i] as IpSet;
      i += 1;
    }
    if (nextB <= nextA) {
      ofB = b.peers[j] as IpSet;
      j += 1;
    }
    if (!visit(Math.min(nextA, nextB), ofA, ofB)) return false;
  }
  return true;
}

/** Point by point, by an operation that makes nobody of nobody and nobody. */
export function combineSteps(a: PeerSteps, b: PeerSteps, operation: (ofA: IpSet, ofB: IpSet) => IpSet): PeerSteps {
  const result = new StepsBuilder();
  walk(a, b, (at, ofA, ofB) => {
    result.step(at, operation(ofA, ofB));
    return true;
  });
  return result.build();
}

export function mapSteps(steps: PeerSteps, operation: (peers: IpSet) => IpSet): PeerSteps {
  const result = new StepsBuilder();
  for (const [i, at] of steps.at.entries()) result.step(at, operation(steps.peers[i] as IpSet));
  return result.build();
}

export function stepsEqual(a: PeerSteps, b: PeerSteps): boolean {
  if (a === b) return true;
  if (a.at.length !== b.at.length) return false;
  return a.at.every((at, i) => at === b.at[i]) && a.peers.every((peers, i) => peers.equals(b.peers[i] as IpSet));
}

export function stepsWithin(a: PeerSteps, b: PeerSteps): boolean {
  return a === b || walk(a, b, (_, ofA, ofB) => ofA.isSubsetOf(ofB));
}

export function stepsOverlap(a: PeerSteps, b: PeerSteps): boolean {
  if (a.at.length === 0 || b.at.length === 0) return false;
  return !walk(a, b, (_, ofA, ofB) => !ofA.overlaps(ofB));
}

export function peersAt(steps: PeerSteps, point: number): IpSet {
  return steps.peers[countUpTo(steps.at, point) - 1] ?? IpSet.empty;
}

/** The part of the axis on which there is anybody. */
export function axisOf(steps: PeerSteps): IntervalSet<number> {
  const bounds: number[] = [];
  for (const [i, at] of steps.at.entries()) {
    const inside = bounds.length % 2 === 1;
    if (inside === (steps.peers[i] as IpSet).isEmpty) bounds.push(at);
  }
  return IntervalSet.fromBounds(bounds);
}

export function* slabsOf(steps: PeerSteps): Generator<Slab> {
  for (const [i, lo] of steps.at.entries()) {
    const peers = steps.peers[i] as IpSet;
    if (!peers.isEmpty) yield { lo, hi: steps.at[i + 1] as number, peers };
  }
}
