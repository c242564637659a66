// Whether a witness is a packet that could be sent: read off the story's own snapshot, apart from the program.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../../src/model/index.ts";
import { EXAMPLES, listFiles } from "./build/main.ts";

interface Interface {
  readonly NetworkInterfaceId: string;
  readonly PrivateIpAddress: string;
  readonly Association?: { readonly PublicIp: string };
  readonly Ipv6Addresses: readonly { readonly Ipv6Address: string }[];
}

/** All interfaces of a story by id. */
export function interfacesOf(story: string): ReadonlyMap<string, Interface> {
  const folder = join(EXAMPLES, story, "snapshot");
  const answers = listFiles(folder)
    .filter((path) => path.endsWith("describe-network-interfaces.json"))
    .map(
      (path) =>
        JSON.parse(readFileSync(join(folder, path), "utf8")) as { readonly NetworkInterfaces?: readonly Interface[] },
    );
  return new Map(
    answers.flatMap(({ NetworkInterfaces = [] }) =>
      NetworkInterfaces.map((item) => [item.NetworkInterfaceId, item] as const),
    ),
  );
}

/** What is wrong with the witness of a finding about ingress, in words; nothing where a packet like it could arrive. */
export function flawsOf(finding: Finding, interfaces: ReadonlyMap<string, Interface>): string[] {
  const { witness, route } = finding;
  if (witness === null) return [];
  const target = interfaces.get(witness.to);
  if (target === undefined) return [`${finding.title}: the packet goes to ${witness.to}, which is no interface`];
  const isV6 = witness.from.includes(":");
  const addresses = isV6 ? target.Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address) : [target.PrivateIpAddress];
  const flaws: string[] = [];
  if (addresses.includes(witness.from)) flaws.push("goes from an interface to itself");
  if (!addresses.some((address) => witness.text.includes(address)))
    flaws.push(`shows no ${isV6 ? "IPv6" : "IPv4"} address of its target`);
  const isReached = isV6 ? addresses.length > 0 : target.Association !== undefined;
  if (route === "reachable" && !isReached)
    flaws.push("comes from the Internet to an interface that the Internet does not reach");
  return flaws.map((flaw) => `${witness.text}: ${flaw}`);
}
