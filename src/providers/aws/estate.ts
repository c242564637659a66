// Gathers AWS items as they arrive and turns them into one estate. Items are read at once and dropped: a million rules must fit.

import {
  compareCodeUnits,
  isFailure,
  scopeId,
  type CallRecord,
  type Endpoint,
  type LoadBalancer,
  type RuleSet,
  type Scope,
  type Warning,
} from "../../model/index.ts";
import { IpSet } from "../../net/index.ts";
import { endpointOfInstance, readInstance, readInterface, type ReadInstance } from "./endpoints.ts";
import { readBalancers } from "./load-balancers.ts";
import {
  natGatewayOf,
  peeringOf,
  rangesOf,
  routesOf,
  setOf,
  type NatGateway,
  type Peering,
  type PublicAccessBlock,
  type Route,
  type Subnet,
} from "./network.ts";
import { child, objectOf, objects, text, type Json } from "./read.ts";
import { groupFromRules, ListedRules, readAcl, readGroup, readListedRule } from "./rules.ts";

export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly family: 4 | 6 | undefined;
  /** undefined where the entries were not read. */
  readonly entries: IpSet | undefined;
}

export interface AwsEstate {
  readonly endpoints: readonly Endpoint[];
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  readonly balancers: readonly LoadBalancer[];
  readonly prefixLists: ReadonlyMap<string, PrefixList>;
  readonly networks: ReadonlyMap<string, { readonly ranges: IpSet; readonly primary: string | undefined }>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly aclOfSubnet: ReadonlyMap<string, string>;
  readonly routesOfSubnet: ReadonlyMap<string, readonly Route[]>;
  /** Routes of a network's main table: for subnets without one of their own. */
  readonly mainRoutes: ReadonlyMap<string, readonly Route[]>;
  readonly natGateways: ReadonlyMap<string, NatGateway>;
  readonly peerings: readonly Peering[];
  /** Networks that one transit gateway joins, with whether group references work over it. */
  readonly transits: readonly { readonly networks: ReadonlySet<string>; readonly references: boolean }[];
  readonly blocks: ReadonlyMap<string, PublicAccessBlock>;
  /** Interfaces that refuse everything over an internet gateway. */
  readonly deniedGateway: ReadonlySet<string>;
  /** "group referenced-group" pairs that AWS calls stale. */
  readonly stale: ReadonlySet<string>;
  /** How a call ended in a scope; undefined where it was never asked or is not offered there. */
  readonly outcome: (scope: Scope, call: string) => CallRecord["outcome"] | undefined;
}

/** Takes items in any order; `finish` joins them. */
export class AwsIntake {
  readonly #listed = new Map<string, { readonly scope: Scope; readonly rules: ListedRules }>();
  readonly #groups = new Map<string, RuleSet>();
  readonly #items = new Map<string, { readonly item: Json; readonly scope: Scope }[]>();
  readonly #calls = new Map<string, Map<string, CallRecord["outcome"]>>();
  readonly #warn: (warning: Warning) => void;

  constructor(warn: (warning: Warning) => void) {
    this.#warn = warn;
  }

  call(record: CallRecord): void {
    const scope = scopeId(record.scope);
    let calls = this.#calls.get(scope);
    if (calls === undefined) this.#calls.set(scope, (calls = new Map<string, CallRecord["outcome"]>()));
    const before = calls.get(record.call);
    if (before === undefined || isFailure(record.outcome)) calls.set(record.call, record.outcome);
  }

  /** Takes one item; returns a reason where it cannot be read at all. */
  item(scope: Scope, type: string, value: unknown): string | undefined {
    const item = objectOf(value);
    if (item === undefined) return "the item is no object";
    if (type === "SecurityGroupRules") {
      const groupId = text(item, "GroupId");
      if (groupId === undefined) return "the rule names no GroupId";
      const rule = readListedRule(item, this.#complain);
      if (rule !== undefined) this.#listedOf(groupId, scope).add(rule);
      return undefined;
    }
    if (type === "SecurityGroups") {
      const group = readGroup(item, scope, this.#listedOf(text(item, "GroupId") ?? "", scope), this.#complain);
      if (group !== undefined) this.#groups.set(group.id, group);
      return undefined;
    }
    const list = this.#items.get(type);
    if (list === undefined) this.#items.set(type, [{ item, scope }]);
    else list.push({ item, scope });
    return undefined;
  }

  #listedOf(groupId: string, scope: Scope): ListedRules {
    let listed = this.#listed.get(groupId);
    if (listed === undefined) {
      listed = { scope, rules: new ListedRules() };
      this.#listed.set(groupId, listed);
    }
    return listed.rules;
  }

  readonly #complain = (subject: string, message: string): void => this.#warn({ subject, message });

  #all(type: string): readonly { readonly item: Json; readonly scope: Scope }[] {
    return this.#items.get(type) ?? [];
  }

