// Load balancers with their interfaces, and whether their targets see the clients' addresses.

import { compareCodeUnits, type Endpoint, type LoadBalancer } from "../../model/index.ts";
import { objects, tagsOf, text, type Json } from "./read.ts";

interface Answers {
  readonly balancers: readonly Json[];
  readonly targetGroups: readonly Json[];
  readonly classic: readonly Json[];
}

/** Balancers of the ELB answers, and those that only their interfaces show; sorted by id. */
export function readBalancers(
  { balancers, targetGroups, classic }: Answers,
  endpoints: readonly Endpoint[],
): LoadBalancer[] {
  const byName = Map.groupBy(
    endpoints.filter((endpoint) => endpoint.loadBalancer !== undefined),
    (endpoint) => endpoint.loadBalancer ?? "",
  );
  const found: LoadBalancer[] = [];
  const named = new Set<string>();
  for (const item of balancers) {
    const id = text(item, "LoadBalancerArn");
    const name = text(item, "LoadBalancerName");
    if (id === undefined || name === undefined) continue;
    named.add(name);
    const type = text(item, "Type") ?? "unknown";
    const members = (byName.get(name) ?? []).filter(
      (endpoint) => endpoint.networkId === (text(item, "VpcId") ?? endpoint.networkId),
    );
    const groups = item["SecurityGroups"];
    found.push({
      name,
      id,
      type,
      scheme: schemeOf(text(item, "Scheme")),
      groupIds: Array.isArray(groups) ? groups.filter((group) => typeof group === "string").sort() : [],
      endpointIds: members.map((endpoint) => endpoint.id),
      clientAddresses: clientAddresses(id, type, targetGroups),
      tags: tagsOf(item),
    });
  }
  for (const item of classic) {
    const name = text(item, "LoadBalancerName");
    if (name === undefined) continue;
    named.add(name);
    const groups = item["SecurityGroups"];
    found.push({
      name,
      id: name,
      type: "classic",
      scheme: schemeOf(text(item, "Scheme")),
      groupIds: Array.isArray(groups) ? groups.filter((group) => typeof group === "string").sort() : [],
      endpointIds: (byName.get(name) ?? []).map((endpoint) => endpoint.id),
      clientAddresses: false,
      tags: tagsOf(item),
    });
  }
  for (const [name, members] of byName) {
    if (named.has(name)) continue;
    const [first] = members;
    const type =
      first?.interfaceType === "network_load_balancer"
        ? "network"
        : first?.interfaceType === "gateway_load_balancer"
          ? "gateway"
          : "unknown";
    found.push({
      name,
      id: name,
      type,
      scheme: "unknown",
      groupIds: first?.groupIds ?? [],
      endpointIds: members.map((endpoint) => endpoint.id),
      // Only network load balancers can pass addresses on; whether this one does, its target groups would say.
      clientAddresses: type === "network" ? "unknown" : false,
      tags: {},
    });
  }
  return found.sort((a, b) => compareCodeUnits(a.id, b.id));
}

function schemeOf(scheme: string | undefined): LoadBalancer["scheme"] {
  return scheme === "internet-facing" || scheme === "internal" ? scheme : "unknown";
}

/**
 * AWS, target group attributes: preserve_client_ip.enabled. Without it, targets by instance id see the client's address, and targets by
 * IP address see it for udp and tcp_udp only.
 */
function clientAddresses(id: string, type: string, targetGroups: readonly Json[]): boolean | "unknown" {
  if (type !== "network") return false;
  const own = targetGroups.filter(
    (group) => Array.isArray(group["LoadBalancerArns"]) && (group["LoadBalancerArns"] as unknown[]).includes(id),
  );
  const answers = new Set(
    own.map((group) => {
      const stated = objects(group, "Attributes").find(
        (attribute) => attribute["Key"] === "preserve_client_ip.enabled",
      );
      if (stated !== undefined) return stated["Value"] === "true";
      if (text(group, "TargetType") === "instance") return true;
      return ["UDP", "TCP_UDP"].includes(text(group, "Protocol") ?? "") ? true : "unknown";
    }),
  );
  const [only] = answers;
  return answers.size === 1 && only !== undefined ? only : "unknown";
}
