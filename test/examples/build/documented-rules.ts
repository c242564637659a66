// The rules of a cluster that follows the documentation of Rancher 2.0 (nodes in an infrastructure provider, Rancher on RKE behind a load
// balancer), as an operator would write them: one group a role, every rule a reference to a group, nothing for a subnet.

import type { Group, Source } from "./security-group.ts";

export interface RoleGroups {
  readonly rancher: Group;
  readonly balancer: Group;
  readonly etcd: Group;
  readonly control: Group;
  readonly worker: Group;
}

/** @param options what a story leaves out */
export function openNodePools(groups: RoleGroups, options: { readonly overlayBetweenWorkers: boolean }): void {
  const { rancher, etcd, control, worker } = groups;
  const nodes = [etcd, control, worker];
  etcd.allow({ protocol: "tcp", ports: [2379, 2380], from: [etcd, control], description: "etcd clients and peers" });
  control.allow({ protocol: "tcp", ports: 6443, from: nodes, description: "Kubernetes API" });
  for (const group of nodes) {
    const overlay = group === worker && !options.overlayBetweenWorkers ? [etcd, control] : nodes;
    group.allow({ protocol: "udp", ports: 8472, from: overlay, description: "Canal VXLAN" });
    group.allow({ protocol: "tcp", ports: 10250, from: [control], description: "kubelet" });
    group.allow({ protocol: "tcp", ports: 22, from: [rancher], description: "node driver: SSH" });
    group.allow({ protocol: "tcp", ports: 2376, from: [rancher], description: "node driver: Docker TLS" });
  }
}

/** The cluster that Rancher itself runs on: three planes on every node. */
export function openRancherCluster({ rancher, balancer }: RoleGroups): void {
  rancher.allow({ protocol: "tcp", ports: 80, from: [balancer], description: "Rancher UI and API, redirect" });
  rancher.allow({ protocol: "tcp", ports: 443, from: [balancer], description: "Rancher UI and API" });
  rancher.allow({ protocol: "tcp", ports: 6443, from: [rancher], description: "Kubernetes API" });
  rancher.allow({ protocol: "tcp", ports: [2379, 2380], from: [rancher], description: "etcd" });
  rancher.allow({ protocol: "udp", ports: 8472, from: [rancher], description: "Canal VXLAN" });
  rancher.allow({ protocol: "tcp", ports: 10250, from: [rancher], description: "kubelet" });
}

/** Whoever runs RKE and kubectl against that cluster. */
export function openToOperators({ rancher }: RoleGroups, operators: Group): void {
  rancher.allow({ protocol: "tcp", ports: 22, from: [operators], description: "rke up, from the bastion" });
  rancher.allow({ protocol: "tcp", ports: 6443, from: [operators], description: "kubectl and helm, from the bastion" });
}

/** People by `clients`, the nodes' agents by their groups. */
export function openBalancer({ balancer, etcd, control, worker }: RoleGroups, clients: Source): void {
  balancer.allow({ protocol: "tcp", ports: 80, from: [clients], description: "office, redirect" });
  balancer.allow({ protocol: "tcp", ports: 443, from: [clients], description: "office" });
  balancer.allow({
    protocol: "tcp",
    ports: 443,
    from: [etcd, control, worker],
    description: "agents of the cluster's nodes",
  });
}