  finish(): AwsEstate {
    for (const [id, { scope, rules }] of this.#listed)
      if (!this.#groups.has(id) && rules.all.length > 0) this.#groups.set(id, groupFromRules(id, scope, rules));
    const prefixLists = this.#prefixLists();
    const routing = this.#routing(prefixLists);
    const ruleSets = new Map<string, RuleSet>(this.#groups);
    const aclOfSubnet = new Map<string, string>();
    for (const { item, scope } of this.#all("NetworkAcls")) {
      const acl = readAcl(item, scope, this.#complain);
      if (acl === undefined) continue;
      ruleSets.set(acl.ruleSet.id, acl.ruleSet);
      for (const subnetId of acl.subnetIds) aclOfSubnet.set(subnetId, acl.ruleSet.id);
    }
    const subnets = new Map<string, Subnet>();
    for (const { item } of this.#all("Subnets")) {
      const id = text(item, "SubnetId");
      if (id !== undefined) subnets.set(id, { id, networkId: text(item, "VpcId") ?? "", ranges: rangesOf(item) });
    }
    const networks = new Map<string, { ranges: IpSet; primary: string | undefined }>();
    for (const { item } of this.#all("Vpcs")) {
      const id = text(item, "VpcId");
      if (id !== undefined) networks.set(id, { ranges: rangesOf(item), primary: text(item, "CidrBlock") });
    }
    // A network of which only subnets are known has at least their ranges.
    for (const subnet of subnets.values()) {
      const known = networks.get(subnet.networkId);
      if (known === undefined) networks.set(subnet.networkId, { ranges: subnet.ranges, primary: undefined });
      else if (!this.#all("Vpcs").some(({ item }) => item["VpcId"] === subnet.networkId))
        networks.set(subnet.networkId, { ...known, ranges: known.ranges.union(subnet.ranges) });
    }
    const endpoints = this.#endpoints();
    const natGateways = new Map(
      this.#all("NatGateways")
        .flatMap(({ item }) => natGatewayOf(item) ?? [])
        .map((gateway) => [gateway.id, gateway] as const),
    );
    return {
      endpoints,
      ruleSets: new Map([...ruleSets].sort(([a], [b]) => compareCodeUnits(a, b))),
      balancers: readBalancers(
        {
          balancers: this.#all("LoadBalancers").map(({ item }) => item),
          targetGroups: this.#all("TargetGroups").map(({ item }) => item),
          classic: this.#all("LoadBalancerDescriptions").map(({ item }) => item),
        },
        endpoints,
      ),
      prefixLists,
      networks,
      subnets,
      aclOfSubnet,
      ...routing,
      natGateways,
      peerings: this.#all("VpcPeeringConnections").flatMap(({ item }) => peeringOf(item) ?? []),
      transits: this.#transits(),
      blocks: this.#blocks(),
      deniedGateway: new Set(
        this.#all("NetworkInterfaces").flatMap(({ item }) =>
          item["DenyAllIgwTraffic"] === true ? (text(item, "NetworkInterfaceId") ?? []) : [],
        ),
      ),
      stale: this.#stale(),
      outcome: (scope, call) => {
        const outcome = this.#calls.get(scopeId(scope))?.get(call);
        return outcome === "not-offered" ? undefined : outcome;
      },
    };
  }

  #prefixLists(): Map<string, PrefixList> {
    const lists = new Map<string, PrefixList>();
    for (const { item } of this.#all("PrefixLists")) {
      const id = text(item, "PrefixListId");
      if (id === undefined) continue;
      const cidrs = item["Cidrs"];
      const inline = Array.isArray(cidrs)
        ? IpSet.unionAll(cidrs.filter((cidr) => typeof cidr === "string").map(setOf))
        : undefined;
      const family = text(item, "AddressFamily");
      const known = lists.get(id);
      lists.set(id, {
        id,
        name: text(item, "PrefixListName") ?? "",
        family: family === "IPv4" ? 4 : family === "IPv6" ? 6 : known?.family,
        entries: inline ?? known?.entries,
      });
    }
    for (const { item } of this.#all("PrefixListEntries")) {
      const id = text(item, "PrefixListId");
      if (id === undefined) continue;
      const entries = IpSet.unionAll(objects(item, "Entries").map((entry) => setOf(text(entry, "Cidr") ?? "")));
      const known = lists.get(id);
      lists.set(id, { id, name: known?.name ?? "", family: known?.family, entries });
    }
    return lists;
  }

  #routing(prefixLists: ReadonlyMap<string, PrefixList>): Pick<AwsEstate, "routesOfSubnet" | "mainRoutes"> {
    const entries = new Map(
      [...prefixLists].flatMap(([id, { entries: set }]) => (set === undefined ? [] : [[id, set] as const])),
    );
    const routesOfSubnet = new Map<string, readonly Route[]>();
    const mainRoutes = new Map<string, readonly Route[]>();
    for (const { item } of this.#all("RouteTables")) {
      const routes = routesOf(item, entries);
      for (const association of objects(item, "Associations")) {
        const subnetId = text(association, "SubnetId");
        if (subnetId !== undefined) routesOfSubnet.set(subnetId, routes);
        else if (association["Main"] === true) mainRoutes.set(text(item, "VpcId") ?? "", routes);
      }
    }
    return { routesOfSubnet, mainRoutes };
  }

  #endpoints(): Endpoint[] {
    const machines = new Map<string, ReadInstance>();
    const scopes = new Map<string, Scope>();
    for (const { item, scope } of this.#all("Instances")) {
      const instance = readInstance(item);
      if (instance === undefined) continue;
      machines.set(instance.machine.id, instance);
      scopes.set(instance.machine.id, scope);
    }
    const endpoints = new Map<string, Endpoint>();
    for (const { item, scope } of this.#all("NetworkInterfaces")) {
      const endpoint = readInterface(item, scope, machines, this.#complain);
      if (endpoint !== undefined) endpoints.set(endpoint.id, endpoint);
    }
    const held = new Set([...endpoints.values()].flatMap((endpoint) => endpoint.machine?.id ?? []));
    for (const [id, instance] of machines) {
      const scope = scopes.get(id);
      if (scope === undefined || held.has(id)) continue;
      for (const own of instance.interfaces) {
        const endpoint = readInterface(
          { VpcId: instance.item["VpcId"], SubnetId: instance.item["SubnetId"], ...own },
          scope,
          machines,
          this.#complain,
          id,
        );
        if (endpoint !== undefined) endpoints.set(endpoint.id, endpoint);
      }
      if (instance.interfaces.length > 0) continue;
      const endpoint = endpointOfInstance(instance, scope, this.#complain);
      if (endpoint !== undefined) endpoints.set(endpoint.id, endpoint);
    }
    // Terminated machines are left out; their interfaces linger in some answers.
    const living = [...endpoints.values()].filter((endpoint) => endpoint.machine?.state !== "terminated");
    const seen = new Set(living.map((endpoint) => scopeId(endpoint.scope)));
    for (const group of this.#groups.values()) {
      const scope = scopeId(group.scope);
      const listed =
        this.#calls.get(scope)?.has("DescribeNetworkInterfaces") === true ||
        this.#calls.get(scope)?.has("DescribeInstances") === true;
      if (!seen.has(scope) && !listed) living.push(standIn(group));
    }
    return living.sort((a, b) => compareCodeUnits(a.id, b.id));
  }

  #transits(): AwsEstate["transits"] {
    const supported = new Map(
      this.#all("TransitGateways").map(
        ({ item }) =>
          [
            text(item, "TransitGatewayId") ?? "",
            text(child(item, "Options"), "SecurityGroupReferencingSupport") === "enable",
          ] as const,
      ),
    );
    const joined = new Map<string, { networks: Set<string>; references: boolean }>();
    for (const { item } of this.#all("TransitGatewayVpcAttachments")) {
      const gateway = text(item, "TransitGatewayId");
      const network = text(item, "VpcId");
      if (gateway === undefined || network === undefined || (text(item, "State") ?? "available") !== "available")
        continue;
      const known = joined.get(gateway) ?? { networks: new Set<string>(), references: supported.get(gateway) ?? false };
      known.networks.add(network);
      // The attachment's own switch is on by default.
      if (text(child(item, "Options"), "SecurityGroupReferencingSupport") === "disable") known.references = false;
      joined.set(gateway, known);
    }
    return [...joined.values()];
  }

  #blocks(): Map<string, PublicAccessBlock> {
    const exclusions = new Map<string, string>();
    for (const { item } of this.#all("VpcBlockPublicAccessExclusions")) {
      if (!["create-complete", "update-complete"].includes(text(item, "State") ?? "")) continue;
      const resource = (text(item, "ResourceArn") ?? "").split("/").at(-1) ?? "";
      exclusions.set(resource, text(item, "InternetGatewayExclusionMode") ?? "");
    }
    const blocks = new Map<string, PublicAccessBlock>();
    for (const { item, scope } of this.#all("VpcBlockPublicAccessOptions")) {
      const mode = text(item, "InternetGatewayBlockMode");
      if (mode !== "block-bidirectional" && mode !== "block-ingress") continue;
      blocks.set(scopeId(scope), { mode, exclusions });
    }
    return blocks;
  }

  #stale(): Set<string> {
    const stale = new Set<string>();
    for (const { item } of this.#all("StaleSecurityGroupSet")) {
      for (const list of ["StaleIpPermissions", "StaleIpPermissionsEgress"]) {
        for (const permission of objects(item, list)) {
          for (const pair of objects(permission, "UserIdGroupPairs"))
            stale.add(`${text(item, "GroupId")} ${text(pair, "GroupId")}`);
        }
      }
    }
    return stale;
  }
}

function standIn(group: RuleSet): Endpoint {
  return {
    id: group.id,
    scope: group.scope,
    networkId: group.networkId,
    subnetId: "",
    name: group.name,
    primary: true,
    privateAddresses: [],
    prefixes: [],
    publicAddresses: [],
    groupIds: [group.id],
    interfaceType: "interface",
    filteredByGroups: true,
    tags: {},
    standIn: true,
  };
}
