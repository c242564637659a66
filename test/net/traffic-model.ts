// An independent model of traffic sets: plain booleans over a small universe, filled from the boxes as they were typed, never
// from an answer of the code under test. Every end of a generated box is a point of the universe, and so is one point of every
// gap between two of them: sets that agree on the universe agree everywhere.

import * as fc from "fast-check";
import {
  IntervalSet,
  IpSet,
  TransportSet,
  type Address,
  type ProtocolCell,
  type TrafficBox,
} from "../../src/net/index.ts";

/** First and last, both included. */
type Range<T> = readonly [first: T, last: T];

/** A box as somebody would type it. Ranges may be absent: a box for one family only. */
export interface PlainBox {
  readonly v4: Range<number> | null;
  readonly v6: Range<bigint> | null;
  readonly cell: ProtocolCell | "all";
  readonly axis: Range<number>;
}

const LAST_V4 = 2 ** 32 - 1;
const LAST_V6 = (1n << 128n) - 1n;

// Ends of boxes: the edges of each line, neighbours, and the places where signed arithmetic turns over.
const V4_ENDS = [0, 1, 0x0a000000, 0x0a000001, 2 ** 31 - 1, 2 ** 31, LAST_V4 - 1, LAST_V4];
const V6_ENDS = [0n, 1n, 1n << 64n, LAST_V6 - 1n, LAST_V6];
const PORT_ENDS = [0, 1, 22, 23, 255, 256, 65534, 65535];
const PROTOCOL_ENDS = [0, 2, 50, 51, 255];

const V4_POINTS = [...V4_ENDS, 5, 0x0a0000ff, 3_000_000_000];
const V6_POINTS = [...V6_ENDS, 99n, 1n << 100n];
const PORT_POINTS = [...PORT_ENDS, 10, 80, 8080];
const PROTOCOL_POINTS = [...PROTOCOL_ENDS, 10, 47, 132];

/** Protocol numbers with a cell of their own are not in the cell "other". */
const NAMED_PROTOCOLS = [1, 6, 17, 58];

const ADDRESSES: readonly Address[] = [
  ...V4_POINTS.map((value) => ({ family: 4, value }) as const),
  ...V6_POINTS.map((value) => ({ family: 6, value }) as const),
];

const AXIS_POINTS: readonly (readonly [ProtocolCell, number])[] = [
  ...(["tcp", "udp", "icmp", "icmpv6"] as const).flatMap((cell) => PORT_POINTS.map((point) => [cell, point] as const)),
  ...PROTOCOL_POINTS.map((number) => ["other", number] as const),
];

export interface Point {
  readonly address: Address;
  readonly cell: ProtocolCell;
  readonly axis: number;
}

export const UNIVERSE: readonly Point[] = AXIS_POINTS.flatMap(([cell, axis]) =>
  ADDRESSES.map((address) => ({ address, cell, axis })),
);

/** How many neighbouring points of UNIVERSE share a cell and an axis. */
export const COLUMN = ADDRESSES.length;

function holds(box: PlainBox, { address, cell, axis }: Point): boolean {
  if (box.cell !== "all") {
    if (box.cell !== cell || axis < box.axis[0] || axis > box.axis[1]) return false;
  }
  const range = address.family === 4 ? box.v4 : box.v6;
  return range !== null && range[0] <= address.value && address.value <= range[1];
}

/** For each point of the universe whether any of the boxes holds it. */
export function modelOf(boxes: readonly PlainBox[]): boolean[] {
  return UNIVERSE.map((point) => boxes.some((box) => holds(box, point)));
}

export function transportOf({ cell, axis: [first, last] }: PlainBox): TransportSet {
  if (cell === "all") return TransportSet.all;
  const span = IntervalSet.span(first, last + 1);
  if (cell !== "other") return TransportSet.fromCells({ [cell]: span });
  return TransportSet.fromCells({
    other: span.subtract(IntervalSet.of(NAMED_PROTOCOLS.map((number): [number, number] => [number, number + 1]))),
  });
}

export function peersOf({ v4, v6 }: PlainBox): IpSet {
  return IpSet.of(
    v4 === null ? IntervalSet.empty() : IntervalSet.span(v4[0], v4[1] + 1),
    v6 === null ? IntervalSet.empty() : IntervalSet.span(v6[0], v6[1] + 1n),
  );
}

