// docs/judging.md, rule by rule, on estates of a few machines. Expected values are reasoned from the page, not from the code.

import { describe, expect, it } from "vitest";
import type { AuditPlan, AuditResult, Cluster, Finding, World } from "../../../src/model/index.ts";
import { IpSet } from "../../../src/net/index.ts";
import { judge } from "../../../src/judge/judge.ts";
import { SCOPE, worldOf, type EstateSpec } from "./estate.ts";
import { cidrs, cluster, plan, profile, row, tagged, tcp, udp, when } from "./plan.ts";

const ROWS = [
  row("peer", "etcd", "etcd", tcp("2380"), { essential: true }),
  row("client", "worker", "etcd", tcp("2379")),
  row("vxlan", "worker", "worker", udp("8472"), { essential: true }),
];
const NONE = { external_lb: { kind: "none" }, clients: { kind: "none" } } as const;

const HEALTHY: EstateSpec = {
  groups: {
    "sg-etcd": { in: ["tcp 2380 from sg-etcd", "tcp 2379 from sg-worker"] },
    "sg-worker": { in: ["udp 8472 from sg-worker"] },
  },
  machines: {
    "etcd-1": { tags: { role: "etcd" }, groups: ["sg-etcd"], ip: "10.0.1.1" },
    "etcd-2": { tags: { role: "etcd" }, groups: ["sg-etcd"], ip: "10.0.1.2" },
    "worker-1": { tags: { role: "worker" }, groups: ["sg-worker"], ip: "10.0.2.1" },
    "worker-2": { tags: { role: "worker" }, groups: ["sg-worker"], ip: "10.0.2.2" },
  },
};

function prod(rows = ROWS, roles: Cluster["roles"] = {}, more: Partial<Cluster> = {}): Cluster {
  return cluster([profile(rows)], { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE, ...roles }, more);
}

function run(world: World, judged: AuditPlan, hygiene = false): AuditResult {
  return judge(world, { scopes: [SCOPE], calls: [], skipped: [], warnings: [] }, judged, {
    toolVersion: "0",
    now: "2026-11-23",
    hygiene,
  });
}

function audit(
  estate: EstateSpec,
  clusters: readonly Cluster[] = [prod()],
  more: Partial<AuditPlan> = {},
): AuditResult {
  return run(worldOf(estate), plan(clusters, more));
}

function withGroup(id: string, group: EstateSpec["groups"][string], estate: EstateSpec = HEALTHY): EstateSpec {
  return { ...estate, groups: { ...estate.groups, [id]: group } };
}

function brief(finding: Finding): string {
  return `${finding.severity} ${finding.kind} ${finding.rule} ${finding.traffic.map((part) => `${part.protocol} ${part.ports} ${part.peer}`).join(", ")}`;
}

function cellOf(result: AuditResult, id: string): string | undefined {
  return result.cells.find((cell) => cell.row === id)?.status;
}

