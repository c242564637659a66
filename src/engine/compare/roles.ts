// Ties the roles of a cluster to endpoints and addresses of the snapshot. Pure selection: nothing is judged here.
// A role keeps its symbolic form (which endpoints, which CIDRs) because the addresses differ with the viewer.

import type {
  Cluster,
  Endpoint,
  EndpointSelector,
  PeerSpec,
  RoleBinding,
  RoleDefinition,
  World,
} from "../../model/index.ts";
import { IpSet } from "../../net/index.ts";

export type RoleStatus = "bound" | "addresses" | "none" | "not bound" | "empty";

export interface Role {
  readonly name: string;
  readonly title: string;
  readonly kind: RoleDefinition["kind"];
  readonly status: RoleStatus;
  /** Every interface of every machine that the role selects, sorted by id. */
  readonly endpoints: readonly Endpoint[];
  /** The primary interface of each machine: what required traffic is measured between. */
  readonly primaries: readonly Endpoint[];
  /** Addresses stated by CIDR or named network. */
  readonly addresses: IpSet;
  readonly addressLabels: readonly string[];
  readonly seenAs: IpSet | undefined;
}

export interface ClusterRoles {
  readonly cluster: Cluster;
  readonly roles: ReadonlyMap<string, Role>;
  /** Names of the roles that an endpoint holds, sorted; absent where it holds none. */
  readonly rolesOf: ReadonlyMap<Endpoint, readonly string[]>;
  /** Union of all endpoints bound to infrastructure roles: the cluster's own nodes and balancers. */
  readonly ownNodes: readonly Endpoint[];
}

/** Names that the configuration gives to account ids. */
export type AccountNames = ReadonlyMap<string, readonly string[]>;

/** Selects role members of one cluster. Roles of its profiles that the configuration does not name are `not bound`. */
export function bindRoles(cluster: Cluster, world: World, accountNames: AccountNames = new Map()): ClusterRoles {
  const definitions = new Map<string, RoleDefinition>();
  for (const profile of cluster.profiles) {
    for (const role of profile.roles) definitions.set(role.name, role);
  }
  for (const name of Object.keys(cluster.roles)) {
    if (!definitions.has(name)) definitions.set(name, { name, title: name, kind: "infrastructure" });
  }
  // The same tags in another account are another cluster's; where nobody names an account's endpoints they may be this one's.
  const isHere = ({ scope }: Endpoint): boolean => {
    const names = accountNames.get(scope.account);
    return (
      cluster.accounts === undefined || names === undefined || names.some((name) => cluster.accounts?.includes(name))
    );
  };
  const roles = new Map<string, Role>();
  for (const definition of definitions.values()) {
    if (definition.unionOf === undefined) {
      roles.set(
        definition.name,
        bindRole(definition, cluster.roles[definition.name], (specs) => selectEndpoints(specs, world).filter(isHere)),
      );
    }
  }
  for (const definition of definitions.values()) {
    if (definition.unionOf !== undefined) roles.set(definition.name, uniteRoles(definition, definition.unionOf, roles));
  }
  const held = new Map<Endpoint, string[]>();
  const ownNodes = new Set<Endpoint>();
  for (const role of roles.values()) {
    for (const endpoint of role.endpoints) {
      const names = held.get(endpoint);
      if (names === undefined) held.set(endpoint, [role.name]);
      else names.push(role.name);
      if (role.kind === "infrastructure") ownNodes.add(endpoint);
    }
  }
  for (const names of held.values()) names.sort();
  return { cluster, roles, rolesOf: held, ownNodes: world.endpoints.filter((endpoint) => ownNodes.has(endpoint)) };
}

function bindRole(
  definition: RoleDefinition,
  binding: RoleBinding | undefined,
  select: (specs: readonly PeerSpec[]) => Endpoint[],
): Role {
  const base = { name: definition.name, title: definition.title, kind: definition.kind };
  const nothing = { endpoints: [], primaries: [], addresses: IpSet.empty, addressLabels: [], seenAs: undefined };
  if (binding === undefined) return { ...base, ...nothing, status: "not bound" };
  if (binding.kind === "none") return { ...base, ...nothing, status: "none" };
  const endpoints = select(binding.specs);
  const addressSpecs = binding.specs.filter((spec) => spec.kind === "addresses");
  const addresses = IpSet.unionAll(addressSpecs.map((spec) => spec.addresses));
  const status = endpoints.length > 0 ? "bound" : addresses.isEmpty ? "empty" : "addresses";
  return {
    ...base,
    status,
    endpoints,
    primaries: endpoints.filter((endpoint) => endpoint.primary),
    addresses,
    addressLabels: addressSpecs.map((spec) => spec.label),
    seenAs: binding.seenAs,
  };
}

