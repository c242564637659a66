// Address ranges with a meaning of their own. They serve to tell the public Internet from the rest; they are not a registry.

import { IpSet } from "./ip-set.ts";

const setOf = (...cidrs: string[]): IpSet => IpSet.unionAll(cidrs.map((cidr) => IpSet.cidr(cidr)));

/** Addresses that belong to networks of their own: RFC 1918, shared address space (RFC 6598) and unique local IPv6. */
export const PRIVATE: IpSet = setOf("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

/**
 * Public unicast IPv4: everything but the IANA special-purpose blocks, multicast and class E. The three documentation
 * ranges (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24) count as public, so that examples behave like real addresses;
 * so does 192.88.99.0/24, whose special purpose has ended (RFC 7526).
 */
export const PUBLIC_V4: IpSet = IpSet.anyV4.subtract(
  setOf(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
  ),
);

/** Global unicast IPv6, all that IANA has given out. */
export const PUBLIC_V6: IpSet = IpSet.cidr("2000::/3");
