// Sets of traffic: peer addresses x transport, the thing that rules allow, documents require and findings are made of.
//
// Kept as one step function a protocol cell, from the axis to the peers. That form is canonical whatever rules it came from:
// 0.0.0.0/1 and 128.0.0.0/1 are the Internet, 2000-2400 contains 2379, and equal sets have equal slabs. Directions, local
// addresses and unknowns are not part of it: whoever holds two of them (definite, possible) keeps them apart.

import type { Address } from "./address.ts";
import { IntervalSet } from "./interval-set.ts";
import { IpSet } from "./ip-set.ts";
import {
  axisOf,
  combineSteps,
  constantSteps,
  mapSteps,
  NO_STEPS,
  peersAt,
  slabsOf,
  stepsEqual,
  stepsOverlap,
  stepsWithin,
  type PeerSteps,
  type Slab,
} from "./peer-steps.ts";
import { SlabPile } from "./slab-pile.ts";
import { mapCells, PROTOCOL_CELLS, TransportSet, type ProtocolCell } from "./transport-set.ts";
import { uniteAll } from "./unite.ts";

/** All combinations of peers and transports. */
export interface TrafficBox {
  readonly peers: IpSet;
  readonly transport: TransportSet;
}

interface TrafficSlab extends Slab {
  readonly cell: ProtocolCell;
}

type Cells = Readonly<Record<ProtocolCell, PeerSteps>>;

export class TrafficSet {
  static readonly empty = new TrafficSet(mapCells(() => NO_STEPS));
  /** Every address of both families by every protocol. */
  static readonly all: TrafficSet = TrafficSet.box(IpSet.any, TransportSet.all);

  readonly #cells: Cells;

  private constructor(cells: Cells) {
    this.#cells = cells;
  }

  static box(peers: IpSet, transport: TransportSet): TrafficSet {
    if (peers.isEmpty || transport.isEmpty) return TrafficSet.empty;
    return new TrafficSet(mapCells((cell) => constantSteps(transport.cells[cell], peers)));
  }

