import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IntervalSet, IpSet, PROTOCOL_CELLS, TrafficSet, TransportSet } from "../../src/net/index.ts";
import {
  boxOf,
  COLUMN,
  modelOf,
  otherWords,
  peersOf,
  plainBoxes,
  plainPair,
  transportOf,
  UNIVERSE,
  type PlainBox,
} from "./traffic-model.ts";

const setOf = (boxes: readonly PlainBox[]): TrafficSet => TrafficSet.fromBoxes(boxes.map(boxOf));

/** What the set says about every point of the universe, in the order of the model. */
const answersOf = (set: TrafficSet): boolean[] =>
  UNIVERSE.map(({ address, cell, axis }) => set.has(address, cell, axis));

const RUNS = { numRuns: 300 };

describe("TrafficSet against plain booleans", () => {
  it("holds exactly what its boxes hold", () => {
    fc.assert(
      fc.property(plainBoxes, (boxes) => {
        expect(answersOf(setOf(boxes))).toEqual(modelOf(boxes));
      }),
      RUNS,
    );
  });

  it("unites, intersects and subtracts point by point", () => {
    fc.assert(
      fc.property(plainPair, ([a, b]) => {
        const [inA, inB] = [modelOf(a), modelOf(b)];
        const [x, y] = [setOf(a), setOf(b)];
        expect(answersOf(x.union(y))).toEqual(inA.map((is, i) => is || inB[i] === true));
        expect(answersOf(x.intersect(y))).toEqual(inA.map((is, i) => is && inB[i] === true));
        expect(answersOf(x.subtract(y))).toEqual(inA.map((is, i) => is && inB[i] !== true));
      }),
      RUNS,
    );
  });

  it("compares as the points compare", () => {
    let equal = 0;
    let within = 0;
    fc.assert(
      fc.property(plainPair, ([a, b]) => {
        const [inA, inB] = [modelOf(a), modelOf(b)];
        const [x, y] = [setOf(a), setOf(b)];
        const same = inA.every((is, i) => is === inB[i]);
        const subset = inA.every((is, i) => !is || inB[i] === true);
        expect(x.equals(y)).toBe(same);
        expect(x.key() === y.key()).toBe(same);
        expect(x.isSubsetOf(y)).toBe(subset);
        expect(x.overlaps(y)).toBe(inA.some((is, i) => is && inB[i] === true));
        expect(x.isEmpty).toBe(!inA.includes(true));
        equal += same ? 1 : 0;
        within += subset ? 1 : 0;
      }),
      { numRuns: 600 },
    );
    // Pairs that never agree would prove nothing.
    expect(Math.min(equal, within - equal)).toBeGreaterThan(20);
  });

  it("restricts to peers and to transports, and takes peers away", () => {
    fc.assert(
      fc.property(plainBoxes, plainBoxes, (boxes, [other]) => {
        if (other === undefined) return;
        const set = setOf(boxes);
        const inSet = modelOf(boxes);
        const byAnyTransport = modelOf([{ ...other, cell: "all" }]);
        const fromAnybody = modelOf([{ ...other, v4: [0, 2 ** 32 - 1], v6: [0n, (1n << 128n) - 1n] }]);
        expect(answersOf(set.restrictPeers(peersOf(other)))).toEqual(
          inSet.map((is, i) => is && byAnyTransport[i] === true),
        );
        expect(answersOf(set.withoutPeers(peersOf(other)))).toEqual(
          inSet.map((is, i) => is && byAnyTransport[i] !== true),
        );
        expect(answersOf(set.restrictTransport(transportOf(other)))).toEqual(
          inSet.map((is, i) => is && fromAnybody[i] === true),
        );
      }),
      RUNS,
    );
  });

  it("projects to the transports and to the peers that occur", () => {
    fc.assert(
      fc.property(plainBoxes, (boxes) => {
        const inSet = modelOf(boxes);
        const [transport, peers] = [setOf(boxes).transport(), setOf(boxes).peers()];
        for (let column = 0; column < UNIVERSE.length; column += COLUMN) {
          const point = UNIVERSE[column];
          if (point === undefined) throw new Error("the universe has whole columns");
          expect(transport.has(point.cell, point.axis)).toBe(inSet.slice(column, column + COLUMN).includes(true));
        }
        for (const [row, { address }] of UNIVERSE.slice(0, COLUMN).entries()) {
          expect(peers.has(address)).toBe(inSet.some((is, i) => is && i % COLUMN === row));
        }
      }),
      RUNS,
    );
  });

  it("shows people one box for every distinct set of peers", () => {
    fc.assert(
      fc.property(plainBoxes, (plain) => {
        const inSet = modelOf(plain);
        const columns = Array.from({ length: UNIVERSE.length / COLUMN }, (_, i) =>
          inSet
            .slice(i * COLUMN, (i + 1) * COLUMN)
            .map(Number)
            .join(""),
        );
        const distinct = new Set(columns.filter((column) => column.includes("1")));
        const set = setOf(plain);
        const boxes = set.boxes();
        expect(boxes.length).toBe(distinct.size);
        expect(TrafficSet.fromBoxes(boxes).equals(set)).toBe(true);
        for (const [i, { transport }] of boxes.entries()) {
          for (const other of boxes.slice(i + 1)) expect(transport.overlaps(other.transport)).toBe(false);
        }
      }),
      RUNS,
    );
  });
});

