// Causes of excess in words: titles, reasons, evidence and the traffic as rules state it. Member addresses stay out of the exact
// traffic, so that replacing nodes overnight changes nothing (docs/judging.md, 4).

import {
  scopeId,
  worse,
  type Endpoint,
  type FindingPart,
  type Rule,
  type RuleSet,
  type Severity,
  type TrafficText,
  type World,
} from "../../model/index.ts";
import { IpSet, TrafficSet, TransportSet } from "../../net/index.ts";
import type { Cause, CausePart } from "./causes.ts";
import { rowKey, type FindingDraft } from "./draft.ts";
import type { Piece } from "./excess-pieces.ts";
import type { PortMap } from "./ports.ts";
import {
  boxText,
  endpointResource,
  listText,
  peerText,
  ruleEvidence,
  ruleSetResource,
  trafficText,
  witnessOf,
  type NamedNetwork,
} from "./text.ts";

export interface DraftTools {
  readonly world: World;
  readonly ports: PortMap;
  readonly networks: readonly NamedNetwork[];
  /** Titles of the node drivers that make a group, by group id. */
  readonly drivers: ReadonlyMap<string, string>;
}

/** A finding of undocumented ingress from one cause. */
export function causeDraft(cause: Cause, tools: DraftTools): FindingDraft {
  const [worst] = cause.parts;
  const shown = statedTraffic(cause.pieces, cause.transport, tools);
  const common = commonDraft(cause.pieces, cause.transport, tools);
  const { ruleSet } = common;
  const atWorst = cause.parts.filter((part) => part.severity === worst.severity && part.peerClass === worst.peerClass);
  const ports = tools.ports.title(TransportSet.unionAll(atWorst.map((part) => part.transport)));
  const set = exactTraffic(cause.pieces);
  return {
    ...common.draft,
    kind: "excess",
    rule: "undocumented-ingress",
    severity: worst.severity,
    title: `Open to ${openTo(worst, shown)}: ${ports} on ${nameOf(ruleSet)}`,
    reason: reasonOf(worst, cause, tools),
    traffic: shown.texts,
    parts: partTexts(cause, shown, tools),
    witness: witnessOfPart(worst, tools.world),
    sources: sourcesOf(worst),
    route: worst.peerClass === "internet" ? worst.reach : null,
    identity: [
      common.draft.cluster ?? "",
      ruleSet.id,
      "ingress",
      tools.ports.protocolLabel(cause.transport),
      tools.ports.label(cause.transport),
    ],
    exact: shown.exact,
    transport: cause.transport,
    set,
  };
}

/**
 * What the cluster's own nodes may do beyond the documents: one roll-up a rule set. Parts that the documents call worse than low
 * (etcd's ports open to workers) are findings of their own.
 */
export function ownNodesDrafts(pieces: readonly Piece[], tools: DraftTools): FindingDraft[] {
  if (pieces.length === 0) return [];
  const grave = pieces.filter((piece) => piece.judgement !== undefined && isGrave(piece.judgement.judgement.severity));
  const rest = pieces.filter((piece) => !grave.includes(piece));
  const drafts = [...Map.groupBy(grave, (piece) => piece.judgement?.judgement.id ?? "").values()].map((alike) =>
    graveDraft(alike, tools),
  );
  if (rest.length > 0) drafts.push(rollUpDraft(rest, tools));
  return drafts;
}

function isGrave(severity: Severity): boolean {
  return severity === "critical" || severity === "high" || severity === "medium";
}

/** A packet at an endpoint that the part's peers have a way to, where there is one: a packet that cannot exist proves nothing. */
function witnessOfPart(part: CausePart, world: World): FindingDraft["witness"] {
  const isReached = (endpoint: Endpoint, peers: IpSet): boolean =>
    part.peerClass !== "internet" ||
    ([4, 6] as const).some(
      (family) => !peers.family(family).isEmpty && world.exposure(endpoint, family).route === "reachable",
    );
  const candidates = part.pieces
    .flatMap((piece) => piece.group.endpoints.map((endpoint) => ({ piece, endpoint })))
    .sort((a, b) => (a.endpoint.id < b.endpoint.id ? -1 : a.endpoint.id > b.endpoint.id ? 1 : 0));
  const best = candidates.find(({ piece, endpoint }) => isReached(endpoint, piece.peers)) ?? candidates[0];
  if (best === undefined) return null;
  const peers = IpSet.unionAll(
    part.pieces.filter((piece) => piece.group === best.piece.group).map((piece) => piece.peers),
  );
  const families = ([4, 6] as const).filter(
    (family) => part.peerClass !== "internet" || world.exposure(best.endpoint, family).route === "reachable",
  );
  const seen = families.length === 0 ? peers : IpSet.unionAll(families.map((family) => peers.family(family)));
  return witnessOf(
    TrafficSet.box(seen.isEmpty ? peers : seen, part.transport),
    best.endpoint,
    "ingress",
    part.reach === "unreachable" ? "is let in to" : "can reach",
  );
}

