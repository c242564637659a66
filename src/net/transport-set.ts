// Sets of transports: which protocol, and where on its 16-bit axis. A disjoint sum of five cells, so that ports are never
// taken for ICMP types and "-1" is really everything: tcp and udp by destination port, icmp and icmpv6 by type*256+code, and
// every other protocol by its number, those that no rule names included. Source ports are not part of it.

import { IntervalSet } from "./interval-set.ts";
import { ALL_PORTS, formatPorts, formatRun, type PortSet } from "./ports.ts";

export type ProtocolCell = "tcp" | "udp" | "icmp" | "icmpv6" | "other";

/** The cells in canonical order. */
export const PROTOCOL_CELLS: readonly ProtocolCell[] = ["tcp", "udp", "icmp", "icmpv6", "other"];

type Cells = Readonly<Record<ProtocolCell, IntervalSet<number>>>;

/** The protocol numbers that have a cell of their own. */
const CELL_BY_NUMBER: ReadonlyMap<number, ProtocolCell> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [58, "icmpv6"],
]);

const NONE = IntervalSet.empty<number>();
const OTHER_PROTOCOLS = IntervalSet.span(0, 256).subtract(
  IntervalSet.of(Array.from(CELL_BY_NUMBER.keys(), (number): [number, number] => [number, number + 1])),
);

const EMPTY_CELLS: Cells = { tcp: NONE, udp: NONE, icmp: NONE, icmpv6: NONE, other: NONE };
const ALL_CELLS: Cells = { tcp: ALL_PORTS, udp: ALL_PORTS, icmp: ALL_PORTS, icmpv6: ALL_PORTS, other: OTHER_PROTOCOLS };

export class TransportSet {
  static readonly empty = new TransportSet(EMPTY_CELLS);
  static readonly all = new TransportSet(ALL_CELLS);

  /** The axis of each protocol cell, half-open. */
  readonly cells: Cells;
  #text: string | undefined;

  private constructor(cells: Cells) {
    this.cells = cells;
  }

  /** Cells that are left out are empty; those that are given must lie within `TransportSet.all`. */
  static fromCells(cells: Partial<Cells>): TransportSet {
    return new TransportSet({ ...EMPTY_CELLS, ...cells });
  }

  static tcp(ports: PortSet): TransportSet {
    return new TransportSet({ tcp: ports, udp: NONE, icmp: NONE, icmpv6: NONE, other: NONE });
  }

  static tcpPort(port: number): TransportSet {
    return TransportSet.tcp(IntervalSet.span(port, port + 1));
  }

  static udp(ports: PortSet): TransportSet {
    return new TransportSet({ tcp: NONE, udp: ports, icmp: NONE, icmpv6: NONE, other: NONE });
  }

  /** ICMP for IPv4. Without a code every code of the type, without a type everything; -1 is the same as absent. */
  static icmp(type = -1, code = -1): TransportSet {
    return new TransportSet({ tcp: NONE, udp: NONE, icmp: icmpAxis(type, code), icmpv6: NONE, other: NONE });
  }

  /** As `icmp`, for IPv6: protocol 58. */
  static icmpv6(type = -1, code = -1): TransportSet {
    return new TransportSet({ tcp: NONE, udp: NONE, icmp: NONE, icmpv6: icmpAxis(type, code), other: NONE });
  }

  /** A whole protocol by its number, 0 to 255: 6 is tcp with all ports, 50 is ESP. */
  static protocol(number: number): TransportSet {
    if (!isByte(number)) throw new Error(`protocol numbers run from 0 to 255, not ${number}`);
    const cell = CELL_BY_NUMBER.get(number);
    return TransportSet.fromCells(
      cell === undefined ? { other: IntervalSet.span(number, number + 1) } : { [cell]: ALL_PORTS },
    );
  }

  static unionAll(sets: readonly TransportSet[]): TransportSet {
    if (sets.length < 2) return sets[0] ?? TransportSet.empty;
    return new TransportSet(mapCells((cell) => IntervalSet.unionAll(sets.map((set) => set.cells[cell]))));
  }

  get isEmpty(): boolean {
    return this === TransportSet.empty || PROTOCOL_CELLS.every((cell) => this.cells[cell].isEmpty);
  }

  /** Whether the transport is in the set: a port, type*256+code, or in the cell "other" a protocol number. */
  has(cell: ProtocolCell, axis: number): boolean {
    return this.cells[cell].has(axis);
  }

  union(other: TransportSet): TransportSet {
    return this.#combine(other, (a, b) => a.union(b));
  }

  intersect(other: TransportSet): TransportSet {
    return this.#combine(other, (a, b) => a.intersect(b));
  }

  /** The transports of this set that are not in the other. */
  subtract(other: TransportSet): TransportSet {
    return this.#combine(other, (a, b) => a.subtract(b));
  }

  equals(other: TransportSet): boolean {
    return this === other || PROTOCOL_CELLS.every((cell) => this.cells[cell].equals(other.cells[cell]));
  }

