// The one primitive of the algebra: a set of points of an ordered line, for numbers and for bigints alike.
//
// Kept as boundaries at which membership toggles, [start, end) pairs laid flat: [s0, e0, s1, e1, ...], strictly increasing.
// Half-open ends need no +1, so touching intervals merge by construction ([0,10) and [10,20) share no boundary that
// survives) and equal sets have one representation. It knows no universe: there is no complement, only `subtract`.

import { uniteAll } from "./unite.ts";

/** Which of (outside both, only in b, only in a, in both) the result keeps, as bits 0 to 3. */
const UNION = 0b1110;
const INTERSECTION = 0b1000;
const DIFFERENCE = 0b0100;

/**
 * The merge behind every operation: walks both boundary lists once and emits a boundary wherever the wanted membership
 * toggles. How many boundaries of a list were passed tells by its parity whether the walk is inside that set.
 *
 *     a        ──┌────────┐──────────┌────┐──
 *     b        ───────┌────────┐──────────────
 *     a - b    ──┌────┐──────────────┌────┐──
 */
function combine<T extends number | bigint>(a: readonly T[], b: readonly T[], keep: number): T[] {
  const result: T[] = [];
  let i = 0;
  let j = 0;
  let inside = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as T) <= (b[j] as T));
    const at = (fromA ? a[i] : b[j]) as T;
    if (i < a.length && a[i] === at) i += 1;
    if (j < b.length && b[j] === at) j += 1;
    const now = (keep >> (((i & 1) << 1) | (j & 1))) & 1;
    if (now !== inside) {
      result.push(at);
      inside = now;
    }
  }
  return result;
}

/** Whether `combine` would give anything at all; stops at the first point and allocates nothing. */
function yieldsAny<T extends number | bigint>(a: readonly T[], b: readonly T[], keep: number): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as T) <= (b[j] as T));
    const at = (fromA ? a[i] : b[j]) as T;
    if (i < a.length && a[i] === at) i += 1;
    if (j < b.length && b[j] === at) j += 1;
    if (((keep >> (((i & 1) << 1) | (j & 1))) & 1) === 1) return true;
  }
  return false;
}

/** An immutable set of points, canonical: two sets with the same points have the same `bounds`. */
export class IntervalSet<T extends number | bigint> {
  static readonly #empty = new IntervalSet<never>([]);

  /** Flat [start, end) pairs, strictly increasing. */
  readonly bounds: readonly T[];

  private constructor(bounds: readonly T[]) {
    this.bounds = bounds;
  }

  /** The set without points; always the same object. */
  static empty<T extends number | bigint>(): IntervalSet<T> {
    return IntervalSet.#empty;
  }

  /** All points from `start` up to, not including, `end`. Throws where `end` lies before `start`. */
  static span(start: number, end: number): IntervalSet<number>;
  static span(start: bigint, end: bigint): IntervalSet<bigint>;
  static span<T extends number | bigint>(start: T, end: T): IntervalSet<T>;
  static span<T extends number | bigint>(start: T, end: T): IntervalSet<T> {
    if (start < end) return new IntervalSet<T>([start, end]);
    if (start === end) return IntervalSet.empty();
    throw new Error(`an interval cannot run from ${start} to ${end}`);
  }

  /** The union of half-open [start, end) pairs, which may come in any order and overlap. */
  static of(spans: Iterable<readonly [number, number]>): IntervalSet<number>;
  static of(spans: Iterable<readonly [bigint, bigint]>): IntervalSet<bigint>;
  static of<T extends number | bigint>(spans: Iterable<readonly [T, T]>): IntervalSet<T>;
  static of<T extends number | bigint>(spans: Iterable<readonly [T, T]>): IntervalSet<T> {
    return IntervalSet.unionAll(Array.from(spans, ([start, end]) => IntervalSet.span<T>(start, end)));
  }

  /** Takes boundaries that are canonical already and does not check them. */
  static fromBounds<T extends number | bigint>(bounds: readonly T[]): IntervalSet<T> {
    return bounds.length === 0 ? IntervalSet.empty() : new IntervalSet<T>(bounds);
  }

  static unionAll<T extends number | bigint>(sets: readonly IntervalSet<T>[]): IntervalSet<T> {
    return uniteAll(sets, IntervalSet.empty<T>(), (a, b) => a.union(b));
  }

  get isEmpty(): boolean {
    return this.bounds.length === 0;
  }

  /** Whether the point is in the set: an odd number of boundaries at or before it. */
  has(point: T): boolean {
    return countUpTo(this.bounds, point) % 2 === 1;
  }

  union(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other || other.isEmpty) return this;
    if (this.isEmpty) return other;
    return IntervalSet.fromBounds(combine(this.bounds, other.bounds, UNION));
  }

  intersect(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other || this.isEmpty) return this;
    if (other.isEmpty) return other;
    return IntervalSet.fromBounds(combine(this.bounds, other.bounds, INTERSECTION));
  }

  /** The points of this set that are not in the other. */
  subtract(other: IntervalSet<T>): IntervalSet<T> {
    if (this === other) return IntervalSet.empty();
    if (this.isEmpty || other.isEmpty) return this;
    return IntervalSet.fromBounds(combine(this.bounds, other.bounds, DIFFERENCE));
  }

  equals(other: IntervalSet<T>): boolean {
    if (this === other) return true;
    const { bounds } = this;
    if (bounds.length !== other.bounds.length) return false;
    for (let i = 0; i < bounds.length; i += 1) if (bounds[i] !== other.bounds[i]) return false;
    return true;
  }

  isSubsetOf(other: IntervalSet<T>): boolean {
    return this === other || !yieldsAny(this.bounds, other.bounds, DIFFERENCE);
  }

  overlaps(other: IntervalSet<T>): boolean {
    if (this.isEmpty || other.isEmpty) return false;
    return this === other || yieldsAny(this.bounds, other.bounds, INTERSECTION);
  }

  /** The intervals in order, as half-open [start, end) pairs. */
  *spans(): Generator<[T, T]> {
    const { bounds } = this;
    for (let i = 0; i < bounds.length; i += 2) yield [bounds[i] as T, bounds[i + 1] as T];
  }
}

/** How many entries of an increasing list are at or before `point`. */
export function countUpTo<T extends number | bigint>(sorted: readonly T[], point: T): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as T) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}
