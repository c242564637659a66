// Names and classes of ports, and the partition of transport space into atoms: pieces inside which every profile row, judgement
// and port name says the same thing, so that one answer holds for the whole piece.

import type { PortClass, PortName } from "../../model/index.ts";
import { formatPorts, IntervalSet, PROTOCOL_CELLS, TransportSet, type ProtocolCell } from "../../net/index.ts";

/** One piece of one protocol cell, half-open. Equal atoms of one map are one object. */
export interface Atom {
  readonly cell: ProtocolCell;
  readonly lo: number;
  readonly hi: number;
  readonly transport: TransportSet;
  readonly portClass: PortClass;
  /** Sorts by cell, then by number. */
  readonly key: string;
}

export class PortMap {
  readonly #names: readonly PortName[];
  readonly #atoms = new Map<string, Atom>();
  readonly #pieces: Readonly<Record<ProtocolCell, Map<number, readonly Atom[]>>> = {
    tcp: new Map(),
    udp: new Map(),
    icmp: new Map(),
    icmpv6: new Map(),
    other: new Map(),
  };
  readonly #within = new Map<string, readonly PortName[]>();
  readonly #labels = new Map<string, string>();
  readonly #cuts: Readonly<Record<ProtocolCell, readonly number[]>>;
  /** Ports of the critical and elevated classes: what the baseline judges. */
  readonly sensitive: TransportSet;

  /**
   * @param names most specific first: the first that holds a port names it
   * @param boundaries transports whose edges must not fall inside an atom (rows, judgements)
   */
  constructor(names: readonly PortName[], boundaries: readonly TransportSet[]) {
    this.#names = names;
    const cuts = Object.fromEntries(PROTOCOL_CELLS.map((cell) => [cell, new Set<number>()])) as Record<
      ProtocolCell,
      Set<number>
    >;
    for (const transport of [...names.map((name) => name.transport), ...boundaries]) {
      for (const cell of PROTOCOL_CELLS) for (const bound of transport.cells[cell].bounds) cuts[cell].add(bound);
    }
    this.#cuts = Object.fromEntries(
      PROTOCOL_CELLS.map((cell) => [cell, [...cuts[cell]].sort((a, b) => a - b)]),
    ) as Record<ProtocolCell, number[]>;
    this.sensitive = TransportSet.unionAll(
      names.filter((name) => name.portClass !== "other").map((name) => name.transport),
    );
  }

  /** Splits a half-open piece of a cell at every boundary that falls inside it. */
  atoms(cell: ProtocolCell, lo: number, hi: number): readonly Atom[] {
    const at = lo * 131_072 + hi;
    const known = this.#pieces[cell].get(at);
    if (known !== undefined) return known;
    const atoms: Atom[] = [];
    let from = lo;
    for (const cut of this.#cuts[cell]) {
      if (cut <= from) continue;
      if (cut >= hi) break;
      atoms.push(this.#atom(cell, from, cut));
      from = cut;
    }
    atoms.push(this.#atom(cell, from, hi));
    this.#pieces[cell].set(at, atoms);
    return atoms;
  }

  #atom(cell: ProtocolCell, lo: number, hi: number): Atom {
    const key = `${cell} ${String(lo).padStart(5, "0")} ${String(hi).padStart(5, "0")}`;
    let atom = this.#atoms.get(key);
    if (atom === undefined) {
      const portClass = this.#names.find((name) => name.transport.has(cell, lo))?.portClass ?? "other";
      atom = { cell, lo, hi, transport: TransportSet.fromCells({ [cell]: IntervalSet.span(lo, hi) }), portClass, key };
      this.#atoms.set(key, atom);
    }
    return atom;
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
    const text = transport.describe();
    let label = this.#labels.get(text);
    if (label === undefined) {
      label = this.#readLabel(transport);
      this.#labels.set(text, label);
    }
    return label;
  }

  #readLabel(transport: TransportSet): string {
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

  #namesWithin(transport: TransportSet): readonly PortName[] {
    const text = transport.describe();
    let names = this.#within.get(text);
    if (names === undefined) {
      names = this.#readNames(transport);
      this.#within.set(text, names);
    }
    return names;
  }

  #readNames(transport: TransportSet): PortName[] {
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
