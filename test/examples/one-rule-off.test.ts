// The clean story with one rule less, and with one rule more. A clean report proves little by itself: a judge that looked at nothing
// would give the same. Here every documented rule is shown to be needed, and every kind of addition to be noticed and weighed as
// docs/judging.md says. Judged in-process: there are too many variants to spawn a command for each.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { WorldBuilder } from "../../src/engine/world.ts";
import { judge } from "../../src/judge/judge.ts";
import type { AuditPlan, Finding } from "../../src/model/index.ts";
import { loadProfiles } from "../../src/profile/load.ts";
import { loadSnapshot } from "../../src/snapshot/load.ts";
import type { Estate } from "./build/estate.ts";
import { healthyCluster } from "./build/healthy-cluster.ts";
import { EXAMPLES } from "./build/main.ts";
import type { Group, RuleText } from "./build/security-group.ts";
import { regionFiles } from "./build/snapshot-files.ts";
import { flawsOf, interfacesOf } from "./packets.ts";
import { ruleSetsOf, trafficOf } from "./expected.ts";

let plan: AuditPlan;
const written = new Map<string, string>();
const folder = mkdtempSync(join(tmpdir(), "portolan-clean-"));

beforeAll(async () => {
  const library = await loadProfiles(join(EXAMPLES, "../profiles"));
  plan = loadConfig(join(EXAMPLES, "clean/portolan.yml"), library).planFor();
});

afterAll(() => rmSync(folder, { recursive: true }));

function cleanEstate(): Estate {
  return healthyCluster({ story: "clean", account: "111122223333", region: "eu-west-1" }, { officeIsReadable: true });
}

async function findingsOf(estate: Estate): Promise<readonly Finding[]> {
  // Only the rules differ from one variant to the next.
  for (const [path, text] of regionFiles(estate)) {
    if (written.get(path) === text) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    written.set(path, text);
  }
  const builder = new WorldBuilder();
  await loadSnapshot(folder, builder);
  const world = builder.build();
  return judge(world, world.coverage, plan, { toolVersion: "0.0.0", now: "2026-11-23", hygiene: false }).findings;
}

/** `on` and ports with what the finding calls them. */
function views(findings: readonly Finding[]): string[] {
  return findings
    .map(
      (finding) =>
        `${finding.severity} ${finding.rule} ${ruleSetsOf(finding).join("+")} ${trafficOf(finding).join(", ")}`,
    )
    .sort();
}

/** What is missing without a rule, by the rule's text; a rule that the documents allow without requiring it is missed by nobody. */
const MISSING_WITHOUT: Record<string, readonly string[]> = {
  "apps-alb: tcp 443 from 0.0.0.0/0": [],
  "default: -1 from default": [],
  // Either of the two will do (C16).
  "rancher-server: tcp 80 from rancher-alb": [],
  "rancher-server: tcp 443 from rancher-alb": [],
  "rancher-server: tcp 6443 from rancher-server": ["high missing-ingress rancher-server tcp 6443"],
  "rancher-server: tcp 2379-2380 from rancher-server": ["high missing-ingress rancher-server tcp 2379-2380"],
  "rancher-server: udp 8472 from rancher-server": ["high missing-ingress rancher-server udp 8472"],
  "rancher-server: tcp 10250 from rancher-server": ["high missing-ingress rancher-server tcp 10250"],
  "rancher-server: tcp 22 from bastion": ["medium missing-ingress rancher-server tcp 22"],
  "rancher-server: tcp 6443 from bastion": ["medium missing-ingress rancher-server tcp 6443"],
  "rancher-alb: tcp 80 from OFFICE": ["low missing-ingress rancher-alb tcp 80"],
  "rancher-alb: tcp 443 from OFFICE": ["medium missing-ingress rancher-alb tcp 443"],
  "rancher-alb: tcp 443 from prod-etcd": ["high missing-ingress rancher-alb tcp 443"],
  "rancher-alb: tcp 443 from prod-control": ["high missing-ingress rancher-alb tcp 443"],
  "rancher-alb: tcp 443 from prod-worker": ["high missing-ingress rancher-alb tcp 443"],
  "prod-etcd: tcp 2379-2380 from prod-etcd": [
    "high missing-ingress prod-etcd tcp 2379",
    "high missing-ingress prod-etcd tcp 2380",
  ],
  // 2380 for the control plane is documented and not needed (C20).
  "prod-etcd: tcp 2379-2380 from prod-control": ["high missing-ingress prod-etcd tcp 2379"],
  "prod-control: tcp 6443 from prod-etcd": ["high missing-ingress prod-control tcp 6443"],
  "prod-control: tcp 6443 from prod-control": ["high missing-ingress prod-control tcp 6443"],
  "prod-control: tcp 6443 from prod-worker": ["high missing-ingress prod-control tcp 6443"],
  "prod-worker: tcp 80 from apps-alb": [],
};

