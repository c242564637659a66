// How wide a set of peers is: the Internet, a public range, broad private space, or narrow. Decided on the set, never on
// the text of a rule: 0.0.0.0/1 and 128.0.0.0/1 together are the Internet (docs/judging.md, 4).

import type { PortClass, Severity } from "../../model/index.ts";
import { type IpSet, PUBLIC_V4, PUBLIC_V6 } from "../../net/index.ts";

export type PeerClass = "internet" | "public range" | "broad private" | "narrow";

/** At least this many public IPv4 addresses are the Internet. */
const INTERNET_V4 = 2 ** 24;
/** At least a /16 of 2000::/3 is the Internet. */
const INTERNET_V6 = 1n << 112n;
/** More private addresses than a /16 holds are broad. */
export const NARROW_V4 = 65_536;

/**
 * @param peers who may send, as the endpoint sees them
 * @param ownRanges address ranges of the endpoint's own and connected networks
 */
export function classifyPeers(peers: IpSet, ownRanges: IpSet): PeerClass {
  const outside = peers.subtract(ownRanges);
  const publicV4 = outside.intersect(PUBLIC_V4);
  const publicV6 = outside.intersect(PUBLIC_V6);
  if (publicV4.countV4() >= INTERNET_V4 || publicV6.countV6() >= INTERNET_V6) return "internet";
  if (!publicV4.isEmpty || !publicV6.isEmpty) return "public range";
  if (!outside.isEmpty || peers.countV4() > NARROW_V4) return "broad private";
  return "narrow";
}

const ORDER: readonly PeerClass[] = ["internet", "public range", "broad private", "narrow"];

/** True where `a` is wider than `b`. */
export function isWider(a: PeerClass, b: PeerClass): boolean {
  return ORDER.indexOf(a) < ORDER.indexOf(b);
}

/** The severity table of docs/judging.md, 4. `reachable` = the Internet has a way, or it is not known whether it has. */
export function excessSeverity(ports: PortClass, peers: PeerClass, reachable: boolean): Severity {
  switch (peers) {
    case "internet":
      if (ports === "critical") return reachable ? "critical" : "high";
      if (ports === "elevated") return reachable ? "high" : "medium";
      return reachable ? "medium" : "low";
    case "public range":
    case "broad private":
      return ports === "other" ? "low" : "medium";
    case "narrow":
      return ports === "other" ? "informational" : "low";
  }
}
