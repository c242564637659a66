// The configuration as a whole: the documented example, what becomes of it, and which part of it an account concerns.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findConfig } from "../../src/config/find.ts";
import { jsonSchemas } from "../../src/config/json-schema.ts";
import { loadConfig, type Config } from "../../src/config/load.ts";
import { defaultPlan } from "../../src/config/plan.ts";
import { usableSources } from "../../src/config/source.ts";
import type { RoleBinding } from "../../src/model/index.ts";
import { UserError } from "../../src/model/index.ts";
import { loadProfiles } from "../../src/profile/load.ts";

const root = join(import.meta.dirname, "../..");
const library = await loadProfiles(join(root, "profiles"));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-config-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function load(text: string): Config {
  const path = join(folder, "portolan.yml");
  writeFileSync(path, text);
  return loadConfig(path, library);
}

const EXAMPLE = `
version: 1
networks: {office: [198.51.100.0/24], vpn: [10.9.0.0/16]}
accounts:
  prod:
    - {provider: aws, aws_profile: prod, regions: [eu-west-1]}
    - {provider: azure, subscriptions: [0b1f6471-1bf0-4dda-aec3-cb9272f09590]}
clusters:
  - name: prod
    accounts: [prod]
    profiles: [rancher-2.0/node-pools, rancher-2.0/rancher-ha-rke]
    facts: {external_lb: proxy, tls_terminated_at_lb: false, node_driver: true}
    roles:
      etcd_nodes:       {tags: {role: etcd}}
      external_lb:      {security_groups: [sg-0123]}
      api_ui_clients:   {networks: [office]}
      workload_clients: {cidrs: [0.0.0.0/0, "::/0"]}
      node_driver_nodes: none
    allow:
      - {from: {networks: [vpn]}, to: worker_nodes, protocol: tcp, ports: 9100, reason: node exporter, owner: sre}
allow:
  - {from: {cidrs: [0.0.0.0/0]}, to: {tags: {app: web}}, protocol: tcp, ports: [80, 443], reason: public site, owner: web}
waivers:
  - {cluster: prod, role: worker_nodes, peer: {cidrs: [10.0.0.0/8]}, protocol: tcp, ports: 10250, owner: sre, reason: metrics, ticket: OPS-7, expires: 2027-03-31}
known_gaps:
  - {account: legacy, call: DescribeNetworkAcls, owner: sre, reason: no permission, expires: 2027-01-31}
`;

function bound(binding: RoleBinding | undefined): Extract<RoleBinding, { kind: "bound" }> {
  if (binding?.kind !== "bound") throw new Error("the role is not bound");
  return binding;
}

/** Peers as a person would name them. */
function words(binding: RoleBinding | undefined): unknown[] {
  return bound(binding).specs.map((spec) =>
    spec.kind === "addresses" ? `${spec.label}: ${spec.addresses.cidrs().join(" ")}` : spec.selector,
  );
}

