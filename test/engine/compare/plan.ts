// Small profiles and plans for tests of the comparison: three roles, a handful of rows, written out by hand.

import type {
  AuditPlan,
  Cluster,
  Condition,
  Judgement,
  PeerSpec,
  PortName,
  Profile,
  Requirement,
  RoleBinding,
} from "../../../src/model/index.ts";
import { IpSet, parsePorts, TransportSet } from "../../../src/net/index.ts";

export const NOWHERE = { file: "test" };

export function tcp(ports: string): TransportSet {
  return TransportSet.tcp(parsePorts(ports));
}

export function udp(ports: string): TransportSet {
  return TransportSet.udp(parsePorts(ports));
}

export function when(facts: Readonly<Record<string, string | boolean | readonly string[]>>): Condition {
  return {
    facts: Object.entries(facts).map(([fact, value]) => ({
      fact,
      values: Array.isArray(value) ? value : [value as string | boolean],
      negated: false,
    })),
  };
}

export function row(
  id: string,
  from: string,
  to: string,
  transport: TransportSet,
  more: Partial<Requirement> = {},
): Requirement {
  const [entry] = transport.entries();
  return {
    id,
    from,
    to,
    transport,
    protocolText: entry?.protocol ?? "",
    portsText: entry?.ports ?? "",
    need: { kind: "required" },
    essential: false,
    local: false,
    when: undefined,
    purpose: `purpose of ${id}`,
    source: "here",
    notes: [],
    position: NOWHERE,
    ...more,
  };
}

export const PORT_NAMES: readonly PortName[] = [
  { transport: tcp("2379"), name: "etcd-client", title: "etcd client", portClass: "critical" },
  { transport: tcp("2380"), name: "etcd-peer", title: "etcd peer", portClass: "critical" },
  { transport: tcp("10250"), name: "kubelet", title: "kubelet", portClass: "critical" },
  { transport: udp("8472"), name: "vxlan", title: "VXLAN", portClass: "critical" },
  { transport: tcp("22"), name: "ssh", title: "SSH", portClass: "elevated" },
  { transport: tcp("6443"), name: "kubernetes-api", title: "Kubernetes API", portClass: "elevated" },
];

const base = {
  title: "Test page",
  source: { document: "A page", section: "A table", version: "1", date: "2018-11-05" },
  kind: "requirements",
  factDefaults: {},
  closed: [],
  judgements: [],
  portNames: [],
  observed: [],
  notes: [],
} as const;

export const ROLES: Profile["roles"] = [
  { name: "etcd", title: "etcd nodes", kind: "infrastructure" },
  { name: "worker", title: "worker nodes", kind: "infrastructure" },
  { name: "external_lb", title: "load balancer", kind: "infrastructure" },
  { name: "clients", title: "clients", kind: "client" },
  { name: "internet", title: "the Internet", kind: "external" },
];

export function profile(
  rows: readonly Requirement[],
  more: { closed?: Profile["closed"]; judgements?: readonly Judgement[]; factDefaults?: Profile["factDefaults"] } = {},
): Profile {
  return {
    ...base,
    id: "test/page",
    roles: ROLES,
    rows,
    closed: more.closed ?? [
      { from: "any", to: "etcd" },
      { from: "any", to: "worker" },
      { from: "any", to: "external_lb" },
    ],
    judgements: more.judgements ?? [],
    factDefaults: more.factDefaults ?? {},
  };
}

export const BASELINE: Profile = {
  ...base,
  id: "baseline",
  kind: "baseline",
  roles: [],
  rows: [],
  portNames: PORT_NAMES,
};

export function tagged(role: string): RoleBinding {
  return { kind: "bound", specs: [{ kind: "endpoints", selector: { tags: { role } } }], position: NOWHERE };
}

export function cidrs(...list: readonly string[]): RoleBinding {
  return {
    kind: "bound",
    specs: list.map((cidr): PeerSpec => ({ kind: "addresses", label: cidr, addresses: IpSet.cidr(cidr) })),
    position: NOWHERE,
  };
}

export function cluster(profiles: readonly Profile[], roles: Cluster["roles"], more: Partial<Cluster> = {}): Cluster {
  return { name: "prod", profiles, facts: {}, roles, allow: [], position: NOWHERE, ...more };
}

export function plan(clusters: readonly Cluster[], more: Partial<AuditPlan> = {}): AuditPlan {
  return {
    clusters,
    allow: [],
    baseline: BASELINE,
    portNames: PORT_NAMES,
    observed: [],
    networks: [],
    waivers: [],
    knownGaps: [],
    ...more,
  };
}
