// Facts of a cluster: what the configuration states, what a bound load balancer shows, what a profile assumes.
// A fact that none of them gives stays unset, and rows that depend on it are required only "if it should hold".

import type { Condition, FactValue, LoadBalancer, World } from "../../model/index.ts";
import type { ClusterRoles } from "./roles.ts";

export interface Fact {
  readonly value: FactValue | undefined;
  readonly origin: "configuration" | "derived" | "assumed" | "not set";
  readonly reason: string;
}

export type Facts = ReadonlyMap<string, Fact>;

/** All facts that the cluster's profiles ask about, with where each value is from; sorted by name. */
export function collectFacts(bound: ClusterRoles, world: World): Facts {
  const { cluster } = bound;
  const names = new Set<string>(Object.keys(cluster.facts));
  const assumed = new Map<string, FactValue>();
  for (const profile of cluster.profiles) {
    for (const [name, value] of Object.entries(profile.factDefaults)) assumed.set(name, value);
    for (const row of profile.rows) {
      for (const { fact } of row.when?.facts ?? []) names.add(fact);
      if (row.portFact !== undefined) names.add(row.portFact);
    }
    for (const judgement of profile.judgements) for (const { fact } of judgement.when?.facts ?? []) names.add(fact);
  }
  const facts = new Map<string, Fact>();
  for (const name of [...names].sort()) {
    const stated = cluster.facts[name];
    const byDefault = assumed.get(name);
    if (stated !== undefined)
      facts.set(name, { value: stated, origin: "configuration", reason: "stated in the configuration" });
    else if (name === "external_lb") facts.set(name, deriveExternalLb(bound, world));
    else if (byDefault !== undefined)
      facts.set(name, {
        value: byDefault,
        origin: "assumed",
        reason: "assumed by the profile; state the fact to change it",
      });
    else facts.set(name, { value: undefined, origin: "not set", reason: "not stated in the configuration" });
  }
  return facts;
}

/** docs/judging.md, 2: the kind of load balancer follows from the one bound to `external_lb`, where it was collected. */
function deriveExternalLb(bound: ClusterRoles, world: World): Fact {
  const role = bound.roles.get("external_lb");
  if (role?.status === "none")
    return { value: "none", origin: "derived", reason: "the role external_lb is bound to none" };
  if (role?.status !== "bound")
    return { value: undefined, origin: "not set", reason: "no load balancer is bound to external_lb" };
  const ids = new Set(role.endpoints.map((endpoint) => endpoint.id));
  const balancers = world.loadBalancers.filter((balancer) => balancer.endpointIds.some((id) => ids.has(id)));
  const kinds = new Set(balancers.map(balancerKind));
  const names = balancers.map((balancer) => balancer.name).join(", ");
  if (balancers.length === 0)
    return {
      value: undefined,
      origin: "not set",
      reason: "the interfaces bound to external_lb belong to no load balancer that was collected",
    };
  const [kind] = kinds;
  if (kinds.size > 1 || kind === undefined)
    return {
      value: undefined,
      origin: "not set",
      reason: `whether ${names} passes the clients' addresses on is not known`,
    };
  return {
    value: kind,
    origin: "derived",
    reason: `${names}: ${kind === "proxy" ? "targets see the balancer's address" : "targets see the clients' addresses"}`,
  };
}

function balancerKind(balancer: LoadBalancer): "proxy" | "passthrough" | undefined {
  if (balancer.type === "application" || balancer.type === "classic") return "proxy";
  if (balancer.clientAddresses === "unknown") return undefined;
  return balancer.clientAddresses ? "passthrough" : "proxy";
}

/** True or false where the facts settle it; undefined where a fact that is not set could make it hold. */
export function holds(condition: Condition | undefined, facts: Facts): boolean | undefined {
  let open = false;
  for (const { fact, values, negated } of condition?.facts ?? []) {
    const value = facts.get(fact)?.value;
    if (value === undefined) open = true;
    else if (values.includes(value) === negated) return false;
  }
  return open ? undefined : true;
}

/** Names of the facts that keep a condition open. */
export function openFacts(condition: Condition | undefined, facts: Facts): string[] {
  return (condition?.facts ?? []).map(({ fact }) => fact).filter((fact) => facts.get(fact)?.value === undefined);
}

/** The families in which rows are required: the 2018 pages are about IPv4 (docs/judging.md, 1). */
export function requiredFamilies(facts: Facts, stated: Readonly<Record<string, FactValue>>): readonly (4 | 6)[] {
  const text = String(facts.get("ip_families")?.value ?? stated["ip_families"] ?? "ipv4").toLowerCase();
  if (text.includes("dual") || (text.includes("4") && text.includes("6"))) return [4, 6];
  return text.includes("6") ? [6] : [4];
}