describe("TrafficSet has one form", () => {
  it("for the same traffic in other words", () => {
    fc.assert(
      fc.property(plainBoxes, (boxes) => {
        const set = setOf(boxes);
        const same = setOf(otherWords(boxes));
        expect([...same.slabs()]).toEqual([...set.slabs()]);
        expect(same.key()).toBe(set.key());
        expect(same.equals(set)).toBe(true);
        expect(same.boxes()).toEqual(set.boxes());
      }),
      RUNS,
    );
  });

  it("whether boxes are united at once or one after the other", () => {
    fc.assert(
      fc.property(plainBoxes, (boxes) => {
        const singles = boxes.map((box) => TrafficSet.box(peersOf(box), transportOf(box)));
        const atOnce = [...setOf(boxes).slabs()];
        expect([...TrafficSet.unionAll(singles).slabs()]).toEqual(atOnce);
        expect([...singles.reduce((a, b) => a.union(b), TrafficSet.empty).slabs()]).toEqual(atOnce);
      }),
      RUNS,
    );
  });

  it("whose slabs rise, never touch with equal peers and are never empty", () => {
    fc.assert(
      fc.property(plainPair, ([a, b]) => {
        for (const set of [setOf(a).union(setOf(b)), setOf(a).subtract(setOf(b)), setOf(a).intersect(setOf(b))]) {
          const slabs = [...set.slabs()];
          for (const [i, slab] of slabs.entries()) {
            expect(slab.lo).toBeLessThan(slab.hi);
            expect(slab.peers.isEmpty).toBe(false);
            const before = slabs[i - 1];
            if (before === undefined) continue;
            const order = PROTOCOL_CELLS.indexOf(slab.cell) - PROTOCOL_CELLS.indexOf(before.cell);
            expect(order > 0 || (order === 0 && before.hi <= slab.lo)).toBe(true);
            if (order === 0 && before.hi === slab.lo) expect(slab.peers.equals(before.peers)).toBe(false);
          }
        }
      }),
      RUNS,
    );
  });
});