const PLANES = ["prod-etcd", "prod-control", "prod-worker"];
for (const group of PLANES) {
  for (const from of PLANES)
    MISSING_WITHOUT[`${group}: udp 8472 from ${from}`] = [`high missing-ingress ${group} udp 8472`];
  MISSING_WITHOUT[`${group}: tcp 10250 from prod-control`] = [`high missing-ingress ${group} tcp 10250`];
  MISSING_WITHOUT[`${group}: tcp 22 from rancher-server`] = [`medium missing-ingress ${group} tcp 22`];
  MISSING_WITHOUT[`${group}: tcp 2376 from rancher-server`] = [`medium missing-ingress ${group} tcp 2376`];
}

describe("the clean story with one rule less", () => {
  const estate = cleanEstate();
  const [office = "?"] = estate.prefixListIds;
  const rules = [...estate.groups.values()].flatMap((group) => group.rules().filter(({ egress }) => !egress));
  const texts = new Map(rules.map(({ id, text }) => [text.replace(office, "OFFICE"), id]));

  it("is told of every rule that it has", () => {
    expect([...texts.keys()].sort()).toEqual(Object.keys(MISSING_WITHOUT).sort());
  });

  it.each(Object.entries(MISSING_WITHOUT))("%s", async (text, missing) => {
    const without = cleanEstate();
    without.groups.get(text.split(":")[0] ?? "")?.remove(texts.get(text) ?? "");
    expect(views(await findingsOf(without))).toEqual(missing);
  });

  it("misses what workers must send when their group lets nothing out", async () => {
    const without = cleanEstate();
    const worker = without.groups.get("prod-worker");
    for (const { id, egress } of worker?.rules() ?? []) if (egress) worker?.remove(id);
    expect(views(await findingsOf(without))).toEqual([
      "high missing-egress prod-worker tcp 443",
      "high missing-egress prod-worker tcp 6443",
      "high missing-egress prod-worker udp 8472",
    ]);
  });
});

interface Addition {
  readonly what: string;
  readonly to: string;
  readonly rules: (groups: ReadonlyMap<string, Group>) => readonly Omit<RuleText, "from">[];
  readonly from: readonly string[];
  readonly finds: readonly string[];
}

const tcp =
  (...ports: number[]): Addition["rules"] =>
  () =>
    ports.map((port) => ({ protocol: "tcp", ports: port }));
const udp =
  (port: number): Addition["rules"] =>
  () => [{ protocol: "udp", ports: port }];
const everyPort: Addition["rules"] = () => [{ protocol: "tcp", ports: [0, 65_535] }];

