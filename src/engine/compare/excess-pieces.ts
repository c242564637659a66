// Excess taken apart: for every rule of every group, which traffic it lets through at which endpoints that nothing permits, split into
// atoms of ports and into who sends it (own nodes, slack of permitted subnets, anybody else). Causes are formed from these pieces.

import type { Endpoint, Judgement, Profile, Rule, RuleSet, World } from "../../model/index.ts";
import { IpSet, type TrafficSet } from "../../net/index.ts";
import { holds } from "./facts.ts";
import type { ClusterContext, Permission } from "./permitted.ts";
import type { Atom, PortMap } from "./ports.ts";
import type { Seen } from "./seen.ts";

export interface ApplicableJudgement {
  readonly judgement: Judgement;
  readonly profile: Profile;
}

export interface Piece {
  readonly rule: Rule;
  readonly ruleSet: RuleSet;
  readonly atom: Atom;
  readonly peers: IpSet;
  readonly sender: "own nodes" | "slack" | "outside";
  /** Whether a document is complete for these peers, or only the baseline speaks. */
  readonly judgedBy: "profile" | "baseline";
  readonly judgement: ApplicableJudgement | undefined;
  /** Applies instead where the cause as a whole turns out to be the Internet. */
  readonly ifInternet: ApplicableJudgement | undefined;
  readonly group: EndpointClass;
}

/** Endpoints that are judged alike: same groups, same subnet filter, same view, same roles, same permissions. */
export interface EndpointClass {
  readonly endpoints: readonly Endpoint[];
  /** Clusters that the endpoints serve, in configuration order; empty for the baseline. */
  readonly contexts: readonly ClusterContext[];
  readonly permission: Permission;
  readonly ownRanges: IpSet;
  /** No interface uses the group: severity goes one step down. */
  readonly unused: boolean;
}

/** All pieces of what one rule lets through at one class of endpoints. */
export function piecesOfRule(
  group: EndpointClass,
  rule: Rule,
  ruleSet: RuleSet,
  granted: TrafficSet,
  tools: { readonly ports: PortMap; readonly seen: Seen; readonly world: World },
): Piece[] {
  const { permission, contexts, endpoints } = group;
  const [first] = endpoints;
  const excess = granted.subtract(permission.traffic);
  if (excess.isEmpty || first === undefined) return [];
  // A node's own addresses are never excess. Where several endpoints are judged together, each one's address is another's peer.
  const self = endpoints.length === 1 ? IpSet.addresses(first.privateAddresses) : IpSet.empty;
  const home = contexts[0];
  const pieces: Piece[] = [];
  if (home === undefined) {
    for (const slab of excess.slabs()) {
      const peers = slab.peers.subtract(self);
      if (peers.isEmpty) continue;
      for (const atom of tools.ports.atoms(slab.cell, slab.lo, slab.hi)) {
        pieces.push({
          rule,
          ruleSet,
          atom,
          group,
          peers,
          sender: "outside",
          judgedBy: "baseline",
          judgement: undefined,
          ifInternet: undefined,
        });
      }
    }
    return pieces;
  }
  const ownNodes = tools.seen.endpoints(first, home.bound.ownNodes);
  const judgements = applicableJudgements(first, contexts);
  for (const slab of excess.slabs()) {
    const peers = slab.peers.subtract(self);
    if (peers.isEmpty) continue;
    const own = peers.intersect(ownNodes);
    const others = peers.subtract(ownNodes);
    for (const atom of tools.ports.atoms(slab.cell, slab.lo, slab.hi)) {
      const { transport } = atom;
      const slackRange = IpSet.unionAll(
        permission.senderSubnets
          .filter((sender) => sender.transport.overlaps(transport))
          .map((sender) => sender.ranges),
      );
      const slack = others.intersect(slackRange);
      const outside = others.subtract(slackRange);
      const base = { rule, ruleSet, atom, group };
      const relevant = judgements.filter(({ judgement }) => judgement.transport.overlaps(transport));
      for (const piece of splitByJudgement(
        own.intersect(permission.closedPeers),
        "own nodes",
        relevant,
        first,
        contexts,
        tools.seen,
      )) {
        pieces.push({ ...base, ...piece, sender: "own nodes", judgedBy: "profile" });
      }
      const slackClosed = slack.intersect(permission.closedPeers);
      if (!slackClosed.isEmpty) {
        pieces.push({
          ...base,
          peers: slackClosed,
          sender: "slack",
          judgedBy: "profile",
          judgement: undefined,
          ifInternet: undefined,
        });
      }
      for (const piece of splitByJudgement(
        outside.intersect(permission.closedPeers),
        "outside",
        relevant,
        first,
        contexts,
        tools.seen,
      )) {
        pieces.push({ ...base, ...piece, sender: "outside", judgedBy: "profile" });
      }
      const open = outside.subtract(permission.closedPeers);
      if (!open.isEmpty) {
        pieces.push({
          ...base,
          peers: open,
          sender: "outside",
          judgedBy: "baseline",
          judgement: undefined,
          ifInternet: undefined,
        });
      }
    }
  }
  return pieces;
}

/** Judgements of the endpoint's clusters that concern its roles and whose facts do not rule them out. */
function applicableJudgements(endpoint: Endpoint, contexts: readonly ClusterContext[]): ApplicableJudgement[] {
  return contexts.flatMap(({ bound, facts }) => {
    const roles = bound.rolesOf.get(endpoint) ?? [];
    return bound.cluster.profiles.flatMap((profile) =>
      profile.judgements
        .filter((judgement) => {
          const concerned =
            judgement.to.length === 0
              ? profile.roles.some((role) => roles.includes(role.name))
              : judgement.to.some((role) => roles.includes(role));
          return (
            concerned &&
            !judgement.unlessRoles.some((role) => roles.includes(role)) &&
            holds(judgement.when, facts) === true
          );
        })
        .map((judgement) => ({ judgement, profile })),
    );
  });
}

interface JudgedPeers {
  readonly peers: IpSet;
  readonly judgement: ApplicableJudgement | undefined;
  readonly ifInternet: ApplicableJudgement | undefined;
}

/** Gives each part of the peers the first judgement that speaks of it. */
function splitByJudgement(
  peers: IpSet,
  sender: "own nodes" | "outside",
  judgements: readonly ApplicableJudgement[],
  viewer: Endpoint,
  contexts: readonly ClusterContext[],
  seen: Seen,
): JudgedPeers[] {
  const found: JudgedPeers[] = [];
  let rest = peers;
  let ifInternet: ApplicableJudgement | undefined;
  for (const applicable of judgements) {
    if (rest.isEmpty) return found;
    const { peers: who } = applicable.judgement;
    if (typeof who === "object") {
      const members = IpSet.unionAll(
        contexts.flatMap(({ bound }) =>
          who.roles.flatMap((name) => bound.roles.get(name) ?? []).map((role) => seen.role(viewer, role).permitted),
        ),
      );
      const part = rest.intersect(members);
      if (!part.isEmpty) found.push({ peers: part, judgement: applicable, ifInternet });
      rest = rest.subtract(members);
    } else if (who === "internet") {
      ifInternet ??= sender === "outside" ? applicable : undefined;
    } else if (who === "any" || (who === "own-nodes") === (sender === "own nodes")) {
      found.push({ peers: rest, judgement: applicable, ifInternet });
      return found;
    }
  }
  if (!rest.isEmpty) found.push({ peers: rest, judgement: undefined, ifInternet });
  return found;
}