describe("the documented example", () => {
  it("gives accounts with their sources, in order", () => {
    const { accounts } = load(EXAMPLE);
    expect(accounts["prod"]).toEqual([
      {
        provider: "aws",
        awsProfile: "prod",
        regions: ["eu-west-1"],
        position: { file: join(folder, "portolan.yml"), line: 6, column: 7 },
      },
      {
        provider: "azure",
        subscriptions: ["0b1f6471-1bf0-4dda-aec3-cb9272f09590"],
        position: { file: join(folder, "portolan.yml"), line: 7, column: 7 },
      },
    ]);
    expect(accounts["constructor"]).toBeUndefined();
  });

  it("gives a cluster with its profiles, facts and roles", () => {
    const [cluster] = load(EXAMPLE).planFor().clusters;
    expect(cluster?.profiles.map(({ id }) => id)).toEqual(["rancher-2.0/node-pools", "rancher-2.0/rancher-ha-rke"]);
    expect(cluster?.facts).toEqual({ external_lb: "proxy", tls_terminated_at_lb: false, node_driver: true });
    expect(Object.keys(cluster?.roles ?? {})).toEqual([
      "etcd_nodes",
      "external_lb",
      "api_ui_clients",
      "workload_clients",
      "node_driver_nodes",
    ]);
    expect(words(cluster?.roles["etcd_nodes"])).toEqual([{ tags: { role: "etcd" } }]);
    expect(words(cluster?.roles["external_lb"])).toEqual([{ securityGroups: ["sg-0123"] }]);
    expect(words(cluster?.roles["api_ui_clients"])).toEqual(["office: 198.51.100.0/24"]);
    expect(words(cluster?.roles["workload_clients"])).toEqual(["0.0.0.0/0: 0.0.0.0/0", "::/0: ::/0"]);
    expect(cluster?.roles["node_driver_nodes"]).toEqual({ kind: "none" });
    expect(bound(cluster?.roles["etcd_nodes"]).position).toMatchObject({ line: 14, column: 7 });
  });

  it("gives what is permitted, inside the cluster and outside", () => {
    const plan = load(EXAMPLE).planFor();
    const inside = plan.clusters[0]?.allow.map(({ to, transport, owner }) => ({
      to,
      transport: transport.describe(),
      owner,
    }));
    expect(inside).toEqual([{ to: { role: "worker_nodes" }, transport: "tcp 9100", owner: "sre" }]);
    const outside = plan.allow.map(({ from, to, transport }) => ({
      from: from.map((spec) => spec.kind === "addresses" && spec.label),
      to,
      transport: transport.describe(),
    }));
    expect(outside).toEqual([
      { from: ["0.0.0.0/0"], to: { selector: { tags: { app: "web" } } }, transport: "tcp 80, 443" },
    ]);
  });

  it("gives waivers, known gaps and named networks", () => {
    const plan = load(EXAMPLE).planFor();
    expect(
      plan.waivers.map(({ peers, transport, position, ...rest }) => ({
        ...rest,
        peers: peers.cidrs(),
        transport: transport.describe(),
        line: position.line,
      })),
    ).toEqual([
      {
        cluster: "prod",
        role: "worker_nodes",
        owner: "sre",
        reason: "metrics",
        ticket: "OPS-7",
        expires: "2027-03-31",
        peers: ["10.0.0.0/8"],
        transport: "tcp 10250",
        line: 24,
      },
    ]);
    expect(plan.knownGaps).toEqual([
      { account: "legacy", call: "DescribeNetworkAcls", owner: "sre", reason: "no permission", expires: "2027-01-31" },
    ]);
    expect(plan.networks.map(({ name, addresses }) => [name, addresses.cidrs()])).toEqual([
      ["office", ["198.51.100.0/24"]],
      ["vpn", ["10.9.0.0/16"]],
    ]);
  });
});