describe("what is required", () => {
  it("finds nothing where every row is let through exactly", () => {
    const result = audit(HEALTHY);
    expect(result.findings.map(brief)).toEqual([]);
    expect(result.cells.map((cell) => [cell.row, cell.status])).toEqual([
      ["peer", "satisfied"],
      ["client", "satisfied"],
      ["vxlan", "satisfied"],
    ]);
  });

  it("names one missing finding for a group that lets a required port in from nobody, however many machines it has", () => {
    const result = audit(withGroup("sg-worker", { in: [] }));
    expect(result.findings.map(brief)).toEqual(["high missing missing-ingress udp 8472 role worker"]);
    const [finding] = result.findings;
    expect(finding?.resources.map((resource) => resource.id)).toEqual(["sg-worker", "eni-worker-1", "eni-worker-2"]);
    expect(finding?.witness?.text).toBe("10.0.2.2 cannot reach udp/8472 on worker-1 (eni-worker-1, 10.0.2.1)");
    expect(cellOf(result, "vxlan")).toBe("missing");
  });

  it("asks the sender's side too: an egress that lets nothing out is a cause of its own", () => {
    const result = audit(withGroup("sg-worker", { in: ["udp 8472 from sg-worker"], out: ["udp 8472 to sg-worker"] }));
    expect(result.findings.map(brief)).toEqual(["medium missing missing-egress tcp 2379 role etcd"]);
  });

  it("is medium where the row is not essential", () => {
    const result = audit(withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd"] }));
    expect(result.findings.map(brief)).toEqual(["medium missing missing-ingress tcp 2379 role worker"]);
  });

  it("is satisfied by one of the rows of an any-of, and missing when none of them is open", () => {
    const rows = [
      row("http", "worker", "etcd", tcp("80"), { need: { kind: "any-of", name: "web" } }),
      row("https", "worker", "etcd", tcp("443"), { need: { kind: "any-of", name: "web" } }),
    ];
    const idle = withGroup("sg-worker", { in: [] });
    const open = audit(withGroup("sg-etcd", { in: ["tcp 443 from sg-worker"] }, idle), [prod(rows)]);
    expect(open.findings).toEqual([]);
    expect([cellOf(open, "http"), cellOf(open, "https")]).toEqual(["satisfied", "satisfied"]);
    const closed = audit(withGroup("sg-etcd", { in: [] }, idle), [prod(rows)]);
    expect(closed.findings.map((finding) => finding.rule)).toEqual(["missing-ingress"]);
  });

  it("never requires an allowed row", () => {
    const rows = [row("nodeport", "clients", "worker", tcp("30000-32767"), { need: { kind: "allowed" } })];
    const result = audit(withGroup("sg-etcd", { in: [] }, withGroup("sg-worker", { in: [] })), [
      prod(rows, { clients: cidrs("0.0.0.0/0") }),
    ]);
    expect(result.findings).toEqual([]);
    expect(cellOf(result, "nodeport")).toBe("satisfied");
  });

  it("does not apply a row of a role to itself with a single machine", () => {
    const { "etcd-2": _gone, ...machines } = HEALTHY.machines;
    const result = audit({ ...withGroup("sg-etcd", { in: ["tcp 2379 from sg-worker"] }), machines });
    expect(cellOf(result, "peer")).toBe("not_applicable");
    expect(result.findings).toEqual([]);
  });

  it("never requires local rows", () => {
    const result = audit(HEALTHY, [prod([...ROWS, row("health", "worker", "worker", tcp("9099"), { local: true })])]);
    expect(cellOf(result, "health")).toBe("local");
    expect(result.findings).toEqual([]);
  });

  it("leaves terminated machines out", () => {
    const result = audit({
      ...HEALTHY,
      machines: {
        ...HEALTHY.machines,
        gone: { tags: { role: "etcd" }, groups: ["sg-worker"], ip: "10.0.1.9", state: "terminated" },
      },
    });
    expect(result.findings.map(brief)).toEqual([]);
  });

  it("requires IPv6 only when the facts say so", () => {
    const machines = Object.fromEntries(
      Object.entries(HEALTHY.machines).map(([name, machine], index) => [
        name,
        { ...machine, ipv6: `2600:1f18:1:1::${index + 1}` },
      ]),
    );
    const v4only = {
      ...withGroup("sg-worker", { in: ["udp 8472 from 10.0.2.1/32", "udp 8472 from 10.0.2.2/32"] }),
      machines,
    };
    expect(audit(v4only).findings).toEqual([]);
    expect(audit(v4only, [prod(ROWS, {}, { facts: { ip_families: "dual" } })]).findings.map(brief)).toEqual([
      "high missing missing-ingress udp 8472 role worker",
    ]);
  });

  it("reports a row whose fact is not set as unknown only if it is not let through anyway", () => {
    const rows = [row("agent", "worker", "etcd", tcp("443"), { when: when({ with_agent: true }) })];
    const closed = audit(HEALTHY, [prod(rows)]);
    expect(cellOf(closed, "agent")).toBe("unknown");
    expect(closed.findings.filter((finding) => finding.kind === "missing")).toEqual([]);
    expect(cellOf(audit(HEALTHY, [prod(rows, {}, { facts: { with_agent: false } })]), "agent")).toBe("not_applicable");
    expect(cellOf(audit(HEALTHY, [prod(rows, {}, { facts: { with_agent: true } })]), "agent")).toBe("missing");
  });
});

describe("roles", () => {
  it("does not judge rows of a role that is not bound, and says so in the last line", () => {
    const { clients: _unbound, ...roles } = { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE };
    const rows = [...ROWS, row("ui", "clients", "etcd", tcp("443"))];
    const result = audit(HEALTHY, [cluster([profile(rows)], roles)]);
    expect(cellOf(result, "ui")).toBe("not_judged");
    expect(result.lastLine).toBe("0 findings, 1 row not judged (role not bound: clients), 0 scopes not seen");
    expect(result.summary.not_judged).toBe(1);
  });

  it("leaves an unbound client role's ports unjudged for any peer", () => {
    const rows = [...ROWS, row("ui", "clients", "etcd", tcp("443"))];
    const { clients: _unbound, ...roles } = { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE };
    const result = audit(
      withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from sg-worker", "tcp 443 from 0.0.0.0/0"] }),
      [cluster([profile(rows)], roles)],
    );
    expect(result.findings).toEqual([]);
  });

  it("excuses only private addresses on an unbound infrastructure role's ports", () => {
    const rows = [...ROWS, row("lb", "external_lb", "etcd", tcp("443"))];
    const { external_lb: _unbound, ...roles } = { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE };
    const make = (cidr: string): string[] =>
      audit(
        withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from sg-worker", `tcp 443 from ${cidr}`] }),
        [cluster([profile(rows)], roles)],
      ).findings.map(brief);
    expect(make("10.0.0.0/8")).toEqual([]);
    expect(make("203.0.113.0/24")).toEqual(["low excess undocumented-ingress tcp 443 203.0.113.0/24"]);
  });

  it("makes a role that matches nothing one medium finding and its rows unknown", () => {
    const result = audit(HEALTHY, [prod(ROWS, { worker: tagged("wroker") })]);
    expect(
      result.findings
        .filter((finding) => finding.rule === "binding-empty")
        .map((finding) => [finding.severity, finding.role]),
    ).toEqual([["medium", "worker"]]);
    expect(cellOf(result, "vxlan")).toBe("unknown");
    expect(result.complete).toBe(true);
  });

  it("permits a CIDR role its whole range and requires the endpoints inside it", () => {
    const rows = [row("ui", "clients", "etcd", tcp("443"))];
    const roles = { clients: cidrs("10.0.2.0/24") };
    const idle = withGroup("sg-worker", { in: [] });
    const whole = audit(withGroup("sg-etcd", { in: ["tcp 443 from 10.0.2.0/24"] }, idle), [prod(rows, roles)]);
    expect(whole.findings).toEqual([]);
    const justThem = audit(withGroup("sg-etcd", { in: ["tcp 443 from sg-worker"] }, idle), [prod(rows, roles)]);
    expect(cellOf(justThem, "ui")).toBe("satisfied");
    const oneOnly = audit(withGroup("sg-etcd", { in: ["tcp 443 from 10.0.2.1/32"] }), [prod(rows, roles)]);
    expect(cellOf(oneOnly, "ui")).toBe("missing");
  });

  it("does not satisfy a private address of another VPC that is not connected", () => {
    const machines = {
      ...HEALTHY.machines,
      "worker-2": { tags: { role: "worker" }, groups: ["sg-other"], ip: "10.0.2.2", vpc: "vpc-2" },
    };
    const result = audit({
      ...HEALTHY,
      vpcs: { "vpc-1": "10.0.0.0/16", "vpc-2": "10.0.0.0/16" },
      groups: {
        ...HEALTHY.groups,
        "sg-worker": { in: ["udp 8472 from 10.0.0.0/16"] },
        "sg-etcd": { in: ["tcp 2380 from sg-etcd", "tcp 2379 from 10.0.2.0/24"] },
        "sg-other": { in: ["udp 8472 from 10.0.0.0/16"], vpc: "vpc-2" },
      },
      machines,
    });
    expect(cellOf(result, "vxlan")).toBe("missing");
    expect(result.findings.filter((finding) => finding.rule === "no-route").length).toBeGreaterThan(0);
  });
});

describe("accounts", () => {
  it("are no place for a cluster that lives in others, whatever tags their machines carry", () => {
    const world = worldOf(HEALTHY);
    const names = new Map([[SCOPE.account, ["staging"]]]);
    const judged = judge(
      world,
      { scopes: [SCOPE], calls: [], skipped: [], warnings: [] },
      plan([prod(ROWS, {}, { accounts: ["production"] })]),
      { toolVersion: "0", now: "2026-11-23", hygiene: false, accountNames: names },
    );
    expect(judged.findings.map((finding) => finding.rule)).toEqual(["binding-empty", "binding-empty"]);
  });
});

describe("what is open beyond the documents", () => {
  const etcd = (...rules: readonly string[]): EstateSpec =>
    withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from sg-worker", ...rules] });

  it("calls etcd open to the Internet critical where a public address makes it reachable, and high where none does", () => {
    const closed = audit(etcd("tcp 2379 from 0.0.0.0/0"));
    expect(closed.findings.map(brief)).toEqual(["high excess undocumented-ingress tcp 2379 0.0.0.0/0"]);
    expect(closed.findings[0]?.route).toBe("unreachable");
    const machines = {
      ...HEALTHY.machines,
      "etcd-1": { tags: { role: "etcd" }, groups: ["sg-etcd"], ip: "10.0.1.1", publicIp: "203.0.113.10" },
    };
    const open = audit({ ...etcd("tcp 2379 from 0.0.0.0/0"), machines });
    expect(open.findings.map(brief)).toEqual(["critical excess undocumented-ingress tcp 2379 0.0.0.0/0"]);
    expect(open.findings[0]?.route).toBe("reachable");
    expect(open.findings[0]?.witness?.text).toBe("203.0.113.7 can reach tcp/2379 on etcd-1 (eni-etcd-1, 10.0.1.1)");
  });

  it("sees the Internet in two halves, as one finding with both rules", () => {
    const result = audit(etcd("tcp 2380 from 0.0.0.0/1", "tcp 2380 from 128.0.0.0/1"));
    expect(result.findings.map(brief)).toEqual(["high excess undocumented-ingress tcp 2380 0.0.0.0/0"]);
    expect(result.findings[0]?.evidence).toHaveLength(2);
  });

  it("joins rules that only together are the Internet, on whatever overlapping ports", () => {
    // Each /9 has 2^23 public addresses: less than the Internet alone, the Internet together, on port 2379 only.
    const result = audit(etcd("tcp 2379-2380 from 52.0.0.0/9", "tcp 2300-2379 from 52.128.0.0/9"));
    const wide = result.findings.filter((finding) => finding.rule === "undocumented-ingress");
    expect(wide).toHaveLength(1);
    expect(wide[0]?.severity).toBe("high");
    expect(wide[0]?.parts[0]?.class).toBe("internet");
  });

  it("keeps two causes of one group apart when their ports have different names", () => {
    const result = audit(etcd("tcp 2379 from 0.0.0.0/0", "tcp 22 from 0.0.0.0/0"));
    expect(result.findings.map(brief)).toEqual([
      "high excess undocumented-ingress tcp 2379 0.0.0.0/0",
      "medium excess undocumented-ingress tcp 22 0.0.0.0/0",
    ]);
  });

  it("joins IPv4 and IPv6 of one port to one finding", () => {
    const result = audit(etcd("tcp 22 from 0.0.0.0/0", "tcp 22 from ::/0"));
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.traffic.map((part) => part.peer)).toEqual(["0.0.0.0/0", "::/0"]);
  });

  it("takes the worst port of an all-ports rule", () => {
    const result = audit(etcd("all from 0.0.0.0/0"));
    expect(result.findings.map((finding) => [finding.rule, finding.severity])).toEqual([
      ["undocumented-ingress", "high"],
    ]);
  });

  it.each([
    ["192.168.0.0/16", "medium", "broad private"],
    ["10.0.0.0/8", "medium", "broad private"],
    ["203.0.113.0/24", "medium", "public range"],
    ["10.0.9.0/24", "low", "narrow"],
  ])("weighs kubelet open to %s as %s (%s)", (cidr, severity, peerClass) => {
    const result = audit(etcd(`tcp 10250 from ${cidr}`));
    expect(result.findings.map((finding) => [finding.severity, finding.parts[0]?.class])).toEqual([
      [severity, peerClass],
    ]);
  });

  it("weighs an undocumented port from a narrow peer as informational", () => {
    expect(audit(etcd("tcp 8080 from 10.0.9.9/32")).findings.map(brief)).toEqual([
      "informational excess undocumented-ingress tcp 8080 10.0.9.9/32",
    ]);
  });

  it("rolls the own nodes' surplus up into one informational finding a group", () => {
    const result = audit(etcd("tcp 9000 from sg-worker", "tcp 9001-9009 from sg-etcd"));
    expect(result.findings.map((finding) => [finding.rule, finding.severity])).toEqual([
      ["own-nodes", "informational"],
    ]);
  });

  it("does not say of own nodes what a wider rule opens to everybody", () => {
    const result = audit(etcd("tcp 9000 from 0.0.0.0/0"));
    expect(result.findings.map((finding) => finding.rule)).toEqual(["undocumented-ingress"]);
  });

  it("calls a rule for the subnet of permitted nodes slack", () => {
    const result = audit(withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from 10.0.2.0/24"] }));
    expect(result.findings.map(brief)).toEqual(["informational excess slack tcp 2379 10.0.2.0/24"]);
  });

  it("follows a documented verdict instead of the table, and joins what one reason covers", () => {
    const judgements = [
      {
        id: "C6",
        to: ["etcd"],
        unlessRoles: ["worker"],
        peers: "internet",
        transport: tcp("80,443"),
        severity: "medium",
        reason: "Ingress does not run here.",
        when: undefined,
      },
    ] as const;
    const machines = {
      ...HEALTHY.machines,
      "etcd-1": { tags: { role: "etcd" }, groups: ["sg-etcd"], ip: "10.0.1.1", publicIp: "203.0.113.10" },
    };
    const audited = audit({ ...etcd("tcp 80 from 0.0.0.0/0", "tcp 443 from 0.0.0.0/0"), machines }, [
      cluster([profile(ROWS, { judgements })], { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE }),
    ]);
    expect(audited.findings.map(brief)).toEqual(["medium excess undocumented-ingress tcp 80, 443 0.0.0.0/0"]);
  });

  it("makes etcd open to nodes without an etcd role a medium finding of its own (C22)", () => {
    const judgements = [
      {
        id: "C22",
        to: ["etcd"],
        unlessRoles: [],
        peers: { roles: ["worker"] },
        transport: tcp("2379-2380"),
        severity: "medium",
        reason: "Workers can reach etcd.",
        when: undefined,
      },
    ] as const;
    const rows = [row("peer", "etcd", "etcd", tcp("2379-2380"))];
    const result = audit(
      withGroup("sg-etcd", {
        in: ["tcp 2379-2380 from sg-etcd", "tcp 2379-2380 from sg-worker", "tcp 9000 from sg-worker"],
      }),
      [cluster([profile(rows, { judgements })], { etcd: tagged("etcd"), worker: tagged("worker"), ...NONE })],
    );
    expect(
      result.findings
        .filter((finding) => finding.resources[0]?.id === "sg-etcd")
        .map((finding) => [finding.rule, finding.severity]),
    ).toEqual([
      ["etcd-reachable", "medium"],
      ["own-nodes", "informational"],
    ]);
  });

  it("accepts what the configuration allows, and ICMP that networks need", () => {
    const allow = [
      {
        from: [{ kind: "addresses", label: "vpn", addresses: IpSet.cidr("10.9.0.0/16") }],
        to: { role: "etcd" },
        transport: tcp("9100"),
        reason: "exporter",
        owner: "sre",
        position: { file: "test" },
      },
    ] as const;
    expect(
      audit(etcd("tcp 9100 from 10.9.0.0/16", "icmp 3 from 0.0.0.0/0"), [prod(ROWS, {}, { allow })]).findings,
    ).toEqual([]);
  });

  it("unites what is permitted over all roles that a machine holds", () => {
    const rows = [row("a", "worker", "etcd", tcp("1000")), row("b", "etcd", "worker", tcp("2000"))];
    const both = {
      etcd: tagged("etcd"),
      worker: {
        kind: "bound",
        specs: [{ kind: "endpoints", selector: { names: ["etcd-1", "worker-*"] } }],
        position: { file: "test" },
      },
    } as const;
    const result = audit(
      withGroup(
        "sg-etcd",
        { in: ["tcp 1000 from sg-worker", "tcp 2000 from sg-etcd"] },
        withGroup("sg-worker", { in: ["tcp 2000 from sg-etcd"] }),
      ),
      [prod(rows, both)],
    );
    // etcd-2 is no worker: 2000 from its peer etcd-1 is the own nodes' surplus, nothing wider.
    expect(
      result.findings
        .filter((finding) => finding.kind === "excess")
        .map((finding) => [finding.rule, finding.resources.map(({ id }) => id)]),
    ).toEqual([["own-nodes", ["sg-etcd", "eni-etcd-2"]]]);
  });

  it("marks a satisfied cell as wider where somebody else may use it", () => {
    expect(cellOf(audit(etcd("tcp 2379 from 0.0.0.0/0")), "client")).toBe("wider");
  });

  it("keeps id and digest when nodes are replaced, and changes only the digest when the rule widens", () => {
    const before = audit(etcd("tcp 22 from 10.0.0.0/8", "tcp 9000 from sg-worker")).findings;
    const machines = Object.fromEntries(
      Object.entries(HEALTHY.machines).map(([name, machine]) => [
        `new-${name}`,
        { ...machine, ip: machine.ip.replace(/\d+$/, (last) => String(Number(last) + 50)) },
      ]),
    );
    const after = audit({ ...etcd("tcp 22 from 10.0.0.0/8", "tcp 9000 from sg-worker"), machines }).findings;
    const key = (finding: Finding): string => `${finding.rule} ${finding.id} ${finding.digest}`;
    expect(after.map(key)).toEqual(before.map(key));
    const wider = audit(etcd("tcp 22 from 10.0.0.0/7", "tcp 9000 from sg-worker")).findings;
    const ssh = (findings: readonly Finding[]): Finding | undefined =>
      findings.find((finding) => finding.rule === "undocumented-ingress");
    expect(ssh(wider)?.id).toBe(ssh(before)?.id);
    expect(ssh(wider)?.digest).not.toBe(ssh(before)?.digest);
  });
});

describe("what is not known", () => {
  it("reports an unreadable prefix list as unknown, never as open and never as missing", () => {
    const result = audit({
      ...withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from pl-1"] }),
      prefixLists: { "pl-1": null },
    });
    expect(result.findings.map((finding) => [finding.kind, finding.rule, finding.severity])).toEqual([
      ["unknown", "unknown-ingress", "medium"],
    ]);
    expect(cellOf(result, "client")).toBe("unknown");
    expect(result.summary.unknown).toBe(1);
  });

  it("reads a prefix list like the ranges in it", () => {
    const result = audit({
      ...withGroup("sg-etcd", { in: ["tcp 2380 from sg-etcd", "tcp 2379 from pl-1"] }),
      prefixLists: { "pl-1": ["10.0.2.1/32", "10.0.2.2/32"] },
    });
    expect(result.findings).toEqual([]);
  });
});

describe("the baseline", () => {
  const lonely = (...rules: readonly string[]): EstateSpec => ({
    groups: { "sg-db": { in: rules } },
    machines: { db: { groups: ["sg-db"], ip: "10.0.3.1", publicIp: "203.0.113.30" } },
  });

  it("judges sensitive ports of endpoints that no cluster holds", () => {
    expect(audit(lonely("tcp 22 from 0.0.0.0/0"), []).findings.map(brief)).toEqual([
      "high excess undocumented-ingress tcp 22 0.0.0.0/0",
    ]);
  });

  it("says nothing of other ports, nor of what the network's own ranges and groups may do", () => {
    expect(audit(lonely("tcp 443 from 0.0.0.0/0", "tcp 22 from 10.0.0.0/16", "all from sg-db"), []).findings).toEqual(
      [],
    );
  });

  it("sees a sensitive port inside a wide range of ports", () => {
    expect(audit(lonely("tcp 0-65535 from 0.0.0.0/0"), []).findings.map((finding) => finding.severity)).toEqual([
      "critical",
    ]);
  });

  it("accepts top-level allow entries", () => {
    const allow = [
      {
        from: [{ kind: "addresses", label: "any", addresses: IpSet.cidr("0.0.0.0/0") }],
        to: { selector: { names: ["db"] } },
        transport: tcp("22"),
        reason: "bastion",
        owner: "ops",
        position: { file: "test" },
      },
    ] as const;
    expect(audit(lonely("tcp 22 from 0.0.0.0/0"), [], { allow }).findings).toEqual([]);
  });

  it("judges a group that no interface uses one step down, where the interface list is complete", () => {
    const estate: EstateSpec = {
      groups: { "sg-idle": { in: ["tcp 22 from 0.0.0.0/0"] }, "sg-used": {} },
      machines: { one: { groups: ["sg-used"], ip: "10.0.3.1" } },
    };
    expect(audit({ ...estate, complete: true }, []).findings.map((finding) => finding.severity)).toEqual(["medium"]);
    expect(audit(estate, []).findings.map((finding) => finding.severity)).toEqual(["high"]);
  });
});

describe("waivers", () => {
  const estate = withGroup("sg-etcd", {
    in: ["tcp 2380 from sg-etcd", "tcp 2379 from sg-worker", "tcp 22 from 203.0.113.0/24"],
  });
  const waiver = (cidr: string, expires: string) => ({
    cluster: "prod",
    peers: IpSet.cidr(cidr),
    transport: tcp("22"),
    owner: "sre",
    reason: "support",
    expires,
    position: { file: "test" },
  });

  it("waives a finding that lies wholly inside, keeps it visible and takes it out of the counts", () => {
    const result = audit(estate, [prod()], { waivers: [waiver("203.0.113.0/24", "2026-11-23")] });
    expect(result.findings.map((finding) => finding.waiver?.owner)).toEqual(["sre"]);
    expect(result.summary.medium).toBe(0);
  });

  it("waives nothing that goes beyond it, and nothing once it has run out", () => {
    expect(
      audit(estate, [prod()], { waivers: [waiver("203.0.113.0/25", "2026-11-23")] }).findings[0]?.waiver,
    ).toBeNull();
    expect(
      audit(estate, [prod()], { waivers: [waiver("203.0.113.0/24", "2026-11-22")] }).findings[0]?.waiver,
    ).toBeNull();
  });
});