function graveDraft(pieces: readonly Piece[], tools: DraftTools): FindingDraft {
  const transport = TransportSet.unionAll(pieces.map((piece) => piece.atom.transport));
  const common = commonDraft(pieces, transport, tools);
  const judgement = pieces[0]?.judgement;
  if (judgement === undefined) throw new Error("a grave part of own-node traffic rests on a judgement");
  const shown = statedTraffic(pieces, transport, tools);
  const endpoint = common.endpoints[0];
  const isEtcd = tools.ports.title(transport).toLowerCase().includes("etcd");
  return {
    ...common.draft,
    kind: "excess",
    rule: isEtcd ? "etcd-reachable" : "own-nodes-sensitive",
    severity: judgement.judgement.severity,
    title: `Open to the wrong nodes of the cluster: ${tools.ports.title(transport)} on ${nameOf(common.ruleSet)}`,
    reason: `${judgement.judgement.id}: ${judgement.judgement.reason}`,
    traffic: shown.texts,
    parts: [
      {
        class: "own nodes",
        severity: judgement.judgement.severity,
        traffic: shown.texts,
        reason: `${judgement.judgement.id}: ${judgement.judgement.reason}`,
      },
    ],
    witness: endpoint === undefined ? null : witnessOf(exactTraffic(pieces), endpoint, "ingress", "can reach"),
    sources: [{ profile: judgement.profile.id, row: judgement.judgement.id, text: judgement.judgement.reason }],
    route: null,
    identity: [common.draft.cluster ?? "", common.ruleSet.id, "ingress", "own-nodes", judgement.judgement.id],
    exact: shown.exact,
    transport,
    set: exactTraffic(pieces),
  };
}

function rollUpDraft(pieces: readonly Piece[], tools: DraftTools): FindingDraft {
  const transport = TransportSet.unionAll(pieces.map((piece) => piece.atom.transport));
  const common = commonDraft(pieces, transport, tools);
  const shown = statedTraffic(pieces, transport, tools);
  const parts = [...Map.groupBy(pieces, (piece) => piece.judgement?.judgement.id ?? "").values()].map(
    (alike): FindingPart => {
      const judgement = alike[0]?.judgement?.judgement;
      const part = TransportSet.unionAll(alike.map((piece) => piece.atom.transport));
      return {
        class: "own nodes",
        severity: judgement?.severity ?? "informational",
        traffic: statedTraffic(alike, part, tools).texts,
        reason: judgement === undefined ? "" : `${judgement.id}: ${judgement.reason}`,
      };
    },
  );
  const severity = parts.reduce<Severity>((worst, part) => worse(worst, part.severity), "informational");
  const sensitive = transport.intersect(tools.ports.sensitive);
  const endpoint = common.endpoints[0];
  const named = sensitive.isEmpty ? "no sensitive port is among it" : `among it ${tools.ports.title(sensitive)}`;
  return {
    ...common.draft,
    kind: "excess",
    rule: "own-nodes",
    severity,
    title: `The cluster's own nodes may do more than is documented on ${nameOf(common.ruleSet)}`,
    reason: `Nodes of the cluster reach each other beyond the documented ports; ${named}. One group a role would close it.`,
    traffic: shown.texts,
    parts,
    witness: endpoint === undefined ? null : witnessOf(exactTraffic(pieces), endpoint, "ingress", "can reach"),
    sources: [],
    route: null,
    identity: [common.draft.cluster ?? "", common.ruleSet.id, "ingress", "own-nodes", "roll-up"],
    exact: shown.exact,
    transport,
    set: exactTraffic(pieces),
  };
}

