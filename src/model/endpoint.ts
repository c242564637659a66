// What traffic arrives at: a network interface with its addresses, groups, subnet and tags.

import type { Address } from "../net/index.ts";
import type { Scope } from "./scope.ts";

export interface Machine {
  /** `i-...` */
  readonly id: string;
  readonly name: string;
  /** "running", "stopped", "terminated" ... as the provider says. */
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface PublicAddress {
  readonly address: Address;
  /** The private address it is translated to. */
  readonly private: Address;
}

export interface Endpoint {
  /** `eni-...`; for a group judged without any interface list, the group's own id (see `standIn`). */
  readonly id: string;
  readonly scope: Scope;
  /** VPC or virtual network: the address domain of the private addresses. */
  readonly networkId: string;
  readonly subnetId: string;
  /** Name of the machine, of the interface, or "". Hostile text. */
  readonly name: string;
  readonly machine?: Machine;
  /** False for the second and later interfaces of a machine. */
  readonly primary: boolean;
  /** Primary private IPv4 first, then secondary ones, then IPv6; delegated prefixes are in `prefixes`. */
  readonly privateAddresses: readonly Address[];
  /** Delegated prefixes (CIDR text), counted as addresses of the interface. */
  readonly prefixes: readonly string[];
  readonly publicAddresses: readonly PublicAddress[];
  /** Ids of the security groups on the interface, sorted. */
  readonly groupIds: readonly string[];
  /** The provider's interface type: "interface", "nat_gateway", "network_load_balancer" ... */
  readonly interfaceType: string;
  /** False where the kind of interface carries no groups: nothing filters it but the subnet. */
  readonly filteredByGroups: boolean;
  /** Name of the load balancer that the interface belongs to. */
  readonly loadBalancer?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** True where no interface list was collected and the group is judged as if something used it. */
  readonly standIn: boolean;
}