describe("a plan", () => {
  const two = `
version: 1
accounts: {prod: {provider: aws}, test: {provider: aws}}
clusters:
  - {name: a, accounts: [prod], profiles: [rancher-2.0/custom-nodes]}
  - {name: b, accounts: [test, prod], profiles: [rancher-2.0/custom-nodes]}
  - {name: c, profiles: [rancher-2.0/custom-nodes]}
  - {name: d, accounts: [test], profiles: [rancher-2.0/custom-nodes]}
waivers:
  - {cluster: a, peer: {cidrs: 10.0.0.0/8}, protocol: all, owner: o, reason: r, expires: 2020-01-01}
  - {security_groups: sg-1, peer: {cidrs: 10.0.0.0/8}, protocol: all, owner: o, reason: r, expires: 2020-01-01}
known_gaps:
  - {account: prod, call: C, owner: o, reason: r, expires: 2020-01-01}
`;

  it("for an account holds the clusters in it and those of any account, with their waivers and gaps", () => {
    const plan = load(two).planFor(["test"]);
    expect(plan.clusters.map(({ name }) => name)).toEqual(["b", "c", "d"]);
    expect(plan.waivers.map(({ cluster, securityGroups }) => cluster ?? securityGroups)).toEqual([["sg-1"]]);
    expect(plan.knownGaps).toEqual([]);
  });

  it("without accounts holds everything, what has expired too", () => {
    const plan = load(two).planFor();
    expect(plan.clusters.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
    expect(plan.waivers).toHaveLength(2);
    expect(plan.knownGaps).toHaveLength(1);
  });

  it("without a configuration is the baseline, the names of ports and the driver's groups", () => {
    const plan = defaultPlan(library);
    expect([plan.clusters, plan.allow, plan.networks, plan.waivers, plan.knownGaps]).toEqual([[], [], [], [], []]);
    expect(plan.baseline.id).toBe("baseline");
    expect(plan.observed).toHaveLength(2);
    expect(plan.portNames).toBe(library.portNames);
  });
});

describe("roles and transports", () => {
  const roleOf = (binding: string, more = ""): RoleBinding | undefined =>
    load(
      `version: 1\nnetworks: {nat: [203.0.113.7]}\n${more}clusters:\n  - name: c\n    profiles: [rancher-2.0/custom-nodes]\n    roles: {worker_nodes: ${binding}}\n`,
    ).planFor().clusters[0]?.roles["worker_nodes"];

  it("may be bound by every kind of selector, single texts standing for lists of one", () => {
    expect(
      words(
        roleOf(
          '{tags: {role: worker, "kubernetes.io/cluster": "*"}, security_groups: [workers], names: "worker-*", subnets: subnet-1, load_balancers: [lb], ids: [i-1, eni-1]}',
        ),
      ),
    ).toEqual([
      {
        tags: { role: "worker", "kubernetes.io/cluster": "*" },
        securityGroups: ["workers"],
        names: ["worker-*"],
        subnets: ["subnet-1"],
        loadBalancers: ["lb"],
        ids: ["i-1", "eni-1"],
      },
    ]);
  });

  it("may be bound by a list, which is the union", () => {
    expect(words(roleOf("[{tags: {a: b}}, {cidrs: 10.0.0.7, networks: nat}]"))).toEqual([
      { tags: { a: "b" } },
      "nat: 203.0.113.7/32",
      "10.0.0.7/32: 10.0.0.7/32",
    ]);
  });

  it("may say under which addresses they are seen, by network or by CIDR", () => {
    expect(
      bound(roleOf("[{tags: {a: b}, seen_as: [nat, 192.0.2.0/31]}, {ids: i-1, seen_as: 192.0.2.8}]")).seenAs?.cidrs(),
    ).toEqual(["192.0.2.0/31", "192.0.2.8/32", "203.0.113.7/32"]);
    expect(bound(roleOf("{tags: {a: b}}")).seenAs).toBeUndefined();
  });

  it.each([
    ["tcp", "22", "tcp 22"],
    ["udp", '"1000-2000"', "udp 1000-2000"],
    ["tcp", '[80, "443", "8000-8080"]', "tcp 80, 443, 8000-8080"],
    ["tcp", "all", "all tcp"],
    ["17", "53", "udp 53"],
  ])("read protocol %s with ports %s", (protocol, ports, described) => {
    const plan = load(
      `version: 1\nallow: [{from: {cidrs: 10.0.0.0/8}, to: {ids: i-1}, protocol: ${protocol}, ports: ${ports}, reason: r, owner: o}]\n`,
    ).planFor();
    expect(plan.allow[0]?.transport.describe()).toBe(described);
  });

  it.each([
    ["all", "all traffic"],
    ["icmp", "all icmp"],
    ["4", "protocol 4"],
  ])("read protocol %s, which has no ports", (protocol, described) => {
    const plan = load(
      `version: 1\nallow: [{from: {cidrs: 10.0.0.0/8}, to: [{ids: i-1}, {ids: i-2}], protocol: ${protocol}, reason: r, owner: o}]\n`,
    ).planFor();
    expect(plan.allow.map(({ transport }) => transport.describe())).toEqual([described, described]);
  });
});

describe("sources", () => {
  it("of a file start from the configuration's folder", () => {
    const { accounts } = load("version: 1\naccounts: {demo: {snapshot: facts/demo.ndjson}}\n");
    expect(usableSources(accounts["demo"] ?? [])).toMatchObject([
      { provider: "snapshot", path: join(folder, "facts/demo.ndjson") },
    ]);
  });

  it("of AWS carry role, external id and regions", () => {
    const { accounts } = load(
      "version: 1\naccounts:\n  a: {provider: aws, role_arn: 'arn:aws-cn:iam::111122223333:role/path/audit', external_id: x, regions: [cn-north-1, us-gov-west-1]}\n",
    );
    expect(usableSources(accounts["a"] ?? [])).toMatchObject([
      {
        provider: "aws",
        roleArn: "arn:aws-cn:iam::111122223333:role/path/audit",
        externalId: "x",
        regions: ["cn-north-1", "us-gov-west-1"],
      },
    ]);
  });

  it("of Azure are told apart only when they are used", () => {
    const { accounts } = load("version: 1\naccounts:\n  a:\n    - {provider: aws}\n    - {provider: azure}\n");
    const use = (): string => {
      try {
        return String(usableSources(accounts["a"] ?? []).length);
      } catch (error) {
        return error instanceof UserError ? error.toLine() : String(error);
      }
    };
    expect(use()).toBe(
      `${folder}/portolan.yml:5:7: Azure accounts are not collected by this version; leave the account out with --account`,
    );
  });
});

describe("finding the configuration", () => {
  it("goes upward to the nearest, under either ending", () => {
    const deep = join(folder, "a/b/c");
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(folder, "a/portolan.yaml"), "version: 1\n");
    writeFileSync(join(folder, "portolan.yml"), "version: 1\n");
    expect(findConfig(deep)).toBe(join(folder, "a/portolan.yaml"));
    expect(findConfig(folder)).toBe(join(folder, "portolan.yml"));
  });

  it("takes the named one, relative to the folder, and says where none is", () => {
    expect(findConfig(join(folder, "a"), "../portolan.yml")).toBe(join(folder, "portolan.yml"));
    expect(() => findConfig(folder, "other.yml")).toThrow("there is no such configuration");
  });

  it("does not choose between two side by side", () => {
    const both = join(folder, "both");
    mkdirSync(both);
    for (const name of ["portolan.yml", "portolan.yaml"]) writeFileSync(join(both, name), "version: 1\n");
    expect(() => findConfig(both)).toThrow("two configurations lie side by side: portolan.yml and portolan.yaml");
  });
});