  /** The union of boxes in any order, overlapping or not; k boxes cost k log k and the slabs that come out of them. */
  static fromBoxes(boxes: readonly TrafficBox[]): TrafficSet {
    const [first] = boxes;
    if (first === undefined) return TrafficSet.empty;
    if (boxes.length === 1) return TrafficSet.box(first.peers, first.transport);
    return TrafficSet.#of(
      mapCells((cell) => {
        const pile = new SlabPile();
        for (const { peers, transport } of boxes) {
          const { bounds } = transport.cells[cell];
          if (bounds.length === 0 || peers.isEmpty) continue;
          for (let i = 0; i < bounds.length; i += 2) pile.add(bounds[i] as number, bounds[i + 1] as number, peers);
        }
        return pile.settle();
      }),
    );
  }

  static unionAll(sets: readonly TrafficSet[]): TrafficSet {
    return uniteAll(sets, TrafficSet.empty, (a, b) => a.union(b));
  }

  static #of(cells: Cells): TrafficSet {
    return PROTOCOL_CELLS.every((cell) => cells[cell] === NO_STEPS) ? TrafficSet.empty : new TrafficSet(cells);
  }

  get isEmpty(): boolean {
    return this === TrafficSet.empty;
  }

  /** Whether this traffic is in the set; `axis` is a port, type*256+code, or in the cell "other" a protocol number. */
  has(address: Address, cell: ProtocolCell, axis: number): boolean {
    return this.peersFor(cell, axis).has(address);
  }

  /** Who may use one point of a cell's axis. */
  peersFor(cell: ProtocolCell, axis: number): IpSet {
    return peersAt(this.#cells[cell], axis);
  }

  union(other: TrafficSet): TrafficSet {
    if (this === other || other.isEmpty) return this;
    if (this.isEmpty) return other;
    return this.#combine(other, (a, b) => a.union(b));
  }

  intersect(other: TrafficSet): TrafficSet {
    if (this === other) return this;
    if (this.isEmpty || other.isEmpty) return TrafficSet.empty;
    return this.#combine(other, (a, b) => a.intersect(b));
  }

  /** The traffic of this set that is not in the other. */
  subtract(other: TrafficSet): TrafficSet {
    if (this === other) return TrafficSet.empty;
    if (this.isEmpty || other.isEmpty) return this;
    return this.#combine(other, (a, b) => a.subtract(b));
  }

  equals(other: TrafficSet): boolean {
    return this === other || PROTOCOL_CELLS.every((cell) => stepsEqual(this.#cells[cell], other.#cells[cell]));
  }

  isSubsetOf(other: TrafficSet): boolean {
    return this === other || PROTOCOL_CELLS.every((cell) => stepsWithin(this.#cells[cell], other.#cells[cell]));
  }

  overlaps(other: TrafficSet): boolean {
    return PROTOCOL_CELLS.some((cell) => stepsOverlap(this.#cells[cell], other.#cells[cell]));
  }

  /** What of the set has its peer among `peers`. */
  restrictPeers(peers: IpSet): TrafficSet {
    return this.#mapPeers((own) => own.intersect(peers));
  }

  /** What of the set has its peer outside `peers`. */
  withoutPeers(peers: IpSet): TrafficSet {
    return this.#mapPeers((own) => own.subtract(peers));
  }

  /** What of the set is of these transports, whoever the peer is. */
  restrictTransport(transport: TransportSet): TrafficSet {
    return this.intersect(TrafficSet.box(IpSet.any, transport));
  }

  /** Every transport by which anybody is let through. */
  transport(): TransportSet {
    return TransportSet.fromCells(mapCells((cell) => axisOf(this.#cells[cell])));
  }

  /** Everybody who is let through by any transport. */
  peers(): IpSet {
    return IpSet.unionAll(Array.from(this.slabs(), (slab) => slab.peers));
  }

  /** The canonical pieces: cells in the order of PROTOCOL_CELLS, the axis rising, half-open, peers never empty. */
  *slabs(): Generator<TrafficSlab> {
    for (const cell of PROTOCOL_CELLS) {
      for (const { lo, hi, peers } of slabsOf(this.#cells[cell])) yield { cell, lo, hi, peers };
    }
  }

  /**
   * The set for people: one box for every distinct set of peers, with all the transports it has. The boxes are disjoint,
   * their union is the set, and they come in the order in which `slabs` shows their peers first.
   */
  boxes(): TrafficBox[] {
    const groups = new Map<string, { peers: IpSet; bounds: Map<ProtocolCell, number[]> }>();
    for (const { cell, lo, hi, peers } of this.slabs()) {
      const key = peers.key();
      const group = groups.get(key) ?? { peers, bounds: new Map<ProtocolCell, number[]>() };
      groups.set(key, group);
      const bounds = group.bounds.get(cell) ?? [];
      group.bounds.set(cell, bounds);
      bounds.push(lo, hi);
    }
    return Array.from(groups.values(), ({ peers, bounds }) => ({
      peers,
      transport: TransportSet.fromCells(mapCells((cell) => IntervalSet.fromBounds(bounds.get(cell) ?? []))),
    }));
  }

  /** Canonical text for maps and digests, not for people: equal sets have equal keys, and only they. */
  key(): string {
    let key = "";
    for (const { cell, lo, hi, peers } of this.slabs()) key += `${cell}:${lo}-${hi}=${peers.key()};`;
    return key;
  }

  #combine(other: TrafficSet, operation: (a: IpSet, b: IpSet) => IpSet): TrafficSet {
    return TrafficSet.#of(mapCells((cell) => combineSteps(this.#cells[cell], other.#cells[cell], operation)));
  }

  #mapPeers(operation: (peers: IpSet) => IpSet): TrafficSet {
    return TrafficSet.#of(mapCells((cell) => mapSteps(this.#cells[cell], operation)));
  }
}
