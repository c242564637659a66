// What the documents require and the cloud does not let through: every row of every profile, between every pair of machines, on both
// sides (the sender's egress and the receiver's ingress). Gives a cell for each row and failures to be grouped into causes.

import type { Cell, CellStatus, Cluster, Endpoint, Profile, Requirement, World } from "../../model/index.ts";
import { IpSet, PUBLIC_V4, TrafficSet, TransportSet } from "../../net/index.ts";
import { rowKey } from "./draft.ts";
import { holds, openFacts, requiredFamilies } from "./facts.ts";
import { balancerClients, rowTransport, type ClusterContext } from "./permitted.ts";
import { portsText } from "./ports.ts";
import type { Role } from "./roles.ts";
import type { Seen } from "./seen.ts";
import { listText } from "./text.ts";

/** One side of one row that does not let required traffic through, or of which that is not known. */
export interface SideResult {
  readonly status: "missing" | "unknown" | "no-route";
  readonly direction: "ingress" | "egress";
  readonly cluster: Cluster;
  readonly profile: Profile;
  readonly row: Requirement;
  readonly transport: TransportSet;
  /** The endpoint whose filters decide. */
  readonly endpoint: Endpoint;
  /** The peers concerned, as the endpoint sees them. */
  readonly peers: IpSet;
  readonly fromRole: Role;
  readonly toRole: Role | undefined;
  /** For no-route and unknown: why. */
  readonly reason: string;
}

export interface JudgedRow {
  readonly cell: Omit<Cell, "findings">;
  readonly key: string;
  readonly results: readonly SideResult[];
  /** Endpoints that receive, for telling which excess makes the cell wider. */
  readonly receivers: readonly Endpoint[];
  readonly transport: TransportSet | undefined;
}

/** Judges every row of a cluster's profiles, in the order of the documents. */
export function judgeRows(context: ClusterContext, world: World, seen: Seen): JudgedRow[] {
  const { cluster } = context.bound;
  return cluster.profiles.flatMap((profile) =>
    profile.rows.map((row) => new RowJudge(context, world, seen, profile, row).judge()),
  );
}

/** Which endpoint's filters decide, and about whom. */
type Side = Pick<SideResult, "direction" | "endpoint" | "peers">;

/** Between which roles, and what. */
interface Parties {
  readonly from: Role;
  readonly to: Role | undefined;
  readonly transport: TransportSet;
}

class RowJudge {
  readonly #context: ClusterContext;
  readonly #world: World;
  readonly #seen: Seen;
  readonly #profile: Profile;
  readonly #row: Requirement;

  constructor(context: ClusterContext, world: World, seen: Seen, profile: Profile, row: Requirement) {
    this.#context = context;
    this.#world = world;
    this.#seen = seen;
    this.#profile = profile;
    this.#row = row;
  }

  judge(): JudgedRow {
    const row = this.#row;
    const { bound, facts } = this.#context;
    const condition = holds(row.when, facts);
    if (row.local) return this.#cell("local", "traffic of a node to itself: no network rule is needed");
    if (condition === false) return this.#cell("not_applicable", `does not apply: ${this.#conditionText()}`);
    const from = bound.roles.get(row.from);
    const to = bound.roles.get(row.to);
    const isExternal = to === undefined || to.kind === "external";
    if (from?.status === "none" || (!isExternal && to.status === "none"))
      return this.#cell("not_applicable", "a role of this row does not exist here");
    const unbound = [from, isExternal ? undefined : to]
      .filter((role) => role?.status === "not bound")
      .map((role) => role?.name ?? "");
    if (row.from !== "any" && unbound.length > 0)
      return this.#cell("not_judged", `role not bound: ${unbound.join(", ")}`);
    const transport = rowTransport(row, facts);
    if (transport === undefined) {
      const fact = row.portFact === undefined ? "" : `; state the fact ${row.portFact}`;
      return this.#cell("not_judged", `the document gives no number${fact}`);
    }
    const empty = [from, isExternal ? undefined : to]
      .filter((role) => role?.status === "empty")
      .map((role) => role?.name ?? "");
    if (empty.length > 0) return this.#cell("unknown", `role matches nothing: ${empty.join(", ")}`);
    if (from === undefined)
      return this.#cell("satisfied", "anybody may; nothing is required", to?.endpoints ?? [], transport);
    const results = isExternal ? this.#toInternet(from, transport) : this.#between(from, to, transport);
    return this.#conclude(results, from, to, transport, condition);
  }