/** A union role is as bound as its parts: unknown parts keep it from being called complete. */
function uniteRoles(definition: RoleDefinition, parts: readonly string[], roles: ReadonlyMap<string, Role>): Role {
  const members = parts.map((name) => roles.get(name)).filter((role) => role !== undefined);
  const endpoints = sortedUnion(members.map((role) => role.endpoints));
  const addresses = IpSet.unionAll(members.map((role) => role.addresses));
  const seen = members.map((role) => role.seenAs).filter((set) => set !== undefined);
  const status =
    endpoints.length > 0
      ? "bound"
      : !addresses.isEmpty
        ? "addresses"
        : members.every((role) => role.status === "none")
          ? "none"
          : members.some((role) => role.status === "empty")
            ? "empty"
            : "not bound";
  return {
    name: definition.name,
    title: definition.title,
    kind: definition.kind,
    status,
    endpoints,
    primaries: endpoints.filter((endpoint) => endpoint.primary),
    addresses,
    addressLabels: members.flatMap((role) => role.addressLabels),
    seenAs: seen.length === 0 ? undefined : IpSet.unionAll(seen),
  };
}

function sortedUnion(lists: readonly (readonly Endpoint[])[]): Endpoint[] {
  const all = new Map<string, Endpoint>();
  for (const list of lists) for (const endpoint of list) all.set(endpoint.id, endpoint);
  return [...all.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, endpoint]) => endpoint);
}

/** Endpoints that any of the specs selects, in the order of the world (by id). */
export function selectEndpoints(specs: readonly PeerSpec[], world: World): Endpoint[] {
  const selectors = specs.filter((spec) => spec.kind === "endpoints").map((spec) => spec.selector);
  if (selectors.length === 0) return [];
  return world.endpoints.filter((endpoint) => selectors.some((selector) => matchesSelector(endpoint, selector, world)));
}

/** Whether everything that the selector names holds of the endpoint. */
export function matchesSelector(endpoint: Endpoint, selector: EndpointSelector, world: World): boolean {
  const { tags, securityGroups, names, subnets, loadBalancers, ids } = selector;
  if (tags !== undefined && !Object.entries(tags).every(([key, value]) => hasTag(endpoint, key, value))) return false;
  if (securityGroups !== undefined && !endpoint.groupIds.some((id) => namesGroup(securityGroups, id, world)))
    return false;
  if (names !== undefined && !namesOf(endpoint).some((name) => names.some((pattern) => matchesPattern(name, pattern))))
    return false;
  if (subnets !== undefined && !subnets.includes(endpoint.subnetId)) return false;
  if (loadBalancers !== undefined && !belongsToBalancer(endpoint, loadBalancers, world)) return false;
  if (
    ids !== undefined &&
    !ids.includes(endpoint.id) &&
    !(endpoint.machine !== undefined && ids.includes(endpoint.machine.id))
  )
    return false;
  return true;
}

function hasTag(endpoint: Endpoint, key: string, value: string): boolean {
  for (const tags of [endpoint.machine?.tags, endpoint.tags]) {
    if (tags === undefined || !Object.hasOwn(tags, key)) continue;
    if (value === "*" || tags[key] === value) return true;
  }
  return false;
}

function namesGroup(wanted: readonly string[], groupId: string, world: World): boolean {
  if (wanted.includes(groupId)) return true;
  const name = world.ruleSets.get(groupId)?.name;
  return name !== undefined && wanted.includes(name);
}

function namesOf(endpoint: Endpoint): string[] {
  const names = [endpoint.name, endpoint.machine?.name ?? "", endpoint.tags["Name"] ?? ""];
  return names.filter((name) => name !== "");
}

/** `*` stands for any run of characters; everything else is literal and case-sensitive, as tags are. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

function belongsToBalancer(endpoint: Endpoint, wanted: readonly string[], world: World): boolean {
  if (endpoint.loadBalancer !== undefined && wanted.includes(endpoint.loadBalancer)) return true;
  return world.loadBalancers.some(
    (balancer) =>
      (wanted.includes(balancer.name) || wanted.includes(balancer.id)) && balancer.endpointIds.includes(endpoint.id),
  );
}

/** The infrastructure roles that an endpoint holds in a cluster. */
export function nodeRolesOf(endpoint: Endpoint, bound: ClusterRoles | undefined): string[] {
  return (bound?.rolesOf.get(endpoint) ?? []).filter((name) => bound?.roles.get(name)?.kind === "infrastructure");
}
