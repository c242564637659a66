// A small result of an audit, written by hand, and the same with hostile text wherever a cloud or a file could have put it.

import type { AuditResult, Finding } from "../../src/model/index.ts";

export const HOSTILE =
  "<script>alert(1)</script><img src=x onerror=alert(2)>\"'|`tick``@team https://evil.example www.evil.example #123 GH-1 [click](javascript:alert(3)) $x$ <!-- --> ]]>\n- item\r\n\u001b[31mred\u202eback\u200b";

const SCOPE = "aws/111122223333/eu-west-1";

export function finding(more: Partial<Finding> = {}): Finding {
  return {
    id: "00000000000000aa",
    digest: "00000000000000bb",
    kind: "excess",
    rule: "undocumented-ingress",
    severity: "critical",
    title: "Open to the Internet: etcd client (tcp 2379) on etcd (sg-0a1b)",
    reason: "The documentation gives it to etcd_nodes only.",
    cluster: "prod",
    role: "etcd_nodes",
    scope: SCOPE,
    resources: [
      { id: "sg-0a1b", name: "etcd", kind: "security-group", scope: SCOPE },
      { id: "eni-1", name: "etcd-1", kind: "endpoint", scope: SCOPE },
    ],
    traffic: [{ peer: "0.0.0.0/0", protocol: "tcp", ports: "2379" }],
    parts: [],
    witness: {
      from: "203.0.113.7",
      to: "eni-1",
      protocol: "tcp",
      port: 2379,
      text: "203.0.113.7 can reach tcp/2379 on etcd-1 (eni-1, 10.0.1.5)",
    },
    evidence: [
      { resource: "sg-0a1b", name: "etcd", rule: "sgr-1", text: "tcp 2379 from 0.0.0.0/0", description: "temporary" },
    ],
    sources: [
      { profile: "rancher-2.0/node-pools", row: "etcd-etcd-tcp-2379", text: "etcd_nodes to etcd_nodes: tcp 2379" },
    ],
    route: "reachable",
    waiver: null,
    fix: null,
    ...more,
  };
}

export function result(): AuditResult {
  const missing = finding({
    id: "00000000000000cc",
    kind: "missing",
    rule: "missing-ingress",
    severity: "high",
    title: "Missing: VXLAN (udp 8472) into worker (sg-0c2d), worker_nodes to worker_nodes",
    role: "worker_nodes",
    route: null,
  });
  const waived = finding({
    id: "00000000000000dd",
    severity: "low",
    waiver: { owner: "sre", reason: "support", expires: "2027-03-31", ticket: null },
  });
  return {
    schema: "portolan-report/1",
    tool: { name: "portolan", version: "0.0.0" },
    collectedAt: "2026-11-23T00:00:00.000Z",
    complete: false,
    coverage: {
      scopes: [{ scope: SCOPE, calls: [{ call: "DescribeSecurityGroups", outcome: "complete", items: 3 }] }],
      failed: [
        {
          scope: "aws/111122223333/eu-central-1",
          call: "DescribeSecurityGroups",
          outcome: "denied",
          error: "UnauthorizedOperation: You are not authorized",
          subject: null,
          knownGap: null,
        },
      ],
      skipped: [],
      not_asked: [{ scope: SCOPE, call: "DescribeNetworkAcls", reason: "network ACLs do not decide" }],
    },
    summary: { critical: 1, high: 1, medium: 0, low: 0, informational: 0, unknown: 0, not_judged: 1 },
    clusters: [
      {
        name: "prod",
        documents: [
          { profile: "rancher-2.0/node-pools", title: "Node pools", version: "v2.0", date: "2018-11-05", url: null },
        ],
        roles: [
          { role: "etcd_nodes", title: "etcd Plane Nodes", status: "bound", members: ["etcd-1 (eni-1)"] },
          { role: "worker_nodes", title: "Worker Plane Nodes", status: "bound", members: ["worker-1 (eni-2)"] },
        ],
        facts: [{ fact: "external_lb", value: "none", origin: "configuration", reason: "stated in the configuration" }],
      },
    ],
    cells: [
      cell("etcd_nodes", "etcd_nodes", "tcp", "2379", "wider", ["00000000000000aa"]),
      cell("worker_nodes", "worker_nodes", "udp", "8472", "missing", ["00000000000000cc"]),
      cell("worker_nodes", "etcd_nodes", "tcp", "443", "not_judged", []),
    ],
    findings: [finding(), missing, waived].filter((each) => each.waiver === null),
    hygiene: [],
    recognised: [],
    notes: ["1 group lets all traffic out to everywhere."],
    lastLine: "2 findings, 1 row not judged (role not bound: clients), 1 scope not seen",
  };
}

function cell(
  from: string,
  to: string,
  protocol: string,
  ports: string,
  status: AuditResult["cells"][number]["status"],
  findings: readonly string[],
): AuditResult["cells"][number] {
  return {
    cluster: "prod",
    profile: "rancher-2.0/node-pools",
    row: `${from}-${to}-${ports}`,
    from,
    to,
    protocol,
    ports,
    need: "required",
    status,
    reason: "because",
    purpose: "purpose",
    findings,
  };
}

/** Every text that a stranger may have written. */
export function hostileResult(): AuditResult {
  const base = result();
  const hostile = finding({
    title: HOSTILE,
    reason: HOSTILE,
    cluster: HOSTILE,
    role: HOSTILE,
    resources: [{ id: HOSTILE, name: HOSTILE, kind: "endpoint", scope: HOSTILE }],
    traffic: [{ peer: HOSTILE, protocol: "tcp", ports: "1" }],
    witness: { from: HOSTILE, to: HOSTILE, protocol: "tcp", port: 1, text: HOSTILE },
    evidence: [{ resource: HOSTILE, name: HOSTILE, rule: HOSTILE, text: HOSTILE, description: HOSTILE }],
    sources: [{ profile: HOSTILE, row: HOSTILE, text: HOSTILE }],
    parts: [
      {
        class: "internet",
        severity: "high",
        traffic: [{ peer: HOSTILE, protocol: "tcp", ports: "1" }],
        reason: HOSTILE,
      },
    ],
  });
  return {
    ...base,
    findings: [hostile],
    clusters: base.clusters.map((cluster) => ({
      ...cluster,
      name: HOSTILE,
      roles: cluster.roles.map((role) => ({ ...role, members: [HOSTILE] })),
    })),
    cells: base.cells.map((each) => ({ ...each, cluster: HOSTILE, reason: HOSTILE, purpose: HOSTILE })),
    recognised: [
      {
        resource: HOSTILE,
        name: HOSTILE,
        scope: SCOPE,
        profile: HOSTILE,
        rules: [{ rule: HOSTILE, text: HOSTILE, status: "extra" }],
      },
    ],
    notes: [HOSTILE],
    coverage: {
      ...base.coverage,
      failed: base.coverage.failed.map((call) => ({ ...call, error: HOSTILE })),
      skipped: [{ subject: HOSTILE, reason: HOSTILE }],
    },
  };
}
