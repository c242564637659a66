// Pieces of excess -> causes. A cause is a rule, or the several rules that only together let something through, in one rule set
// (docs/judging.md, 4). Rules whose findings would have one identity (same ports, same documented reason) are one cause too.

import type { PortClass, Severity } from "../../model/index.ts";
import { SEVERITIES, oneStepDown } from "../../model/index.ts";
import { IpSet, TransportSet } from "../../net/index.ts";
import type { ApplicableJudgement, Piece } from "./excess-pieces.ts";
import { classifyPeers, excessSeverity, isWider, type PeerClass } from "./peer-class.ts";
import { transportOf, type Atom, type PortMap } from "./ports.ts";

/** One atom of a cause with everybody who can use it. */
export interface CausePart {
  readonly atom: Atom;
  readonly transport: TransportSet;
  readonly peers: IpSet;
  readonly peerClass: PeerClass;
  readonly portClass: PortClass;
  readonly severity: Severity;
  readonly judgement: ApplicableJudgement | undefined;
  readonly reach: Reach;
  readonly pieces: readonly Piece[];
}

export interface Cause {
  readonly pieces: readonly Piece[];
  /** Worst first. */
  readonly parts: readonly [CausePart, ...CausePart[]];
  readonly transport: TransportSet;
}

/** Whether the Internet has a way to any of the endpoints: "unknown" counts as reachable and is said. */
export type Reach = "reachable" | "unreachable" | "unknown";

/**
 * Forms the causes of one rule set from its `outside` pieces (all of one cluster, or all of the baseline).
 * @param reach answers whether the Internet has a way to the endpoints of a piece
 */
export function formCauses(pieces: readonly Piece[], ports: PortMap, reach: (piece: Piece) => Reach): Cause[] {
  const byRule = Map.groupBy(pieces, (piece) => piece.rule);
  const groups = new DisjointRules([...byRule.keys()]);
  for (const atPieces of Map.groupBy(pieces, (piece) => atomKey(piece.atom)).values()) joinWhatOnlyTogetherOpens(atPieces, groups);

  const causes = (): Cause[] => groups.sets().map((rules) => causeOf(rules.flatMap((rule) => byRule.get(rule) ?? []), ports, reach));
  joinAlike(causes(), groups, (cause) => `${ports.protocolLabel(cause.transport)} ${ports.label(cause.transport)}`);
  joinAlike(causes(), groups, (cause) => cause.parts[0].judgement?.judgement.id);
  return causes().filter((cause) => cause.pieces.some((piece) => piece.judgedBy === "profile") || concernsBaseline(cause));
}

/** The baseline speaks of sensitive ports only, and not of what a network's own ranges may do. */
function concernsBaseline(cause: Cause): boolean {
  return cause.parts.some((part) => part.portClass !== "other" && part.peerClass !== "narrow");
}

/** Joins the rules of one atom where no single one is as wide as all of them together. */
function joinWhatOnlyTogetherOpens(pieces: readonly Piece[], groups: DisjointRules): void {
  const ownRanges = rangesOf(pieces);
  const together = classifyPeers(unionPeers(pieces), ownRanges);
  const byRule = Map.groupBy(pieces, (piece) => piece.rule);
  const alone = [...byRule.values()].map((own) => classifyPeers(unionPeers(own), ownRanges));
  if (alone.every((single) => isWider(together, single))) groups.join([...byRule.keys()]);
}

function joinAlike(causes: readonly Cause[], groups: DisjointRules, keyOf: (cause: Cause) => string | undefined): void {
  for (const [key, alike] of Map.groupBy(causes, keyOf)) {
    if (key !== undefined && alike.length > 1) groups.join(alike.flatMap((cause) => cause.pieces.map((piece) => piece.rule)));
  }
}

function causeOf(pieces: readonly Piece[], ports: PortMap, reach: (piece: Piece) => Reach): Cause {
  const parts: CausePart[] = [];
  for (const atPieces of Map.groupBy(pieces, (piece) => `${atomKey(piece.atom)} ${piece.judgement?.judgement.id ?? ""}`).values()) {
    const [first] = atPieces as [Piece, ...Piece[]];
    const peers = unionPeers(atPieces);
    const peerClass = classifyPeers(peers, rangesOf(atPieces));
    const portClass = ports.classOf(first.atom);
    const reached = peerClass === "internet" ? worstReach(atPieces.map(reach)) : "reachable";
    const judgement = first.judgement ?? (peerClass === "internet" ? atPieces.find((piece) => piece.ifInternet !== undefined)?.ifInternet : undefined);
    let severity = judgement?.judgement.severity ?? excessSeverity(portClass, peerClass, reached !== "unreachable");
    // The documents' verdicts are about ports that the Internet can reach: without a way they weigh one step less, as in the table.
    if (judgement !== undefined && peerClass === "internet" && reached === "unreachable") severity = oneStepDown(severity);
    if (atPieces.every((piece) => piece.group.unused)) severity = oneStepDown(severity);
    parts.push({ atom: first.atom, transport: transportOf(first.atom), peers, peerClass, portClass, severity, judgement, reach: reached, pieces: atPieces });
  }
  parts.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      PORT_ORDER.indexOf(a.portClass) - PORT_ORDER.indexOf(b.portClass) ||
      (atomKey(a.atom) < atomKey(b.atom) ? -1 : 1),
  );
  return { pieces, parts: parts as [CausePart, ...CausePart[]], transport: TransportSet.unionAll(parts.map((part) => part.transport)) };
}

const PORT_ORDER: readonly PortClass[] = ["critical", "elevated", "other"];

function worstReach(reaches: readonly Reach[]): Reach {
  if (reaches.includes("reachable")) return "reachable";
  return reaches.includes("unknown") ? "unknown" : "unreachable";
}

function unionPeers(pieces: readonly Piece[]): IpSet {
  return IpSet.unionAll(pieces.map((piece) => piece.peers));
}

function rangesOf(pieces: readonly Piece[]): IpSet {
  return IpSet.unionAll([...new Set(pieces.map((piece) => piece.group))].map((group) => group.ownRanges));
}

/** Sorts by cell, then by number. */
function atomKey(atom: Atom): string {
  return `${atom.cell} ${String(atom.lo).padStart(5, "0")} ${String(atom.hi).padStart(5, "0")}`;
}

/** Sets of rules that belong together, kept disjoint. */
class DisjointRules {
  readonly #parent = new Map<Piece["rule"], Piece["rule"]>();

  constructor(rules: readonly Piece["rule"][]) {
    for (const rule of rules) this.#parent.set(rule, rule);
  }

  join(rules: readonly Piece["rule"][]): void {
    const [first, ...rest] = rules;
    if (first === undefined) return;
    for (const rule of rest) this.#parent.set(this.#root(rule), this.#root(first));
  }

  /** In the order in which the rules were given. */
  sets(): Piece["rule"][][] {
    return [...Map.groupBy(this.#parent.keys(), (rule) => this.#root(rule)).values()];
  }

  #root(rule: Piece["rule"]): Piece["rule"] {
    let at = rule;
    for (;;) {
      const up = this.#parent.get(at) ?? at;
      if (up === at) return at;
      at = up;
    }
  }
}
