// The built-in story: a cluster of node pools with a Rancher pair behind a load balancer, right in most things, and wrong in the six that
// its README names. Beside the cluster stand things that it does not hold: a bastion, a database, a peered VPC.

import {
  openBalancer,
  openNodePools,
  openRancherCluster,
  openToOperators,
  type RoleGroups,
} from "./documented-rules.ts";
import { Estate } from "./estate.ts";
import { idOf } from "./ids.ts";
import type { Group } from "./security-group.ts";
import { regionFiles, type SnapshotFiles } from "./snapshot-files.ts";

const ACCOUNT = "111122223333";

export function demo(): SnapshotFiles {
  const estate = new Estate({ story: "demo", account: ACCOUNT, region: "eu-west-1" });
  const vpc = estate.vpc("rancher-prod", "10.20.0.0/16", "2a05:d018:1b6e:4200::/56");
  const shared = estate.vpc("shared-services", "10.60.0.0/16");
  const publicA = estate.subnet(vpc, "public-a", "10.20.0.0/24", "a", {
    ipv6: "2a05:d018:1b6e:4200::/64",
    publicByDefault: true,
  });
  const publicB = estate.subnet(vpc, "public-b", "10.20.1.0/24", "b", {
    ipv6: "2a05:d018:1b6e:4201::/64",
    publicByDefault: true,
  });
  const privateA = estate.subnet(vpc, "private-a", "10.20.16.0/22", "a");
  const privateB = estate.subnet(vpc, "private-b", "10.20.20.0/22", "b");
  const data = estate.subnet(vpc, "data-a", "10.20.32.0/24", "a");
  const monitoring = estate.subnet(shared, "monitoring-a", "10.60.4.0/24", "a");
  const gateway = estate.internetGateway(vpc);
  const nat = estate.natGateway("nat-a", publicA, "10.20.0.5", "203.0.113.5");
  const peering = estate.peering("rancher-prod-to-shared-services", vpc, shared);
  estate.routeTable("main", vpc, "main", []);
  estate.routeTable(
    "public",
    vpc,
    [publicA, publicB],
    [
      ["0.0.0.0/0", { gateway }],
      ["::/0", { gateway }],
      [shared.cidr, { peering }],
    ],
  );
  estate.routeTable(
    "private",
    vpc,
    [privateA, privateB],
    [
      ["0.0.0.0/0", { nat }],
      [shared.cidr, { peering }],
    ],
  );
  estate.routeTable("main", shared, "main", [[vpc.cidr, { peering }]]);

  const groups: RoleGroups = {
    rancher: estate.group(vpc, "rancher-server", "Rancher server nodes"),
    balancer: estate.group(vpc, "rancher-alb", "Load balancer of the Rancher UI and API"),
    etcd: estate.group(vpc, "prod-etcd", "prod: etcd plane"),
    control: estate.group(vpc, "prod-control", "prod: control plane"),
    worker: estate.group(vpc, "prod-worker", "prod: workers"),
  };
  const bastion = estate.group(vpc, "bastion", "SSH from the office");
  const database = estate.group(vpc, "orders-db", "PostgreSQL of the orders service");
  const prometheus = estate.group(shared, "prometheus", "Prometheus, rebuilt 2026-08");
  const office = estate.prefixList("office", [
    ["198.51.100.0/25", "head office"],
    ["198.51.100.128/25", "branch"],
  ]);

  // What is right.
  openRancherCluster(groups);
  openNodePools(groups, { overlayBetweenWorkers: false });
  openBalancer(groups, { prefixList: office });
  openToOperators(groups, bastion);
  groups.worker.allow({ protocol: "tcp", ports: 80, from: ["0.0.0.0/0", "::/0"], description: "Ingress controller" });
  groups.worker.allow({ protocol: "tcp", ports: 443, from: ["0.0.0.0/0", "::/0"], description: "Ingress controller" });
  groups.worker.allow({
    protocol: "tcp",
    ports: 9100,
    from: [{ peered: { id: prometheus.id, vpcId: shared.id, peeringId: peering, owner: ACCOUNT } }],
    description: "node exporter, Prometheus",
  });
  bastion.allow({ protocol: "tcp", ports: 22, from: [{ prefixList: office }], description: "operators" });
  database.allow({ protocol: "tcp", ports: 5432, from: [groups.worker], description: "orders service" });
  prometheus.allow({ protocol: "tcp", ports: 443, from: [vpc.cidr], description: "Grafana" });

  // What is wrong. 8472/udp between workers was left out above.
  groups.etcd.allow({ protocol: "tcp", ports: 2379, from: ["0.0.0.0/0"], description: "TEMP etcdctl from home" });
  groups.etcd.allow({
    protocol: "tcp",
    ports: 2380,
    from: ["0.0.0.0/1", "128.0.0.0/1"],
    description: "restore from old site",
  });
  groups.worker.allow({ protocol: "tcp", ports: 10250, from: ["10.0.0.0/8"], description: "metrics debugging" });
  const gone = { id: idOf("sg", "demo", "prometheus, before it was rebuilt"), vpcId: shared.id, peeringId: peering };
  groups.worker.allow({
    protocol: "tcp",
    ports: 9100,
    from: [{ peered: gone }],
    description: "node exporter, old Prometheus",
  });
  estate.stale(groups.worker, 9100, {
    Description: "node exporter, old Prometheus",
    GroupId: gone.id,
    PeeringStatus: "active",
    VpcId: gone.vpcId,
    VpcPeeringConnectionId: gone.peeringId,
  });
  const driver = driverGroupOf2018(
    estate.group(vpc, "rancher-nodes", "Rancher Nodes", { tags: { "rancher-nodes": "0.14.0" }, olderThanIpv6: true }),
  );

  // Who is there.
  const place = { privateA, privateB, publicA, publicB };
  const server = (name: string, subnet: keyof typeof place, privateIp: string): void =>
    estate.instance({
      name,
      subnet: place[subnet],
      groups: [groups.rancher],
      privateIp,
      tags: { cluster: "rancher", role: "rancher" },
    });
  const node = (
    role: "etcd" | "control" | "worker",
    number: number,
    subnet: keyof typeof place,
    addresses: { privateIp: string; publicIp?: string; ipv6?: string },
    more: readonly Group[] = [],
  ): void =>
    estate.instance({
      name: `prod-${role}-${number}`,
      subnet: place[subnet],
      groups: [groups[role], ...more],
      ...addresses,
      tags: { cluster: "prod", role },
    });
  server("rancher-1", "privateA", "10.20.16.11");
  server("rancher-2", "privateB", "10.20.20.12");
  node("etcd", 1, "publicA", { privateIp: "10.20.0.21", publicIp: "203.0.113.21" });
  node("etcd", 2, "privateB", { privateIp: "10.20.20.22" });
  node("etcd", 3, "privateA", { privateIp: "10.20.16.23" });
  node("control", 1, "privateA", { privateIp: "10.20.16.31" });
  node("control", 2, "privateB", { privateIp: "10.20.20.32" });
  node("worker", 1, "publicA", {
    privateIp: "10.20.0.51",
    publicIp: "203.0.113.51",
    ipv6: "2a05:d018:1b6e:4200:6f1c:a3e0:51d2:90b1",
  });
  node("worker", 2, "publicB", {
    privateIp: "10.20.1.52",
    publicIp: "203.0.113.52",
    ipv6: "2a05:d018:1b6e:4201:2ab:77c4:e01f:3d52",
  });
  node("worker", 3, "privateA", { privateIp: "10.20.16.53" });
  node("worker", 4, "publicB", { privateIp: "10.20.1.54", publicIp: "203.0.113.54" }, [driver]);
  estate.terminatedInstance("prod-worker-5", { cluster: "prod", role: "worker" });
  estate.instance({
    name: "bastion",
    subnet: publicA,
    groups: [bastion],
    privateIp: "10.20.0.9",
    publicIp: "203.0.113.9",
    tags: { role: "bastion" },
  });
  estate.instance({
    name: "prometheus",
    subnet: monitoring,
    groups: [prometheus],
    privateIp: "10.60.4.20",
    tags: { role: "monitoring" },
  });
  estate.interface(
    { name: "orders-db", subnet: data, groups: [database], privateIp: "10.20.32.17" },
    { type: "interface", description: "RDSNetworkInterface", requesterId: "amazon-rds", owner: "amazon-rds" },
  );
  estate.applicationLoadBalancer(
    "rancher",
    "internet-facing",
    [groups.balancer],
    [
      { subnet: publicA, privateIp: "10.20.0.40", publicIp: "203.0.113.40" },
      { subnet: publicB, privateIp: "10.20.1.41", publicIp: "203.0.113.41" },
    ],
    { protocol: "HTTPS", port: 443 },
  );
  return regionFiles(estate);
}

/** The thirteen rules of the driver of 2018; the thirteenth, all outbound, is AWS's own. */
function driverGroupOf2018(group: Group): Group {
  group.allow({ protocol: "tcp", ports: 22, from: ["0.0.0.0/0"] });
  group.allow({ protocol: "tcp", ports: 80, from: ["0.0.0.0/0"] });
  group.allow({ protocol: "tcp", ports: 443, from: ["0.0.0.0/0"] });
  group.allow({ protocol: "tcp", ports: 2376, from: ["0.0.0.0/0"] });
  group.allow({ protocol: "tcp", ports: [2379, 2380], from: [group] });
  group.allow({ protocol: "udp", ports: 4789, from: [group] });
  group.allow({ protocol: "tcp", ports: 6443, from: ["0.0.0.0/0"] });
  group.allow({ protocol: "udp", ports: 8472, from: [group] });
  group.allow({ protocol: "tcp", ports: [10250, 10252], from: [group] });
  group.allow({ protocol: "tcp", ports: 10256, from: [group] });
  group.allow({ protocol: "tcp", ports: [30000, 32767], from: ["0.0.0.0/0"] });
  group.allow({ protocol: "udp", ports: [30000, 32767], from: ["0.0.0.0/0"] });
  return group;
}
