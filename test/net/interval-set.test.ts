import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IntervalSet } from "../../src/net/index.ts";

/** A set of the numbers 0 to 9 as plain booleans, and the intervals it was drawn from: first and last, both included. */
interface Drawing {
  readonly spans: readonly (readonly [first: number, last: number])[];
  readonly members: readonly boolean[];
}

const POINTS = 10;

const drawing: fc.Arbitrary<Drawing> = fc
  .array(fc.tuple(fc.nat(POINTS - 1), fc.nat(POINTS - 1)), { maxLength: 5 })
  .map((pairs) => pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const))
  .map((spans) => ({ spans, members: membersOf(spans) }));

function membersOf(spans: Drawing["spans"]): boolean[] {
  const members = Array.from({ length: POINTS }, () => false);
  for (const [first, last] of spans) for (let point = first; point <= last; point += 1) members[point] = true;
  return members;
}

/** What the drawing becomes on some line: as numbers from 0, as the largest addresses, as big integers. */
const lines = {
  numbers: (spans: Drawing["spans"]) => IntervalSet.of(spans.map(([a, b]): [number, number] => [a, b + 1])),
  "the last IPv4 addresses": (spans: Drawing["spans"]) =>
    IntervalSet.of(spans.map(([a, b]): [number, number] => [2 ** 32 - 10 + a, 2 ** 32 - 9 + b])),
  "the last IPv6 addresses": (spans: Drawing["spans"]) =>
    IntervalSet.of(
      spans.map(([a, b]): [bigint, bigint] => [(1n << 128n) - 10n + BigInt(a), (1n << 128n) - 9n + BigInt(b)]),
    ),
} as const;

/** The canonical boundaries that a row of booleans must have, found by looking at neighbours. */
function boundariesOf(members: readonly boolean[]): number[] {
  const bounds: number[] = [];
  for (let point = 0; point <= POINTS; point += 1) {
    if ((members[point] ?? false) !== (members[point - 1] ?? false)) bounds.push(point);
  }
  return bounds;
}

const numbersOf = (members: readonly boolean[]): IntervalSet<number> => IntervalSet.fromBounds(boundariesOf(members));