/** Room that rules for whole subnets leave beyond the nodes in them. */
export function slackDraft(pieces: readonly Piece[], tools: DraftTools): FindingDraft | undefined {
  if (pieces.length === 0) return undefined;
  const transport = TransportSet.unionAll(pieces.map((piece) => piece.atom.transport));
  const common = commonDraft(pieces, transport, tools);
  const shown = statedTraffic(pieces, transport, tools);
  const endpoint = common.endpoints[0];
  return {
    ...common.draft,
    kind: "excess",
    rule: "slack",
    severity: "informational",
    title: `Rules of ${nameOf(common.ruleSet)} allow whole subnets where the documents ask for the nodes in them`,
    reason:
      "Addresses of permitted subnets that no node holds today may use documented ports. Refer to groups instead of subnets to close it.",
    traffic: shown.texts,
    parts: [{ class: "slack", severity: "informational", traffic: shown.texts, reason: "" }],
    witness: endpoint === undefined ? null : witnessOf(exactTraffic(pieces), endpoint, "ingress", "could reach"),
    sources: [],
    route: null,
    identity: [common.draft.cluster ?? "", common.ruleSet.id, "ingress", "slack"],
    exact: shown.exact,
    transport,
    set: exactTraffic(pieces),
  };
}

interface Common {
  readonly ruleSet: RuleSet;
  readonly endpoints: readonly Endpoint[];
  readonly draft: Pick<
    FindingDraft,
    "cluster" | "role" | "scope" | "resources" | "evidence" | "endpoints" | "clusters" | "ruleSets" | "rows"
  >;
}

function commonDraft(pieces: readonly Piece[], transport: TransportSet, { world, networks }: DraftTools): Common {
  const [first] = pieces as [Piece, ...Piece[]];
  const { ruleSet } = first;
  const groups = [...new Set(pieces.map((piece) => piece.group))];
  const endpoints = groups.flatMap((group) => group.endpoints).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const contexts = [...new Set(groups.flatMap((group) => group.contexts))];
  const home = contexts[0];
  const roles = new Set(
    endpoints
      .flatMap((endpoint) => home?.bound.rolesOf.get(endpoint) ?? [])
      .filter((name) => home?.bound.roles.get(name)?.kind === "infrastructure"),
  );
  const rules = new Map<Rule, RuleSet>();
  for (const piece of pieces) rules.set(piece.rule, piece.ruleSet);
  return {
    ruleSet,
    endpoints,
    draft: {
      cluster: home?.bound.cluster.name ?? null,
      role: roles.size === 1 ? ([...roles][0] ?? null) : null,
      scope: scopeId(ruleSet.scope),
      resources: [ruleSetResource(ruleSet), ...endpoints.filter((endpoint) => !endpoint.standIn).map(endpointResource)],
      evidence: [...rules].map(([rule, owner]) => ruleEvidence(rule, owner, world.ruleSets, networks)),
      endpoints: new Set(endpoints),
      clusters: contexts.map((context) => context.bound.cluster),
      ruleSets: [ruleSet],
      rows: new Set(
        groups
          .flatMap((group) => group.permission.rows)
          .filter(({ row }) => row.transport?.overlaps(transport) ?? false)
          .map(({ profile, row }) => rowKey(profile.id, row.id)),
      ),
    },
  };
}

/** The traffic exactly as measured, with member addresses: for witnesses and waivers, never for digests. */
function exactTraffic(pieces: readonly Piece[]): TrafficSet {
  return TrafficSet.fromBoxes(pieces.map((piece) => ({ peers: piece.peers, transport: piece.atom.transport })));
}

interface Stated {
  readonly texts: readonly TrafficText[];
  readonly exact: readonly string[];
  /** Peers in words, at most a few. */
  readonly peers: readonly string[];
}

/** The traffic as the rules state it: CIDRs as one canonical set less what is permitted by CIDR, groups and lists by their id. */
function statedTraffic(pieces: readonly Piece[], transport: TransportSet, { world, networks }: DraftTools): Stated {
  const cidrs: TrafficSet[] = [];
  const symbolic = new Map<string, TransportSet>();
  for (const [rule, own] of Map.groupBy(pieces, (piece) => piece.rule)) {
    const part = TransportSet.unionAll(own.map((piece) => piece.atom.transport)).intersect(transport);
    if (rule.peer.kind === "cidr" || rule.peer.kind === "any") {
      const box = TrafficSet.box(rule.peer.kind === "any" ? IpSet.any : rule.peer.addresses, part);
      for (const permission of new Set(own.map((piece) => piece.group.permission)))
        cidrs.push(box.subtract(permission.stated));
    } else {
      const name = peerText(rule, world.ruleSets, networks);
      symbolic.set(name, (symbolic.get(name) ?? TransportSet.empty).union(part));
    }
  }
  const set = TrafficSet.unionAll(cidrs);
  const named = [...symbolic].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = [...trafficText(set, networks), ...named.flatMap(([name, part]) => boxText([name], part))];
  return {
    texts,
    // A group's name may change without the traffic changing: the exact form holds its id only.
    exact: [set.key(), ...named.map(([name, part]) => `${name.split(" ")[0]} ${part.describe()}`)],
    peers: [...new Set(texts.map((text) => text.peer))],
  };
}