describe("the documentation", () => {
  it("shows a whole configuration that loads", () => {
    const page = readFileSync(join(root, "docs/configuration.md"), "utf8");
    const section = page.slice(page.indexOf("## The whole file"), page.indexOf("## Networks"));
    const text = section
      .split("\n")
      .slice(1)
      .map((line) => line.slice(4))
      .join("\n");
    const [cluster] = load(text).planFor(["prod"]).clusters;
    expect(Object.keys(cluster?.roles ?? {})).toHaveLength(8);
  });

  it("names every profile, role, fact and verdict", () => {
    const page = readFileSync(join(root, "docs/profiles.md"), "utf8");
    const judgements = library.list().flatMap((profile) => profile.judgements.map(({ id }) => id));
    const rowNotes = library.list().flatMap((profile) => profile.rows.flatMap((row) => row.notes));
    const names = [...library.list().map(({ id }) => id), ...library.roles.keys(), ...library.facts.keys()];
    const absent = names.filter((name) => !page.includes(`\`${name}\``));
    const unexplained = [...judgements, ...rowNotes].filter(
      (id) => !new RegExp(`^\\| (?:[CN]\\d+, )*${id}\\b`, "m").test(page),
    );
    expect({ absent, unexplained }).toEqual({ absent: [], unexplained: [] });
  });
});

describe("the published JSON Schemas", () => {
  it.each(Object.entries(jsonSchemas(library)))("%s is what `node schema/generate.ts` writes", (name, text) => {
    expect(readFileSync(join(root, "schema", name), "utf8")).toBe(text);
  });

  it("let editors offer profiles, roles and facts", () => {
    const text = jsonSchemas(library)["portolan.schema.json"] ?? "";
    const schema = JSON.parse(text) as {
      properties: {
        clusters: { items: { properties: Record<string, { properties: object; items: { enum: string[] } }> } };
      };
    };
    const { profiles, roles, facts } = schema.properties.clusters.items.properties;
    expect(profiles?.items.enum).toContain("rancher-2.0/node-pools");
    expect(profiles?.items.enum).not.toContain("baseline");
    expect(Object.keys(roles?.properties ?? {})).toContain("etcd_nodes");
    expect(Object.keys(roles?.properties ?? {})).not.toContain("internet");
    expect(facts?.properties).toMatchObject({
      external_lb: { enum: ["none", "proxy", "passthrough"] },
      air_gapped: { default: false },
    });
  });
});