/** Senders are CIDRs or names of groups. Every node is private: the Internet has no way to it today. The load balancer is public. */
const ADDITIONS: readonly Addition[] = [
  {
    what: "etcd for the Internet, which has no way to it today",
    to: "prod-etcd",
    rules: tcp(2379),
    from: ["0.0.0.0/0"],
    finds: ["high undocumented-ingress prod-etcd tcp 2379"],
  },
  {
    what: "the Internet in two halves",
    to: "prod-etcd",
    rules: tcp(2380),
    from: ["0.0.0.0/1", "128.0.0.0/1"],
    finds: ["high undocumented-ingress prod-etcd tcp 2380"],
  },
  {
    what: "etcd for the workers (C22)",
    to: "prod-etcd",
    rules: tcp(2379),
    from: ["prod-worker"],
    finds: ["medium etcd-reachable prod-etcd tcp 2379"],
  },
  {
    what: "the kubelet for other workers, as metrics-server has it (C21)",
    to: "prod-worker",
    rules: tcp(10250),
    from: ["prod-worker"],
    finds: ["informational own-nodes prod-worker tcp 10250"],
  },
  {
    what: "the kubelet for a broad private range",
    to: "prod-worker",
    rules: tcp(10250),
    from: ["10.0.0.0/8"],
    finds: ["medium undocumented-ingress prod-worker tcp 10250"],
  },
  {
    what: "SSH for a public range that is not Rancher's",
    to: "prod-worker",
    rules: tcp(22),
    from: ["198.51.100.0/24"],
    finds: ["medium undocumented-ingress prod-worker tcp 22"],
  },
  {
    what: "a database port for a subnet of its own network",
    to: "prod-worker",
    rules: tcp(5432),
    from: ["10.30.16.0/22"],
    finds: ["low undocumented-ingress prod-worker tcp 5432"],
  },
  {
    what: "the subnet of permitted nodes: slack, and a Rancher server that lives there too",
    to: "prod-control",
    rules: tcp(6443),
    from: ["10.30.20.0/22"],
    finds: ["informational own-nodes prod-control tcp 6443", "informational slack prod-control tcp 6443"],
  },
  {
    what: "a local health check for a subnet (C10)",
    to: "prod-worker",
    rules: tcp(9099),
    from: ["10.30.16.0/22"],
    finds: ["medium undocumented-ingress prod-worker tcp 9099"],
  },
  {
    what: "VXLAN's other port among workers (C7)",
    to: "prod-worker",
    rules: udp(4789),
    from: ["prod-worker"],
    finds: ["low own-nodes prod-worker udp 4789"],
  },
  {
    what: "the direct way past the load balancer (C14)",
    to: "rancher-server",
    rules: tcp(443),
    from: ["prod-worker"],
    finds: ["low own-nodes rancher-server tcp 443"],
  },
  {
    what: "every port, for the Internet: the worst one counts",
    to: "prod-worker",
    rules: everyPort,
    from: ["0.0.0.0/0"],
    finds: ["high undocumented-ingress prod-worker tcp all"],
  },
  {
    what: "the public load balancer for everybody",
    to: "rancher-alb",
    rules: tcp(443),
    from: ["0.0.0.0/0"],
    finds: ["medium undocumented-ingress rancher-alb tcp 443"],
  },
  {
    what: "another port of the load balancer for the office",
    to: "rancher-alb",
    rules: tcp(8080),
    from: ["198.51.100.0/24"],
    finds: ["low undocumented-ingress rancher-alb tcp 8080"],
  },
  {
    what: "NodePorts for the applications' load balancer: documented",
    to: "prod-worker",
    rules: () => [{ protocol: "tcp", ports: [30_000, 32_767] }],
    from: ["apps-alb"],
    finds: [],
  },
  {
    what: "ICMP that path MTU discovery needs: never excess",
    to: "prod-worker",
    rules: () => [{ protocol: "icmp", ports: [3, -1] }],
    from: ["0.0.0.0/0"],
    finds: [],
  },
  {
    what: "a documented rule once more, by the group that may use it",
    to: "prod-control",
    rules: tcp(6443),
    from: ["prod-worker"],
    finds: [],
  },
];

describe("the clean story with one rule more", () => {
  const interfaces = interfacesOf("clean");

  it.each(ADDITIONS)("$what", async ({ to, rules, from, finds }) => {
    const estate = cleanEstate();
    const { groups } = estate;
    const senders = from.map((name) => groups.get(name) ?? name);
    for (const rule of rules(groups)) groups.get(to)?.allow({ ...rule, from: senders });
    const findings = await findingsOf(estate);
    expect(views(findings)).toEqual(finds);
    expect(findings.flatMap((finding) => flawsOf(finding, interfaces))).toEqual([]);
  });
});