describe("IntervalSet against plain booleans", () => {
  it("has one representation for the same points, whatever intervals they came from", () => {
    fc.assert(
      fc.property(drawing, ({ spans, members }) => {
        expect(lines.numbers(spans).bounds).toEqual(boundariesOf(members));
      }),
    );
  });

  it("unites, intersects and subtracts point by point", () => {
    fc.assert(
      fc.property(drawing, drawing, (a, b) => {
        const [x, y] = [lines.numbers(a.spans), lines.numbers(b.spans)];
        const where = (keep: (inA: boolean, inB: boolean) => boolean): number[] =>
          boundariesOf(a.members.map((inA, i) => keep(inA, b.members[i] === true)));
        expect(x.union(y).bounds).toEqual(where((inA, inB) => inA || inB));
        expect(x.intersect(y).bounds).toEqual(where((inA, inB) => inA && inB));
        expect(x.subtract(y).bounds).toEqual(where((inA, inB) => inA && !inB));
      }),
    );
  });

  it("gives the same answers for every pair of subsets of five points", () => {
    const subsets = Array.from({ length: 32 }, (_, bits) =>
      Array.from({ length: 5 }, (_unused, point) => ((bits >> point) & 1) === 1),
    );
    for (const a of subsets) {
      for (const b of subsets) {
        const [x, y] = [numbersOf(a), numbersOf(b)];
        expect(x.union(y).bounds).toEqual(boundariesOf(a.map((inA, i) => inA || b[i] === true)));
        expect(x.intersect(y).bounds).toEqual(boundariesOf(a.map((inA, i) => inA && b[i] === true)));
        expect(x.subtract(y).bounds).toEqual(boundariesOf(a.map((inA, i) => inA && b[i] !== true)));
        expect(x.isSubsetOf(y)).toBe(a.every((inA, i) => !inA || b[i] === true));
        expect(x.overlaps(y)).toBe(a.some((inA, i) => inA && b[i] === true));
        expect(x.equals(y)).toBe(a.every((inA, i) => inA === b[i]));
      }
    }
  });

  for (const [name, make] of Object.entries(lines)) {
    it(`answers questions about two sets of ${name}`, () => {
      fc.assert(
        fc.property(drawing, drawing, (a, b) => {
          const [x, y] = [make(a.spans), make(b.spans)] as [IntervalSet<number>, IntervalSet<number>];
          const both = a.members.some((inA, i) => inA && b.members[i] === true);
          expect(x.overlaps(y)).toBe(both);
          expect(x.intersect(y).isEmpty).toBe(!both);
          expect(x.isSubsetOf(y)).toBe(a.members.every((inA, i) => !inA || b.members[i] === true));
          expect(x.equals(y)).toBe(a.members.every((inA, i) => inA === b.members[i]));
        }),
      );
    });
  }

  it("knows every one of its points, and those beside them", () => {
    fc.assert(
      fc.property(drawing, ({ spans, members }) => {
        const set = lines.numbers(spans);
        const big = lines["the last IPv6 addresses"](spans);
        for (let point = -1; point <= POINTS; point += 1) {
          expect(set.has(point)).toBe(members[point] ?? false);
          expect(big.has((1n << 128n) - 10n + BigInt(point))).toBe(members[point] ?? false);
        }
      }),
    );
  });

  it("unites any number of sets at once", () => {
    fc.assert(
      fc.property(fc.array(drawing, { maxLength: 9 }), (drawings) => {
        const together = Array.from({ length: POINTS }, (_, i) => drawings.some(({ members }) => members[i] === true));
        const sets = drawings.map(({ spans }) => lines.numbers(spans));
        expect(IntervalSet.unionAll(sets).bounds).toEqual(boundariesOf(together));
      }),
    );
  });
});

describe("IntervalSet", () => {
  it("merges touching intervals: [0,10) and [10,20) are [0,20)", () => {
    expect([...IntervalSet.span(0, 10).union(IntervalSet.span(10, 20)).spans()]).toEqual([[0, 20]]);
    expect(IntervalSet.span(0, 10).overlaps(IntervalSet.span(10, 20))).toBe(false);
  });

  it("keeps intervals apart that miss one point between them", () => {
    const set = IntervalSet.of([
      [11n, 20n],
      [0n, 10n],
    ]);
    expect([...set.spans()]).toEqual([
      [0n, 10n],
      [11n, 20n],
    ]);
  });

  it("splits an interval from which the middle is taken", () => {
    expect([...IntervalSet.span(0, 100).subtract(IntervalSet.span(40, 60)).spans()]).toEqual([
      [0, 40],
      [60, 100],
    ]);
  });

  it("makes nothing of an interval without points, and refuses one that runs backwards", () => {
    expect(IntervalSet.span(7, 7)).toBe(IntervalSet.empty<number>());
    expect(IntervalSet.of([[7, 7]]).isEmpty).toBe(true);
    expect(() => IntervalSet.span(8, 7)).toThrow("an interval cannot run from 8 to 7");
  });

  it("gives back the same empty set whichever way nothing is left", () => {
    const set = IntervalSet.span(3, 5);
    expect(set.subtract(IntervalSet.span(0, 9))).toBe(IntervalSet.empty<number>());
    expect(set.intersect(IntervalSet.span(5, 9))).toBe(IntervalSet.empty<number>());
    expect(IntervalSet.unionAll<bigint>([])).toBe(IntervalSet.empty<bigint>());
  });

  it("leaves its operands as they were", () => {
    const a = IntervalSet.span(0, 10);
    const b = IntervalSet.span(5, 15);
    a.union(b);
    a.subtract(b);
    IntervalSet.unionAll([a, b]);
    expect([a.bounds, b.bounds]).toEqual([
      [0, 10],
      [5, 15],
    ]);
  });
});
