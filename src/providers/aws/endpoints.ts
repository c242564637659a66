// Network interfaces and instances -> endpoints. An interface is the unit that groups filter; instances lend state, name and tags.

import type { Endpoint, Machine, PublicAddress, Scope } from "../../model/index.ts";
import { AddressError, parseAddress, type Address } from "../../net/index.ts";
import { child, objects, tagsOf, text, whole, type Json } from "./read.ts";
import type { Complain } from "./rules.ts";

/** AWS: kinds of interfaces that never carry security groups. */
const WITHOUT_GROUPS = new Set([
  "nat_gateway",
  "natGateway",
  "transit_gateway",
  "gateway_load_balancer",
  "gateway_load_balancer_endpoint",
]);

export interface ReadInstance {
  readonly machine: Machine;
  /** Interfaces that the instance itself lists, for snapshots without an interface list. */
  readonly interfaces: readonly Json[];
  readonly item: Json;
}

/** Reads one instance; undefined where it has no id. */
export function readInstance(item: Json): ReadInstance | undefined {
  const id = text(item, "InstanceId");
  if (id === undefined) return undefined;
  const tags = tagsOf(item);
  return {
    machine: { id, name: tags["Name"] ?? "", state: text(child(item, "State"), "Name") ?? "unknown", tags },
    interfaces: objects(item, "NetworkInterfaces"),
    item,
  };
}

/** Reads one interface, joined to its machine. */
export function readInterface(
  item: Json,
  scope: Scope,
  machines: ReadonlyMap<string, ReadInstance>,
  complain: Complain,
  instanceId?: string,
): Endpoint | undefined {
  const id = text(item, "NetworkInterfaceId");
  if (id === undefined) {
    complain("a network interface", "it has no NetworkInterfaceId and is left out");
    return undefined;
  }
  const attachment = child(item, "Attachment");
  const machine = machines.get(instanceId ?? text(attachment, "InstanceId") ?? "")?.machine;
  const tags = tagsOf(item);
  const description = text(item, "Description") ?? "";
  const interfaceType = text(item, "InterfaceType") ?? "interface";
  const groupIds = [...new Set(objects(item, "Groups").flatMap((group) => text(group, "GroupId") ?? []))].sort();
  const loadBalancer = balancerOf(description, interfaceType);
  const address = addressReader(id, complain);
  const privates = objects(item, "PrivateIpAddresses");
  const entries = privates.length > 0 ? privates : [item];
  const ordered = [...entries].sort((a, b) => Number(b["Primary"] === true) - Number(a["Primary"] === true));
  const v4 = ordered.flatMap((entry) => address(text(entry, "PrivateIpAddress")));
  const v6 = objects(item, "Ipv6Addresses").flatMap((entry) => address(text(entry, "Ipv6Address")));
  const publicAddresses = entries.flatMap((entry): PublicAddress[] => {
    const [outside] = address(text(child(entry, "Association"), "PublicIp"));
    const [inside] = address(text(entry, "PrivateIpAddress"));
    return outside === undefined || inside === undefined ? [] : [{ address: outside, private: inside }];
  });
  // Where the list of addresses carries no association, the interface itself may.
  if (publicAddresses.length === 0) {
    const [outside] = address(text(child(item, "Association"), "PublicIp"));
    const [inside] = v4;
    if (outside !== undefined && inside !== undefined) publicAddresses.push({ address: outside, private: inside });
  }
  return {
    id,
    scope,
    networkId: text(item, "VpcId") ?? "",
    subnetId: text(item, "SubnetId") ?? "",
    name: machine?.name || tags["Name"] || (loadBalancer ?? ""),
    ...(machine === undefined ? {} : { machine }),
    // Only machines have a first interface and others; interfaces of balancers, databases and gateways all come at index 1.
    primary: machine === undefined || (whole(attachment, "DeviceIndex") ?? 0) === 0,
    privateAddresses: [...v4, ...v6],
    prefixes: [
      ...objects(item, "Ipv4Prefixes").flatMap((entry) => text(entry, "Ipv4Prefix") ?? []),
      ...objects(item, "Ipv6Prefixes").flatMap((entry) => text(entry, "Ipv6Prefix") ?? []),
    ],
    publicAddresses,
    groupIds,
    interfaceType,
    // A network load balancer may carry groups since 2023 and need not; without any it is unfiltered.
    filteredByGroups:
      groupIds.length > 0 || !(WITHOUT_GROUPS.has(interfaceType) || interfaceType === "network_load_balancer"),
    ...(loadBalancer === undefined ? {} : { loadBalancer }),
    tags,
    standIn: false,
  };
}

/** An endpoint from an instance that lists no interfaces: old answers with groups and an address of the instance itself. */
export function endpointOfInstance(
  { machine, item }: ReadInstance,
  scope: Scope,
  complain: Complain,
): Endpoint | undefined {
  const pseudo = {
    ...item,
    NetworkInterfaceId: machine.id,
    Groups: item["SecurityGroups"] ?? [],
    Attachment: { InstanceId: machine.id, DeviceIndex: 0 },
    Description: "",
    Tags: [],
    TagSet: [],
  };
  const outside = text(item, "PublicIpAddress");
  const endpoint = readInterface(
    outside === undefined ? pseudo : { ...pseudo, Association: { PublicIp: outside } },
    scope,
    new Map([[machine.id, { machine, interfaces: [], item }]]),
    complain,
  );
  return endpoint === undefined || endpoint.privateAddresses.length === 0 ? undefined : endpoint;
}

/** AWS names the balancer in the description of its interfaces: "ELB app/NAME/ID", "ELB net/NAME/ID", "ELB NAME" (classic). */
function balancerOf(description: string, interfaceType: string): string | undefined {
  if (!description.startsWith("ELB ")) return undefined;
  const [, kind, name] = /^ELB (app|net|gwy)\/([^/]+)\//u.exec(description) ?? [];
  if (kind !== undefined) return name;
  return interfaceType === "interface" ? description.slice(4) : undefined;
}

function addressReader(subject: string, complain: Complain): (value: string | undefined) => Address[] {
  return (value) => {
    if (value === undefined) return [];
    try {
      return [parseAddress(value)];
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      complain(subject, `${error.message}; the address is left out`);
      return [];
    }
  };
}
