// A cluster that does what the documentation asks and nothing more: the estate of `clean`, and the healthy half of `denied-region`.
// Every node is private behind a NAT gateway; people come in through two load balancers.

import {
  openBalancer,
  openNodePools,
  openRancherCluster,
  openToOperators,
  type RoleGroups,
} from "./documented-rules.ts";
import { Estate } from "./estate.ts";
import type { Place } from "./network.ts";

/** @param officeIsReadable whether the entries of the office's prefix list can be read */
export function healthyCluster(place: Place, { officeIsReadable }: { readonly officeIsReadable: boolean }): Estate {
  const estate = new Estate(place);
  const vpc = estate.vpc("rancher", "10.30.0.0/16");
  const publicA = estate.subnet(vpc, "public-a", "10.30.0.0/24", "a", { publicByDefault: true });
  const publicB = estate.subnet(vpc, "public-b", "10.30.1.0/24", "b", { publicByDefault: true });
  const privateA = estate.subnet(vpc, "private-a", "10.30.16.0/22", "a");
  const privateB = estate.subnet(vpc, "private-b", "10.30.20.0/22", "b");
  const gateway = estate.internetGateway(vpc);
  const nat = estate.natGateway("nat-a", publicA, "10.30.0.5", "203.0.113.105");
  estate.routeTable("main", vpc, "main", []);
  estate.routeTable("public", vpc, [publicA, publicB], [["0.0.0.0/0", { gateway }]]);
  estate.routeTable("private", vpc, [privateA, privateB], [["0.0.0.0/0", { nat }]]);

  const groups: RoleGroups = {
    rancher: estate.group(vpc, "rancher-server", "Rancher server nodes"),
    balancer: estate.group(vpc, "rancher-alb", "Load balancer of the Rancher UI and API"),
    etcd: estate.group(vpc, "prod-etcd", "prod: etcd plane"),
    control: estate.group(vpc, "prod-control", "prod: control plane"),
    worker: estate.group(vpc, "prod-worker", "prod: workers"),
  };
  const bastion = estate.group(vpc, "bastion", "Operators, by Session Manager: nothing comes in");
  const apps = estate.group(vpc, "apps-alb", "Load balancer of the applications on prod");
  const office = estate.prefixList(
    "office",
    officeIsReadable
      ? [
          ["198.51.100.0/25", "head office"],
          ["198.51.100.128/25", "branch"],
        ]
      : undefined,
  );
  openRancherCluster(groups);
  openToOperators(groups, bastion);
  openNodePools(groups, { overlayBetweenWorkers: true });
  openBalancer(groups, { prefixList: office });
  apps.allow({ protocol: "tcp", ports: 443, from: ["0.0.0.0/0"], description: "public applications" });
  groups.worker.allow({ protocol: "tcp", ports: 80, from: [apps], description: "Ingress controller" });

  const server = (name: string, subnet: typeof privateA, privateIp: string): void =>
    estate.instance({
      name,
      subnet,
      groups: [groups.rancher],
      privateIp,
      tags: { cluster: "rancher", role: "rancher" },
    });
  server("rancher-1", privateA, "10.30.16.11");
  server("rancher-2", privateB, "10.30.20.12");
  server("rancher-3", privateA, "10.30.16.13");
  const node = (
    role: "etcd" | "control" | "worker",
    number: number,
    subnet: typeof privateA,
    privateIp: string,
  ): void =>
    estate.instance({
      name: `prod-${role}-${number}`,
      subnet,
      groups: [groups[role]],
      privateIp,
      tags: { cluster: "prod", role },
    });
  node("etcd", 1, privateA, "10.30.16.21");
  node("etcd", 2, privateB, "10.30.20.22");
  node("etcd", 3, privateA, "10.30.16.23");
  node("control", 1, privateA, "10.30.16.31");
  node("control", 2, privateB, "10.30.20.32");
  node("worker", 1, privateA, "10.30.16.51");
  node("worker", 2, privateB, "10.30.20.52");
  node("worker", 3, privateB, "10.30.20.53");
  estate.instance({
    name: "bastion",
    subnet: privateA,
    groups: [bastion],
    privateIp: "10.30.16.9",
    tags: { role: "bastion" },
  });
  estate.applicationLoadBalancer(
    "rancher",
    "internet-facing",
    [groups.balancer],
    [
      { subnet: publicA, privateIp: "10.30.0.40", publicIp: "203.0.113.140" },
      { subnet: publicB, privateIp: "10.30.1.41", publicIp: "203.0.113.141" },
    ],
    { protocol: "HTTPS", port: 443 },
  );
  estate.applicationLoadBalancer(
    "apps",
    "internet-facing",
    [apps],
    [
      { subnet: publicA, privateIp: "10.30.0.60", publicIp: "203.0.113.160" },
      { subnet: publicB, privateIp: "10.30.1.61", publicIp: "203.0.113.161" },
    ],
    { protocol: "HTTP", port: 80 },
  );
  return estate;
}
