// The snapshot folders of the stories are written by test/examples/build/main.ts; this holds what is committed against it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLES, listFiles, STORIES } from "./build/main.ts";

describe.each(Object.entries(STORIES))("the snapshot of %s", (name, story) => {
  const folder = join(EXAMPLES, name, "snapshot");
  const files = story();

  it("holds the files that `node test/examples/build/main.ts` writes, and no others", () => {
    expect(listFiles(folder)).toEqual([...files.keys()].sort());
  });

  it("is what `node test/examples/build/main.ts` writes, byte for byte", () => {
    const stale = [...files]
      .filter(([path, text]) => readFileSync(join(folder, path), "utf8") !== text)
      .map(([path]) => path);
    expect(stale).toEqual([]);
  });

  it("gives every resource an id of its own", () => {
    const ids = listFiles(folder).flatMap((path) =>
      definedIds(JSON.parse(readFileSync(join(folder, path), "utf8")) as unknown),
    );
    expect(ids.length).toBeGreaterThan(20);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it("gives every private address to one interface only, inside its subnet's VPC", () => {
    const interfaces = listFiles(folder)
      .filter((path) => path.endsWith("describe-network-interfaces.json"))
      .flatMap(
        (path) =>
          (
            JSON.parse(readFileSync(join(folder, path), "utf8")) as {
              NetworkInterfaces?: { VpcId: string; PrivateIpAddress: string }[];
            }
          ).NetworkInterfaces ?? [],
      );
    const places = interfaces.map(({ VpcId, PrivateIpAddress }) => `${VpcId} ${PrivateIpAddress}`);
    expect(places.length).toBeGreaterThan(5);
    expect(new Set(places).size).toBe(places.length);
  });
});

/** Ids under which lists of answers define their items: the first `...Id` field that names the item itself. */
function definedIds(answer: unknown): string[] {
  const OWN: Readonly<Record<string, string>> = {
    InternetGateways: "InternetGatewayId",
    NatGateways: "NatGatewayId",
    NetworkAcls: "NetworkAclId",
    NetworkInterfaces: "NetworkInterfaceId",
    PrefixLists: "PrefixListId",
    RouteTables: "RouteTableId",
    SecurityGroupRules: "SecurityGroupRuleId",
    SecurityGroups: "GroupId",
    Subnets: "SubnetId",
    Vpcs: "VpcId",
    VpcPeeringConnections: "VpcPeeringConnectionId",
  };
  return Object.entries(answer as Record<string, unknown>).flatMap(([key, items]) => {
    const field = OWN[key];
    return field === undefined || !Array.isArray(items)
      ? []
      : (items as Record<string, string>[]).map((item) => item[field] ?? "");
  });
}
