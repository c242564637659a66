// Names and classes of ports, and the partition of transport space into atoms: pieces inside which every profile row, judgement
// and port name says the same thing, so that one answer holds for the whole piece.

import type { PortClass, PortName } from "../../model/index.ts";
import { formatPorts, IntervalSet, PROTOCOL_CELLS, TransportSet, type ProtocolCell } from "../../net/index.ts";

/** One piece of one protocol cell, half-open. */
export interface Atom {
  readonly cell: ProtocolCell;
  readonly lo: number;
  readonly hi: number;
}

export class PortMap {
  readonly #names: readonly PortName[];
  readonly #cuts: Readonly<Record<ProtocolCell, readonly number[]>>;
  /** Ports of the critical and elevated classes: what the baseline judges. */
  readonly sensitive: TransportSet;

  /**
   * @param names most specific first: the first that holds a port names it
   * @param boundaries transports whose edges must not fall inside an atom (rows, judgements)
   */
  constructor(names: readonly PortName[], boundaries: readonly TransportSet[]) {
    this.#names = names;
    const cuts = Object.fromEntries(PROTOCOL_CELLS.map((cell) => [cell, new Set<number>()])) as Record<ProtocolCell, Set<number>>;
    for (const transport of [...names.map((name) => name.transport), ...boundaries]) {
      for (const cell of PROTOCOL_CELLS) for (const bound of transport.cells[cell].bounds) cuts[cell].add(bound);
    }
    this.#cuts = Object.fromEntries(PROTOCOL_CELLS.map((cell) => [cell, [...cuts[cell]].sort((a, b) => a - b)])) as Record<ProtocolCell, number[]>;
    this.sensitive = TransportSet.unionAll(names.filter((name) => name.portClass !== "other").map((name) => name.transport));
  }

  /** Splits a half-open piece of a cell at every boundary that falls inside it. */
  *atoms(cell: ProtocolCell, lo: number, hi: number): Generator<Atom> {
    let from = lo;
    for (const cut of this.#cuts[cell]) {
      if (cut <= from) continue;
      if (cut >= hi) break;
      yield { cell, lo: from, hi: cut };
      from = cut;
    }
    yield { cell, lo: from, hi };
  }

  /** The class of an atom. */
  classOf(atom: Atom): PortClass {
    return this.nameOf(atom)?.portClass ?? "other";
  }

  /** The name of an atom, where it has one. */
  nameOf(atom: Atom): PortName | undefined {
    return this.#names.find((name) => name.transport.has(atom.cell, atom.lo));
  }

  /** Words for a transport in titles: "etcd client (tcp 2379)"; the worst named port first, never more than three names. */
  title(transport: TransportSet): string {
    if (transport.equals(TransportSet.all)) return "all traffic";
    const named = this.#namesWithin(transport);
    const text = shorten(transport.describe());
    if (named.length === 0 || named.length > 3) return text;
    return `${named.map((name) => name.title).join(", ")} (${text})`;
  }

  /**
   * The port part of a finding's id: names of the ports concerned, numbers where they have none. It keeps still while peers,
   * rule ids and their order change.
   */
  label(transport: TransportSet): string {
    if (transport.equals(TransportSet.all)) return "all";
    const named = this.#namesWithin(transport);
    const rest = transport.subtract(TransportSet.unionAll(named.map((name) => name.transport)));
    const parts = named.map((name) => name.name).sort();
    if (!rest.isEmpty) parts.push(rest.describe());
    return parts.length > 6 ? "many" : parts.join("+");
  }

  /** Protocol part of a finding's id. */
  protocolLabel(transport: TransportSet): string {
    if (transport.equals(TransportSet.all)) return "all";
    return PROTOCOL_CELLS.filter((cell) => !transport.cells[cell].isEmpty).join("+");
  }

  #namesWithin(transport: TransportSet): PortName[] {
    const found: PortName[] = [];
    let rest = transport;
    for (const name of this.#names) {
      if (!rest.overlaps(name.transport)) continue;
      found.push(name);
      rest = rest.subtract(name.transport);
    }
    const order: readonly PortClass[] = ["critical", "elevated", "other"];
    return found.sort((a, b) => order.indexOf(a.portClass) - order.indexOf(b.portClass) || (a.name < b.name ? -1 : 1));
  }
}

/** An atom as a transport. */
export function transportOf(atom: Atom): TransportSet {
  return TransportSet.fromCells({ [atom.cell]: IntervalSet.span(atom.lo, atom.hi) });
}

/** The ports of a tcp or udp transport as text; "all" and protocol words otherwise. */
export function portsText(transport: TransportSet): string {
  const { tcp, udp } = transport.cells;
  if (!tcp.isEmpty && udp.isEmpty) return formatPorts(tcp);
  if (tcp.isEmpty && !udp.isEmpty) return formatPorts(udp);
  return transport.describe();
}

function shorten(text: string): string {
  return text.length > 90 ? `${text.slice(0, 87)}...` : text;
}