function partTexts({ parts }: Cause, whole: Stated, tools: DraftTools): FindingPart[] {
  const groups = Map.groupBy(
    parts,
    (part) => `${part.severity} ${part.peerClass} ${part.judgement?.judgement.id ?? ""}`,
  );
  return [...groups.values()].map((alike) => {
    const [first] = alike as [CausePart, ...CausePart[]];
    const transport = TransportSet.unionAll(alike.map((part) => part.transport));
    return {
      class: first.peerClass,
      severity: first.severity,
      traffic:
        groups.size === 1
          ? whole.texts
          : statedTraffic(
              alike.flatMap((part) => part.pieces),
              transport,
              tools,
            ).texts,
      reason:
        first.judgement === undefined ? "" : `${first.judgement.judgement.id}: ${first.judgement.judgement.reason}`,
    };
  });
}

function openTo(part: CausePart, shown: Stated): string {
  switch (part.peerClass) {
    case "internet":
      return "the Internet";
    case "public range":
      return `a public range (${listText(shown.peers, 2)})`;
    case "broad private":
      return `broad private space (${listText(shown.peers, 2)})`;
    case "narrow":
      return listText(shown.peers, 2);
  }
}

function reasonOf(worst: CausePart, cause: Cause, { drivers, ports }: DraftTools): string {
  const sentences: string[] = [];
  if (worst.judgement !== undefined)
    sentences.push(`${worst.judgement.judgement.id}: ${worst.judgement.judgement.reason}`);
  const documented = [
    ...new Set(
      worst.pieces
        .flatMap((piece) => piece.group.permission.rows)
        .filter(({ row }) => row.transport?.overlaps(worst.transport) ?? false)
        .map(({ row }) => row.from),
    ),
  ].sort();
  const profile = cause.pieces.some((piece) => piece.judgedBy === "profile");
  if (documented.length > 0) sentences.push(`The documentation gives it to ${listText(documented)} only.`);
  else if (profile) sentences.push("No document asks for it.");
  else sentences.push(`No document covers this endpoint; ${ports.title(worst.transport)} is a sensitive port.`);
  if (worst.peerClass === "internet") {
    if (worst.reach === "unreachable")
      sentences.push("The Internet has no way to it today; one route or public address would change that.");
    if (worst.reach === "unknown")
      sentences.push("Whether the Internet has a way to it is not known; it counts as reachable.");
  }
  const driver = drivers.get(worst.pieces[0]?.ruleSet.id ?? "");
  if (driver !== undefined) sentences.push(`A node driver makes this group (${driver}).`);
  if (cause.pieces.every((piece) => piece.group.unused))
    sentences.push("No interface uses the group now; launch templates may name it.");
  return sentences.join(" ");
}

function sourcesOf(part: CausePart): FindingDraft["sources"] {
  const judged =
    part.judgement === undefined
      ? []
      : [
          {
            profile: part.judgement.profile.id,
            row: part.judgement.judgement.id,
            text: part.judgement.judgement.reason,
          },
        ];
  const rows = new Map(
    part.pieces
      .flatMap((piece) => piece.group.permission.rows)
      .filter(({ row }) => row.transport?.overlaps(part.transport) ?? false)
      .map(
        ({ profile, row }) =>
          [
            rowKey(profile.id, row.id),
            {
              profile: profile.id,
              row: row.id,
              text: `${row.from} to ${row.to}: ${row.protocolText} ${row.portsText}`,
            },
          ] as const,
      ),
  );
  return [...judged, ...rows.values()];
}

/** "sg-0a1b (etcd)" */
export function nameOf(ruleSet: RuleSet): string {
  return ruleSet.name === "" ? ruleSet.id : `${ruleSet.name} (${ruleSet.id})`;
}
