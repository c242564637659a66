// The story of the one group that Rancher's EC2 driver makes today, on every node of a cluster whose planes are split over nodes.
// Rancher itself stands elsewhere. The rules are those of the driver: seventeen inbound ones and everything outbound, in both families.

import { Estate } from "./estate.ts";
import type { Subnet } from "./network.ts";
import { regionFiles, type SnapshotFiles } from "./snapshot-files.ts";

type DriverRule = readonly [protocol: "tcp" | "udp", ports: number | readonly [number, number]];

const OPEN_TO_ALL: readonly DriverRule[] = [
  ["tcp", 22],
  ["tcp", 2376],
  ["tcp", 8443],
  ["tcp", 6443],
  ["tcp", 80],
  ["tcp", 443],
  ["tcp", [30000, 32767]],
  ["udp", [30000, 32767]],
];

const OPEN_TO_ITSELF: readonly DriverRule[] = [
  ["tcp", 9345],
  ["tcp", [2379, 2380]],
  ["tcp", 5473],
  ["tcp", [10250, 10252]],
  ["tcp", 10256],
  ["tcp", 9796],
  ["tcp", 179],
  ["udp", 4789],
  ["udp", 8472],
];

export function sharedGroup(): SnapshotFiles {
  const estate = new Estate({ story: "shared-group", account: "111122223333", region: "eu-west-1" });
  const vpc = estate.vpc("pools", "10.40.0.0/16", "2a05:d018:2c1:7d00::/56");
  const options = (ipv6: string): { ipv6: string; publicByDefault: boolean } => ({ ipv6, publicByDefault: true });
  const a = estate.subnet(vpc, "pools-a", "10.40.0.0/22", "a", options("2a05:d018:2c1:7d00::/64"));
  const b = estate.subnet(vpc, "pools-b", "10.40.4.0/22", "b", options("2a05:d018:2c1:7d01::/64"));
  const c = estate.subnet(vpc, "pools-c", "10.40.8.0/22", "c", options("2a05:d018:2c1:7d02::/64"));
  const gateway = estate.internetGateway(vpc);
  estate.routeTable("main", vpc, "main", [
    ["0.0.0.0/0", { gateway }],
    ["::/0", { gateway }],
  ]);

  const group = estate.group(vpc, "rancher-nodes", "Rancher Nodes", {
    tags: { "rancher-nodes": "v0.15.0-rancher134" },
  });
  const description = "managed by rancher-machine";
  for (const [protocol, ports] of OPEN_TO_ALL)
    group.allow({ protocol, ports, from: ["0.0.0.0/0", "::/0"], description });
  for (const [protocol, ports] of OPEN_TO_ITSELF) group.allow({ protocol, ports, from: [group], description });

  const node = (name: string, subnet: Subnet, number: number, net: number): void =>
    estate.instance({
      name,
      subnet,
      groups: [group],
      privateIp: `10.40.${net * 4}.${number}`,
      publicIp: `203.0.113.${number + 150}`,
      ipv6: `2a05:d018:2c1:7d0${net}:4a${number}:9c1e:77d2:${number}f3`,
      tags: {},
    });
  node("pool-etcd1", a, 21, 0);
  node("pool-etcd2", b, 22, 1);
  node("pool-etcd3", c, 23, 2);
  node("pool-control1", a, 31, 0);
  node("pool-control2", b, 32, 1);
  node("pool-worker1", a, 51, 0);
  node("pool-worker2", b, 52, 1);
  node("pool-worker3", c, 53, 2);
  return regionFiles(estate);
}