export function boxOf(box: PlainBox): TrafficBox {
  return { peers: peersOf(box), transport: transportOf(box) };
}

function rangeOf<T extends number | bigint>(ends: readonly T[]): fc.Arbitrary<Range<T>> {
  return fc
    .tuple(fc.nat(ends.length - 1), fc.nat(ends.length - 1))
    .map(([a, b]) => [ends[Math.min(a, b)] as T, ends[Math.max(a, b)] as T] as const);
}

const peersArbitrary = fc.oneof(
  { weight: 3, arbitrary: fc.record({ v4: rangeOf(V4_ENDS), v6: fc.constant(null) }) },
  { weight: 2, arbitrary: fc.record({ v4: fc.constant(null), v6: rangeOf(V6_ENDS) }) },
  { weight: 1, arbitrary: fc.record({ v4: rangeOf(V4_ENDS), v6: rangeOf(V6_ENDS) }) },
);

const whereArbitrary: fc.Arbitrary<Pick<PlainBox, "cell" | "axis">> = fc.oneof(
  // Mostly one cell, so that boxes meet.
  { weight: 6, arbitrary: rangeOf(PORT_ENDS).map((axis) => ({ cell: "tcp" as const, axis })) },
  {
    weight: 3,
    arbitrary: fc.record({ cell: fc.constantFrom("udp", "icmp", "icmpv6"), axis: rangeOf(PORT_ENDS) }),
  },
  { weight: 2, arbitrary: rangeOf(PROTOCOL_ENDS).map((axis) => ({ cell: "other" as const, axis })) },
  { weight: 1, arbitrary: fc.constant({ cell: "all" as const, axis: [0, 0] as const }) },
);

const plainBox: fc.Arbitrary<PlainBox> = fc
  .tuple(peersArbitrary, whereArbitrary)
  .map(([peers, where]) => ({ ...peers, ...where }));

/** Up to seven boxes; none at all now and then. */
export const plainBoxes: fc.Arbitrary<PlainBox[]> = fc.array(plainBox, { maxLength: 7 });

/** Ways to change one thing about one box, taking it from another. */
const CHANGES = {
  drop: (boxes, at) => boxes.toSpliced(at, 1),
  repeat: (boxes, at) => [boxes[at] as PlainBox, ...boxes],
  v4: (boxes, at, { v4 }) => boxes.with(at, { ...(boxes[at] as PlainBox), v4 }),
  v6: (boxes, at, { v6 }) => boxes.with(at, { ...(boxes[at] as PlainBox), v6 }),
  where: (boxes, at, { cell, axis }) => boxes.with(at, { ...(boxes[at] as PlainBox), cell, axis }),
  replace: (boxes, at, other) => boxes.with(at, other),
} as const satisfies Record<string, (boxes: readonly PlainBox[], at: number, other: PlainBox) => PlainBox[]>;

/** Two lists: independent of each other, or the second is the first with one thing about one box changed. */
export const plainPair: fc.Arbitrary<[PlainBox[], PlainBox[]]> = fc.oneof(
  fc.tuple(plainBoxes, plainBoxes),
  fc
    .tuple(
      fc.array(plainBox, { minLength: 1, maxLength: 7 }),
      fc.nat(6),
      plainBox,
      fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
    )
    .map(([boxes, at, other, change]): [PlainBox[], PlainBox[]] => [
      boxes,
      CHANGES[change](boxes, at % boxes.length, other),
    ]),
);

/** The same traffic in other words: every box cut in two where that is possible, all of them turned around, one twice. */
export function otherWords(boxes: readonly PlainBox[]): PlainBox[] {
  const cut = boxes.flatMap((box): PlainBox[] => {
    const [first, last] = box.axis;
    if (box.v4 !== null && box.v6 !== null)
      return [
        { ...box, v4: null },
        { ...box, v6: null },
      ];
    if (box.cell !== "all" && first < last)
      return [
        { ...box, axis: [first, first] },
        { ...box, axis: [first + 1, last] },
      ];
    if (box.v4 !== null && box.v4[0] < box.v4[1]) {
      const middle = Math.floor((box.v4[0] + box.v4[1]) / 2);
      return [
        { ...box, v4: [middle + 1, box.v4[1]] },
        { ...box, v4: [box.v4[0], middle] },
      ];
    }
    return [box];
  });
  return [...cut.toReversed(), ...cut.slice(0, 1)];
}
