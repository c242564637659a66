// The world of one run: everything that was collected, behind the questions that comparison and query ask. Takes facts as they arrive.

import {
  compareCodeUnits,
  scopeId,
  type CallRecord,
  type Direction,
  type Endpoint,
  type Peer,
  type RuleSet,
  type Rule,
  type Scope,
  type Warning,
  type World,
} from "../model/index.ts";
import { IpSet } from "../net/index.ts";
import { AwsIntake, type AwsEstate } from "../providers/aws/estate.ts";
import { Policies } from "./effective.ts";
import { Resolver, type Resolved } from "./resolve.ts";
import { Routes } from "./route.ts";
import { Visibility } from "./visibility.ts";

/** What a run or a folder gave, before judging. */
export interface CoverageFacts {
  readonly scopes: readonly Scope[];
  readonly calls: readonly CallRecord[];
  readonly skipped: readonly { readonly subject: string; readonly reason: string }[];
  readonly warnings: readonly Warning[];
  readonly created?: string;
}

/** Receives facts (the shape of src/snapshot's FactConsumer) and builds a world from them. */
export class WorldBuilder {
  readonly #warnings: Warning[] = [];
  readonly #aws = new AwsIntake((warning) => this.#warnings.push(warning));
  readonly #scopes = new Map<string, Scope>();
  readonly #calls: CallRecord[] = [];
  readonly #skipped: { readonly subject: string; readonly reason: string }[] = [];
  #created: string | undefined;

  start(header: { readonly created?: string; readonly source: string; readonly origin: "collected" | "folder" }): void {
    // Several snapshots in one run: the oldest says how old the facts may be.
    if (header.created !== undefined && (this.#created === undefined || header.created < this.#created))
      this.#created = header.created;
  }

  item(scope: Scope, type: string, item: unknown): void {
    this.#scopes.set(scopeId(scope), scope);
    const problem = this.#aws.item(scope, type, item);
    if (problem !== undefined)
      this.#warnings.push({ subject: `${type} in ${scopeId(scope)}`, message: `${problem}; the item is left out` });
  }

  call(record: CallRecord): void {
    this.#scopes.set(scopeId(record.scope), record.scope);
    this.#calls.push(record);
    this.#aws.call(record);
  }

  skipped(subject: string, reason: string): void {
    this.#skipped.push({ subject, reason });
  }

  warning(warning: Warning): void {
    this.#warnings.push(warning);
  }

  end(): void {}

  build(): AwsWorld & { readonly coverage: CoverageFacts } {
    const world = new AwsWorld(this.#aws.finish());
    const scopes = [...this.#scopes].sort(([a], [b]) => compareCodeUnits(a, b)).map(([, scope]) => scope);
    const coverage = {
      scopes,
      calls: this.#calls,
      skipped: this.#skipped,
      warnings: this.#warnings,
      ...(this.#created === undefined ? {} : { created: this.#created }),
    };
    return Object.assign(world, { coverage });
  }
}

/** Answers from one AWS estate; everything is computed on first use and kept. */
export class AwsWorld implements World {
  readonly endpoints: readonly Endpoint[];
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly loadBalancers: World["loadBalancers"];
  readonly estate: AwsEstate;
  readonly visibility: Visibility;
  readonly routes: Routes;
  readonly #resolver: Resolver;
  readonly #policies: Policies;
  readonly #ranges = new Map<string, { network: IpSet; connected: IpSet }>();
  #referenced: ReadonlySet<string> | undefined;

  constructor(estate: AwsEstate) {
    this.estate = estate;
    this.endpoints = estate.endpoints;
    this.ruleSets = estate.ruleSets;
    this.loadBalancers = estate.balancers;
    this.visibility = new Visibility(estate);
    this.routes = new Routes(estate, this.visibility);
    this.#resolver = new Resolver(estate, this.visibility);
    this.#policies = new Policies(estate, this.#resolver);
  }

  policy(endpoint: Endpoint): ReturnType<World["policy"]> {
    return this.#policies.of(endpoint);
  }

  policyKey(endpoint: Endpoint): string {
    return this.#policies.key(endpoint);
  }

  sight(viewer: Endpoint, other: Endpoint, as: "source" | "destination"): ReturnType<World["sight"]> {
    return this.visibility.sight(viewer, other, as);
  }

  route(from: Endpoint, to: Endpoint): ReturnType<World["route"]> {
    return this.routes.between(from, to);
  }

  exposure(endpoint: Endpoint, family: 4 | 6): ReturnType<World["exposure"]> {
    return this.routes.exposure(endpoint, family);
  }

  networkRanges(endpoint: Endpoint): ReturnType<World["networkRanges"]> {
    let ranges = this.#ranges.get(endpoint.networkId);
    if (ranges === undefined) {
      const linked = [...this.visibility.linksOf(endpoint.networkId).keys()];
      ranges = {
        network: this.estate.networks.get(endpoint.networkId)?.ranges ?? IpSet.empty,
        connected: IpSet.unionAll(linked.map((id) => this.estate.networks.get(id)?.ranges ?? IpSet.empty)),
      };
      this.#ranges.set(endpoint.networkId, ranges);
    }
    return { ...ranges, subnet: this.estate.subnets.get(endpoint.subnetId)?.ranges ?? IpSet.empty };
  }

  usage(ruleSetId: string): ReturnType<World["usage"]> {
    const ruleSet = this.ruleSets.get(ruleSetId);
    if (ruleSet === undefined) return "unknown";
    if (this.#resolver.membersOf(ruleSetId).length > 0) return "used";
    if (this.estate.outcome(ruleSet.scope, "DescribeNetworkInterfaces") !== "complete") return "unknown";
    this.#referenced ??= new Set(
      [...this.ruleSets.values()].flatMap((other) =>
        other.rules.flatMap((rule) =>
          rule.peer.kind === "security-group" && rule.peer.groupId !== other.id ? [rule.peer.groupId] : [],
        ),
      ),
    );
    return this.#referenced.has(ruleSetId) ? "used" : "unused";
  }

  /** What a rule's peer stands for at an endpoint. */
  resolve(peer: Peer, endpoint: Endpoint, direction: Direction, holder: RuleSet): Resolved {
    return this.#resolver.resolve(peer, endpoint, direction, holder);
  }

  staleReferences(): readonly { readonly ruleSet: RuleSet; readonly rule: Rule; readonly reason: string }[] {
    const stale: { ruleSet: RuleSet; rule: Rule; reason: string }[] = [];
    for (const ruleSet of this.ruleSets.values()) {
      for (const rule of ruleSet.rules) {
        if (rule.peer.kind !== "security-group") continue;
        const reason = this.#resolver.staleness(rule.peer, ruleSet);
        if (reason !== undefined) stale.push({ ruleSet, rule, reason });
      }
    }
    return stale;
  }
}