  #conclude(
    results: readonly SideResult[] | "single" | "nobody",
    from: Role,
    to: Role | undefined,
    transport: TransportSet,
    condition: boolean | undefined,
  ): JudgedRow {
    const receivers = to?.endpoints ?? [];
    if (results === "single") return this.#cell("not_applicable", "a single node has no other to reach");
    if (results === "nobody")
      return this.#cell("unknown", "no machine of these roles could be measured", receivers, transport);
    const allowed = this.#row.need.kind === "allowed";
    if (allowed) {
      const open = results.length === 0;
      return this.#cell(
        "satisfied",
        open
          ? "open; the document allows it and does not require it"
          : "closed, at least in part; the document does not require it",
        receivers,
        transport,
      );
    }
    if (results.length === 0)
      return this.#cell(
        "satisfied",
        "let through on every side that was seen" + sideNote(from, to),
        receivers,
        transport,
      );
    if (condition === undefined) {
      return this.#cell(
        "unknown",
        `required only if ${this.#conditionText()}; state ${listText(openFacts(this.#row.when, this.#context.facts))}`,
        receivers,
        transport,
      );
    }
    const missing = results.filter((result) => result.status === "missing");
    const noRoute = results.filter((result) => result.status === "no-route");
    const status: CellStatus = missing.length > 0 || noRoute.length > 0 ? "missing" : "unknown";
    const [first] = missing.length > 0 ? missing : noRoute.length > 0 ? noRoute : results;
    return { ...this.#cell(status, first?.reason ?? "", receivers, transport), results };
  }

  #cell(status: CellStatus, reason: string, receivers: readonly Endpoint[] = [], transport?: TransportSet): JudgedRow {
    const row = this.#row;
    const known = transport ?? rowTransport(row, this.#context.facts);
    return {
      cell: {
        cluster: this.#context.bound.cluster.name,
        profile: this.#profile.id,
        row: row.id,
        from: row.from,
        to: row.to,
        protocol: row.protocolText,
        ports: row.transport === undefined && known !== undefined ? portsText(known) : row.portsText,
        need: row.need.kind,
        status,
        reason,
        purpose: row.purpose,
      },
      key: rowKey(this.#profile.id, row.id),
      results: [],
      receivers,
      transport: known,
    };
  }

  #conditionText(): string {
    return (this.#row.when?.facts ?? [])
      .map(({ fact, values, negated }) => `${fact} is ${negated ? "not " : ""}${values.join(" or ")}`)
      .join(" and ");
  }

  /** docs/judging.md, 3: satisfied if the public addresses are let out, unknown if part of them, missing if none. */
  #toInternet(from: Role, transport: TransportSet): SideResult[] {
    const needed = TrafficSet.box(PUBLIC_V4, transport);
    const results: SideResult[] = [];
    for (const endpoint of from.primaries) {
      if (!endpoint.filteredByGroups || endpoint.standIn) continue;
      const { definite, possible } = this.#world.policy(endpoint).egress;
      if (needed.isSubsetOf(definite)) continue;
      const none = !needed.overlaps(possible);
      const side: Side = { direction: "egress", endpoint, peers: PUBLIC_V4 };
      const reason = none
        ? "no public address is let out on these ports"
        : "only part of the public addresses is let out";
      results.push(this.#result(none ? "missing" : "unknown", side, { from, to: undefined, transport }, reason));
    }
    return results;
  }

  #between(from: Role, to: Role | undefined, transport: TransportSet): SideResult[] | "single" | "nobody" {
    const results: SideResult[] = [];
    const targets = to?.primaries ?? [];
    let pairs = 0;
    for (const target of targets) pairs += this.#ingress(from, to, target, transport, results);
    for (const source of from.primaries) pairs += this.#egress(source, from, to, transport, results);
    if (pairs > 0) return results;
    return targets.length > 0 && from === to ? "single" : "nobody";
  }

  /** The receiver's side: the addresses of every sender as the receiver sees them. Returns the number of senders that count. */
  #ingress(from: Role, to: Role | undefined, target: Endpoint, transport: TransportSet, results: SideResult[]): number {
    const families = requiredFamilies(this.#context.facts, this.#context.bound.cluster.facts);
    const senders = this.#sendersAt(from, target);
    let known = IpSet.empty;
    let pairs = 0;
    for (const member of senders) {
      const side: Side = { direction: "ingress", endpoint: target, peers: member.addresses };
      if (member.endpoint === target || sameMachine(member.endpoint, target)) continue;
      pairs += 1;
      if (member.unreachable !== undefined) {
        results.push(this.#result("no-route", side, { from, to, transport }, member.unreachable));
      } else if (member.unknown !== undefined) {
        results.push(this.#result("unknown", side, { from, to, transport }, member.unknown));
      } else {
        known = known.union(member.addresses);
        const route = member.endpoint === undefined ? undefined : this.#world.route(member.endpoint, target);
        if (route?.route === "unreachable")
          results.push(this.#result("no-route", side, { from, to, transport }, route.reason));
      }
    }
    const peers = IpSet.unionAll(families.map((family) => known.family(family)));
    if (peers.isEmpty || target.standIn || !this.#isFiltered(target)) return pairs;
    this.#compare({ direction: "ingress", endpoint: target, peers }, { from, to, transport }, results);
    return pairs;
  }

  #sendersAt(from: Role, target: Endpoint): ReturnType<Seen["role"]>["required"] {
    const { bound, facts } = this.#context;
    const own = this.#seen.role(target, from).required;
    // Behind a balancer that passes addresses on, its clients are the senders; the balancer itself only probes.
    if (from.name !== "external_lb" || facts.get("external_lb")?.value !== "passthrough") return own;
    return [...own, ...balancerClients(bound, facts).flatMap((role) => this.#seen.role(target, role).required)];
  }

  /** The sender's side: the addresses of every receiver as the sender sees them. Returns the number of receivers that count. */
  #egress(source: Endpoint, from: Role, to: Role | undefined, transport: TransportSet, results: SideResult[]): number {
    if (source.standIn || to === undefined) return 0;
    let peers = IpSet.empty;
    let pairs = 0;
    for (const target of to.primaries) {
      if (target === source || sameMachine(target, source)) continue;
      pairs += 1;
      const sight = this.#world.sight(source, target, "destination");
      if (sight.kind !== "none" && sight.kind !== "unknown") peers = peers.union(IpSet.addresses(sight.primary));
    }
    if (!to.addresses.isEmpty) {
      pairs += 1;
      peers = peers.union(to.addresses);
    }
    const families = requiredFamilies(this.#context.facts, this.#context.bound.cluster.facts);
    const wanted = IpSet.unionAll(families.map((family) => peers.family(family)));
    if (!wanted.isEmpty && this.#isFiltered(source)) {
      this.#compare({ direction: "egress", endpoint: source, peers: wanted }, { from, to, transport }, results);
    }
    return pairs;
  }

  #isFiltered(endpoint: Endpoint): boolean {
    return endpoint.filteredByGroups || this.#world.policy(endpoint).ingress.droppedByAcl !== undefined;
  }

  #compare({ direction, endpoint, peers }: Side, parties: Parties, results: SideResult[]): void {
    const policy = this.#world.policy(endpoint)[direction];
    const alternatives = this.#alternatives(parties.transport);
    const definite = IpSet.unionAll(alternatives.map((option) => peersFully(policy.definite, option)));
    const possible = IpSet.unionAll(alternatives.map((option) => peersFully(policy.possible, option)));
    const missing = peers.subtract(possible);
    const unknown = peers.intersect(possible).subtract(definite);
    // What fails of an any-of is all of it: one thing to open, whichever port is chosen.
    const whole = TransportSet.unionAll(alternatives);
    if (!missing.isEmpty) {
      const words = direction === "ingress" ? "is not let in" : "is not let out";
      const reason = `${whole.describe()} ${words} by every machine that must pass it`;
      results.push(
        this.#result("missing", { direction, endpoint, peers: missing }, { ...parties, transport: whole }, reason),
      );
    }
    if (!unknown.isEmpty) {
      const reason = "a rule that may let it through could not be read";
      results.push(
        this.#result("unknown", { direction, endpoint, peers: unknown }, { ...parties, transport: whole }, reason),
      );
    }
  }

  /** For an any-of row, the transports of all rows of that name between the same roles that apply. */
  #alternatives(transport: TransportSet): TransportSet[] {
    const { need, from, to } = this.#row;
    if (need.kind !== "any-of") return [transport];
    const { facts } = this.#context;
    return this.#profile.rows
      .filter(
        (row) =>
          row.need.kind === "any-of" &&
          row.need.name === need.name &&
          row.from === from &&
          row.to === to &&
          holds(row.when, facts) !== false,
      )
      .flatMap((row) => rowTransport(row, facts) ?? []);
  }

  #result(status: SideResult["status"], side: Side, parties: Parties, reason: string): SideResult {
    const { from: fromRole, to: toRole, transport } = parties;
    const { cluster } = this.#context.bound;
    return { status, ...side, cluster, profile: this.#profile, row: this.#row, transport, fromRole, toRole, reason };
  }
}

/** The peers for which every part of the transport is in the set. */
function peersFully(set: TrafficSet, transport: TransportSet): IpSet {
  return IpSet.any.subtract(TrafficSet.box(IpSet.any, transport).subtract(set).peers());
}

function sameMachine(a: Endpoint | undefined, b: Endpoint): boolean {
  return a?.machine !== undefined && a.machine.id === b.machine?.id;
}

/** A CIDR role has no side of its own to check (docs/judging.md, 2), and the cell says so. */
function sideNote(from: Role, to: Role | undefined): string {
  if (from.status === "addresses") return "; only the receiver's side can be seen";
  if (to?.status === "addresses") return "; only the sender's side can be seen";
  return "";
}
