// Pieces of excess -> causes. A cause is a rule, or the several rules that only together let something through, in one rule set
// (docs/judging.md, 4). Rules whose findings would have one identity (same ports, same documented reason) are one cause too.

import {
  compareCodeUnits,
  oneStepDown,
  SEVERITIES,
  type PortClass,
  type Rule,
  type Severity,
} from "../../model/index.ts";
import { IpSet, TransportSet } from "../../net/index.ts";
import type { ApplicableJudgement, Piece } from "./excess-pieces.ts";
import { classifyPeers, excessSeverity, isWider, type PeerClass } from "./peer-class.ts";
import type { Atom, PortMap } from "./ports.ts";

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
  if (pieces.length === 0) return [];
  const byRule = Map.groupBy(pieces, (piece) => piece.rule);
  const groups = new DisjointRules([...byRule.keys()]);
  for (const atPieces of Map.groupBy(pieces, (piece) => piece.atom).values())
    joinWhatOnlyTogetherOpens(atPieces, groups);
  joinAlike(groups, (rules) => {
    const transport = transportOf(piecesOf(rules, byRule));
    return `${ports.protocolLabel(transport)} ${ports.label(transport)}`;
  });
  const causes = (): Cause[] => groups.sets().map((rules) => causeOf(piecesOf(rules, byRule), reach));
  let formed = causes();
  const reasons = new Map(formed.map((cause) => [cause.pieces[0]?.rule, cause.parts[0].judgement?.judgement.id]));
  if (joinAlike(groups, ([first]) => reasons.get(first))) formed = causes();
  return formed.filter(
    (cause) => cause.pieces.some((piece) => piece.judgedBy === "profile") || concernsBaseline(cause),
  );
}

function piecesOf(rules: readonly Rule[], byRule: ReadonlyMap<Rule, readonly Piece[]>): readonly Piece[] {
  const [only] = rules;
  if (rules.length === 1 && only !== undefined) return byRule.get(only) ?? [];
  return rules.flatMap((rule) => byRule.get(rule) ?? []);
}

function transportOf(pieces: readonly Piece[]): TransportSet {
  return TransportSet.unionAll([...new Set(pieces.map((piece) => piece.atom))].map((atom) => atom.transport));
}

/** The baseline speaks of sensitive ports only, and not of what a network's own ranges may do. */
function concernsBaseline(cause: Cause): boolean {
  return cause.parts.some((part) => part.portClass !== "other" && part.peerClass !== "narrow");
}

/** Joins the rules of one atom where no single one is as wide as all of them together. */
function joinWhatOnlyTogetherOpens(pieces: readonly Piece[], groups: DisjointRules): void {
  const byRule = Map.groupBy(pieces, (piece) => piece.rule);
  if (byRule.size < 2) return;
  const ownRanges = rangesOf(pieces);
  const together = classifyPeers(unionPeers(pieces), ownRanges);
  for (const own of byRule.values()) if (!isWider(together, classifyPeers(unionPeers(own), ownRanges))) return;
  groups.join([...byRule.keys()]);
}

/** Joins sets of rules that a key calls alike; says whether any were. */
function joinAlike(groups: DisjointRules, keyOf: (rules: readonly Rule[]) => string | undefined): boolean {
  const sets = groups.sets();
  if (sets.length < 2) return false;
  let joined = false;
  for (const [key, alike] of Map.groupBy(sets, keyOf)) {
    if (key === undefined || alike.length < 2) continue;
    groups.join(alike.flat());
    joined = true;
  }
  return joined;
}

function causeOf(pieces: readonly Piece[], reach: (piece: Piece) => Reach): Cause {
  const parts: CausePart[] = [];
  for (const atPieces of Map.groupBy(pieces, (piece) => piece.atom).values()) {
    for (const alike of Map.groupBy(atPieces, (piece) => piece.judgement?.judgement).values())
      parts.push(partOf(alike, reach));
  }
  parts.sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      PORT_ORDER.indexOf(a.portClass) - PORT_ORDER.indexOf(b.portClass) ||
      compareCodeUnits(a.atom.key, b.atom.key),
  );
  return { pieces, parts: parts as [CausePart, ...CausePart[]], transport: transportOf(pieces) };
}

/** What the pieces of one atom and one judgement open together. */
function partOf(pieces: readonly Piece[], reach: (piece: Piece) => Reach): CausePart {
  const [first] = pieces as [Piece, ...Piece[]];
  const { atom } = first;
  const { portClass } = atom;
  const peers = unionPeers(pieces);
  const peerClass = classifyPeers(peers, rangesOf(pieces));
  const reached = peerClass === "internet" ? worstReach(pieces.map(reach)) : "reachable";
  const judgement =
    first.judgement ??
    (peerClass === "internet" ? pieces.find((piece) => piece.ifInternet !== undefined)?.ifInternet : undefined);
  let severity = judgement?.judgement.severity ?? excessSeverity(portClass, peerClass, reached !== "unreachable");
  // The documents' verdicts are about ports that the Internet can reach: without a way they weigh one step less, as in the table.
  if (judgement !== undefined && peerClass === "internet" && reached === "unreachable")
    severity = oneStepDown(severity);
  if (pieces.every((piece) => piece.group.unused)) severity = oneStepDown(severity);
  return { atom, transport: atom.transport, peers, peerClass, portClass, severity, judgement, reach: reached, pieces };
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
  const [first] = pieces;
  if (first !== undefined && pieces.every((piece) => piece.group === first.group)) return first.group.ownRanges;
  return IpSet.unionAll([...new Set(pieces.map((piece) => piece.group))].map((group) => group.ownRanges));
}

/** Sets of rules that belong together, kept disjoint. */
class DisjointRules {
  readonly #parent = new Map<Rule, Rule>();

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) this.#parent.set(rule, rule);
  }

  join(rules: readonly Rule[]): void {
    const [first, ...rest] = rules;
    if (first === undefined) return;
    for (const rule of rest) this.#parent.set(this.#root(rule), this.#root(first));
  }

  /** In the order in which the rules were given. */
  sets(): Rule[][] {
    return [...Map.groupBy(this.#parent.keys(), (rule) => this.#root(rule)).values()];
  }

  #root(rule: Rule): Rule {
    let at = rule;
    for (;;) {
      const up = this.#parent.get(at) ?? at;
      if (up === at) return at;
      at = up;
    }
  }
}