describe("TrafficSet keeps the laws of sets", () => {
  // Plain boxes, so that a counterexample can be read.
  const three = plainPair.chain(([a, b]) => plainBoxes.map((c) => [a, b, c] as const));

  it.each<[string, (a: TrafficSet, b: TrafficSet, c: TrafficSet) => [TrafficSet, TrafficSet]]>([
    ["union is commutative", (a, b) => [a.union(b), b.union(a)]],
    ["intersection is commutative", (a, b) => [a.intersect(b), b.intersect(a)]],
    ["union is associative", (a, b, c) => [a.union(b).union(c), a.union(b.union(c))]],
    ["intersection is associative", (a, b, c) => [a.intersect(b).intersect(c), a.intersect(b.intersect(c))]],
    [
      "intersection distributes over union",
      (a, b, c) => [a.intersect(b.union(c)), a.intersect(b).union(a.intersect(c))],
    ],
    ["union distributes over intersection", (a, b, c) => [a.union(b.intersect(c)), a.union(b).intersect(a.union(c))]],
    [
      "what is outside a union is outside both (De Morgan)",
      (a, b) => [TrafficSet.all.subtract(a.union(b)), TrafficSet.all.subtract(a).intersect(TrafficSet.all.subtract(b))],
    ],
    [
      "what is outside an intersection is outside one of the two (De Morgan)",
      (a, b) => [TrafficSet.all.subtract(a.intersect(b)), TrafficSet.all.subtract(a).union(TrafficSet.all.subtract(b))],
    ],
    ["the complement of the complement is the set", (a) => [TrafficSet.all.subtract(TrafficSet.all.subtract(a)), a]],
    ["a set absorbs what it has in common", (a, b) => [a.union(a.intersect(b)), a]],
    [
      "a difference has nothing in common with what was taken",
      (a, b) => [a.subtract(b).intersect(b), TrafficSet.empty],
    ],
    ["difference and common part make up the set", (a, b) => [a.subtract(b).union(a.intersect(b)), a]],
    ["taking twice is taking the union", (a, b, c) => [a.subtract(b).subtract(c), a.subtract(b.union(c))]],
    ["everything is neutral to intersection", (a) => [a.intersect(TrafficSet.all), a]],
    ["nothing is neutral to union", (a) => [a.union(TrafficSet.empty), a]],
  ])("%s", (_, law) => {
    fc.assert(
      fc.property(three, ([a, b, c]) => {
        const [left, right] = law(setOf(a), setOf(b), setOf(c));
        expect(left.key()).toBe(right.key());
      }),
      { numRuns: 100 },
    );
  });

  it("overlap and containment agree with the operations", () => {
    fc.assert(
      fc.property(plainPair, ([plainA, plainB]) => {
        const [a, b] = [setOf(plainA), setOf(plainB)];
        expect(a.overlaps(b)).toBe(!a.intersect(b).isEmpty);
        expect(a.isSubsetOf(b)).toBe(a.subtract(b).isEmpty);
        expect(a.subtract(b).overlaps(b)).toBe(false);
        expect(a.intersect(b).isSubsetOf(a)).toBe(true);
        expect(a.isSubsetOf(a.union(b))).toBe(true);
      }),
      RUNS,
    );
  });
});

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("TrafficSet of many boxes", () => {
  const PORTS = 32;
  const HOSTS = 256;

  it.each([
    ["forty boxes", 40, 8],
    ["four hundred boxes", 400, 4],
    ["more boxes than one sweep takes", 3000, 1],
    ["boxes of hundreds of spans each", 30, 100],
  ])("agrees with a grid of booleans: %s", (_, count, spansPerBox) => {
    const next = sequence(count);
    const grids = { v4: new Uint8Array(PORTS * HOSTS), v6: new Uint8Array(PORTS * HOSTS) };
    const boxes = Array.from({ length: count }, () => {
      const first = next(PORTS);
      const last = Math.min(PORTS - 1, first + next(6));
      const spans: Record<"v4" | "v6", [number, number][]> = { v4: [], v6: [] };
      for (let i = 0; i < spansPerBox; i += 1) {
        const family = next(3) === 0 ? "v6" : "v4";
        const host = next(HOSTS);
        const end = Math.min(HOSTS, host + 1 + (next(9) === 0 ? next(40) : 0));
        spans[family].push([host, end]);
        for (let port = first; port <= last; port += 1) grids[family].fill(1, port * HOSTS + host, port * HOSTS + end);
      }
      const v6 = spans.v6.map(([start, end]): [bigint, bigint] => [BigInt(start), BigInt(end)]);
      return {
        peers: IpSet.of(IntervalSet.of(spans.v4), IntervalSet.of(v6)),
        transport: TransportSet.tcp(IntervalSet.span(first, last + 1)),
      };
    });
    const set = TrafficSet.fromBoxes(boxes);
    for (let port = 0; port <= PORTS; port += 1) {
      const peers = set.peersFor("tcp", port);
      for (let host = 0; host <= HOSTS; host += 1) {
        const at = port < PORTS && host < HOSTS ? port * HOSTS + host : -1;
        expect(peers.has({ family: 4, value: host })).toBe(grids.v4[at] === 1);
        expect(peers.has({ family: 6, value: BigInt(host) })).toBe(grids.v6[at] === 1);
      }
    }
    const oneByOne = TrafficSet.unionAll(boxes.map(({ peers, transport }) => TrafficSet.box(peers, transport)));
    expect(set.key()).toBe(oneByOne.key());
    expect(TrafficSet.fromBoxes(boxes.toReversed()).key()).toBe(set.key());
  });
});