  isSubsetOf(other: TransportSet): boolean {
    return this === other || PROTOCOL_CELLS.every((cell) => this.cells[cell].isSubsetOf(other.cells[cell]));
  }

  overlaps(other: TransportSet): boolean {
    return PROTOCOL_CELLS.some((cell) => this.cells[cell].overlaps(other.cells[cell]));
  }

  /**
   * The set in words, one entry a protocol: {protocol: "tcp", ports: "22, 80-90"}, {protocol: "icmp", ports: "8/any"},
   * {protocol: "50", ports: "all"}. Numbered protocols that follow each other share an entry ("51-57"); all of them are
   * "other"; the whole set is {protocol: "all", ports: "all"}.
   */
  entries(): { protocol: string; ports: string }[] {
    const { tcp, udp, icmp, icmpv6, other } = this.cells;
    if (this.equals(TransportSet.all)) return [{ protocol: "all", ports: "all" }];
    const entries: { protocol: string; ports: string }[] = [];
    if (!tcp.isEmpty) entries.push({ protocol: "tcp", ports: formatPorts(tcp) });
    if (!udp.isEmpty) entries.push({ protocol: "udp", ports: formatPorts(udp) });
    if (!icmp.isEmpty) entries.push({ protocol: "icmp", ports: formatIcmp(icmp) });
    if (!icmpv6.isEmpty) entries.push({ protocol: "icmpv6", ports: formatIcmp(icmpv6) });
    if (other.equals(OTHER_PROTOCOLS)) return [...entries, { protocol: "other", ports: "all" }];
    for (const [start, end] of other.spans()) entries.push({ protocol: formatRun(start, end), ports: "all" });
    return entries;
  }

  /** One line for people: "tcp 2379-2380, udp 8472", "all tcp", "protocol 50", "all traffic"; "nothing" for the empty set. */
  describe(): string {
    // Few transports are described over and over: kept, because the set never changes.
    this.#text ??= this.isEmpty ? "nothing" : this.entries().map(describeEntry).join(", ");
    return this.#text;
  }

  #combine(
    other: TransportSet,
    operation: (a: IntervalSet<number>, b: IntervalSet<number>) => IntervalSet<number>,
  ): TransportSet {
    return new TransportSet(mapCells((cell) => operation(this.cells[cell], other.cells[cell])));
  }
}

/** One value for each cell. */
export function mapCells<R>(make: (cell: ProtocolCell) => R): Record<ProtocolCell, R> {
  return { tcp: make("tcp"), udp: make("udp"), icmp: make("icmp"), icmpv6: make("icmpv6"), other: make("other") };
}

function describeEntry({ protocol, ports }: { protocol: string; ports: string }): string {
  if (protocol === "all") return "all traffic";
  if (protocol === "other") return "all other protocols";
  if (/^\d+$/u.test(protocol)) return `protocol ${protocol}`;
  if (/^\d/u.test(protocol)) return `protocols ${protocol}`;
  return ports === "all" ? `all ${protocol}` : `${protocol} ${ports}`;
}

/** Type t with code c is the point t*256+c, so any code of a type is one interval, never a range from type to code. */
function icmpAxis(type: number, code: number): IntervalSet<number> {
  if (type === -1) return ALL_PORTS;
  if (!isByte(type)) throw new Error(`ICMP types run from 0 to 255, not ${type}`);
  if (code === -1) return IntervalSet.span(type * 256, type * 256 + 256);
  if (!isByte(code)) throw new Error(`ICMP codes run from 0 to 255, not ${code}`);
  return IntervalSet.span(type * 256 + code, type * 256 + code + 1);
}

/** "8/any", "3/4", "3/0-3", "133-137/any", or "all". */
function formatIcmp(axis: IntervalSet<number>): string {
  if (axis.equals(ALL_PORTS)) return "all";
  return Array.from(axis.spans(), ([start, end]) => formatIcmpSpan(start, end).join(", ")).join(", ");
}

/**
 * An interval of the axis in at most three pieces:
 *
 *     types        3       4       5       6       7
 *     axis     |──┌────|───────|───────|───────|──┐────|
 *                 3/2-255      4-6/any         7/0-1
 */
function formatIcmpSpan(start: number, end: number): string[] {
  const firstType = Math.floor(start / 256);
  const lastType = Math.floor((end - 1) / 256);
  const codes = (type: number, from: number, to: number): string => `${type}/${formatRun(from, to)}`;
  const startsInside = start % 256 !== 0;
  const endsInside = end % 256 !== 0;
  if (firstType === lastType && startsInside && endsInside) return [codes(firstType, start % 256, end % 256)];
  const wholeFrom = startsInside ? firstType + 1 : firstType;
  const wholeTo = endsInside ? lastType : lastType + 1;
  return [
    ...(startsInside ? [codes(firstType, start % 256, 256)] : []),
    ...(wholeFrom < wholeTo ? [`${formatRun(wholeFrom, wholeTo)}/any`] : []),
    ...(endsInside ? [codes(lastType, 0, end % 256)] : []),
  ];
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
