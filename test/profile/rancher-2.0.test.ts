// The shipped profiles of the 2018 page, held against the page: once against an independent transcription of its tables where
// PORTOLAN_TRANSCRIPTION names one, and always against a summary written from the page.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Profile, Requirement } from "../../src/model/index.ts";
import { formatPorts, parsePorts, TransportSet } from "../../src/net/index.ts";
import { loadProfiles } from "../../src/profile/load.ts";

const root = join(import.meta.dirname, "../..");
const library = await loadProfiles(join(root, "profiles"));

// --- The transcription.

const transcription = process.env["PORTOLAN_TRANSCRIPTION"] ?? "";

interface TranscribedRow {
  readonly id: string;
  readonly from: string | null;
  readonly to: string;
  readonly protocol: string | null;
  readonly port_from: number | null;
  readonly port_to: number | null;
  readonly local_only: boolean;
  readonly to_column?: string;
  readonly conditions?: readonly string[];
  readonly direction?: string;
  readonly self_group?: boolean;
}

interface Transcription {
  readonly seed_tables: readonly {
    readonly table: string;
    readonly requirements?: readonly TranscribedRow[];
    readonly local_ports?: readonly { protocol: string; port: number; on: readonly string[] }[];
  }[];
  readonly profiles: readonly { readonly profile: string; readonly requirements: readonly TranscribedRow[] }[];
}

/** Where a profile deliberately says something else than the table does, and why. */
const INTENDED: Readonly<
  Record<string, { readonly [row: string]: { readonly instead: readonly string[]; readonly because: string } }>
> = {
  "rancher-2.0/rancher-nodes": {
    "rancher_nodes > hosted_cluster_kubernetes_api tcp provider": {
      instead: ["rancher_nodes > hosted_cluster_api tcp provider"],
      because: "the role has one name in all profiles",
    },
  },
  "rancher-2.0/hosted-cluster": {
    "rancher_nodes > hosted_or_imported_cluster tcp provider": {
      instead: ["rancher_nodes > hosted_cluster_api tcp provider"],
      because:
        "the column means the API endpoint where something arrives, the nodes where something leaves (docs/judging.md, 2)",
    },
    "hosted_or_imported_cluster > rancher_nodes tcp 443": {
      instead: ["hosted_cluster_nodes > rancher_nodes tcp 443"],
      because: "note 5: from worker nodes",
    },
    "hosted_or_imported_cluster > external_lb tcp 443": {
      instead: ["hosted_cluster_nodes > external_lb tcp 443"],
      because: "note 5: from worker nodes",
    },
    "workload_clients > hosted_or_imported_cluster any provider": {
      instead: ["workload_clients > hosted_cluster_nodes any provider"],
      because: "workloads are served by the nodes",
    },
  },
  "rancher-2.0/rancher-ha-rke": Object.fromEntries(
    [
      ["22", ["rancher_operators"], "the table names no sender; anybody would excuse SSH for the whole Internet"],
      ["80", ["api_ui_clients"], "the table names no sender; these are whom the ingress serves"],
      ["443", ["api_ui_clients"], "the table names no sender; these are whom the ingress serves"],
      [
        "6443",
        ["rancher_operators", "rancher_nodes"],
        "used by kubectl and helm says the table, and the second table adds to it between the nodes",
      ],
    ].map(([port, senders, because]) => [
      `any > rancher_nodes tcp ${String(port)}`,
      {
        instead: (senders as string[]).map((sender) => `${sender} > rancher_nodes tcp ${String(port)}`),
        because: String(because),
      },
    ]),
  ),
};

function transcribedText(row: TranscribedRow): string {
  // Without a direction the list means the nodes among each other; in the matrices, local cells are in the node's own column.
  const target = row.from === null ? "all_cluster_nodes" : (row.to_column ?? row.to);
  const sender = row.from ?? "all_cluster_nodes";
  const ports =
    row.port_from === null
      ? "provider"
      : formatPorts(parsePorts(row.port_from === row.port_to ? `${row.port_from}` : `${row.port_from}-${row.port_to}`));
  return `${sender} > ${target} ${row.protocol ?? "any"} ${ports}${row.local_only ? " local" : ""}`;
}

function rowText(row: Requirement): string {
  const ports = row.transport === undefined ? "provider" : (row.transport.entries()[0]?.ports ?? "");
  return `${row.from} > ${row.to} ${row.protocolText === "" ? "any" : row.protocolText} ${ports}${row.local ? " local" : ""}`;
}

const tables = [
  ["rancher-nodes", "rancher-2.0/rancher-nodes"],
  ["node-pools", "rancher-2.0/node-pools"],
  ["custom-nodes", "rancher-2.0/custom-nodes"],
  ["hosted-clusters", "rancher-2.0/hosted-cluster"],
  ["imported-clusters", "rancher-2.0/imported-cluster"],
  ["commonly-used-ports", "rancher-2.0/commonly-used-ports"],
] as const;

const isThere = existsSync(transcription);
if (!isThere)
  process.stderr.write(
    `skipped: profiles against the transcription of the page (PORTOLAN_TRANSCRIPTION names no file)\n`,
  );

describe.skipIf(!isThere)("against the transcription of the page", () => {
  const page = (
    isThere ? parse(readFileSync(transcription, "utf8")) : { seed_tables: [], profiles: [] }
  ) as Transcription;
  const requirements = (table: string): readonly TranscribedRow[] => {
    const rows =
      page.seed_tables.find((candidate) => candidate.table === table)?.requirements ??
      page.profiles.find((candidate) => candidate.profile === table)?.requirements;
    return rows ?? [];
  };

  /** Imported clusters are shown with the table of hosted ones. */
  const differencesOf = (profile: string): (typeof INTENDED)[string] =>
    INTENDED[profile === "rancher-2.0/imported-cluster" ? "rancher-2.0/hosted-cluster" : profile] ?? {};

  /** The rows that the profile must have, with the intended differences put in; fails on a difference that no longer exists. */
  function expectedRows(profile: string, table: string): string[] {
    const differences = differencesOf(profile);
    const used = new Set<string>();
    const rows = requirements(table).flatMap((transcribed) => {
      const text = transcribedText(transcribed);
      const difference = differences[text];
      if (difference === undefined) return [text];
      used.add(text);
      return difference.instead;
    });
    expect([...used].sort()).toEqual(Object.keys(differences).sort());
    return rows.sort();
  }

  it.each(tables)("the table %s and the profile %s have the same rows", (table, id) => {
    const expected = expectedRows(id, table);
    expect(expected.length).toBeGreaterThan(0);
    expect(library.get(id).rows.map(rowText).sort()).toEqual(expected);
  });

  it("the table rancher-ha-rke-2018 and its profile have the same rows", () => {
    const expected = expectedRows("rancher-2.0/rancher-ha-rke", "rancher-ha-rke-2018");
    expect(expected).toHaveLength(8);
    expect(library.get("rancher-2.0/rancher-ha-rke").rows.map(rowText).sort()).toEqual(expected);
  });

  it("the prose on local traffic and its profile name the same ports on the same roles", () => {
    const ports = page.seed_tables.find(({ table }) => table === "local-node-traffic")?.local_ports ?? [];
    const expected = ports
      .flatMap(({ protocol, port, on }) => on.map((role) => `${role} > ${role} ${protocol} ${port} local`))
      .sort();
    expect(expected).toHaveLength(5);
    expect(library.get("rancher-2.0/local-node-traffic").rows.map(rowText).sort()).toEqual(expected);
  });

  it("conditions of the page became conditions over facts", () => {
    for (const [table, id] of tables) {
      for (const transcribed of requirements(table)) {
        const [text] = differencesOf(id)[transcribedText(transcribed)]?.instead ?? [transcribedText(transcribed)];
        const found = library.get(id).rows.find((candidate) => rowText(candidate) === text);
        if (found === undefined) throw new Error(`${id} has no row ${text}`);
        const facts = new Set(found.when?.facts.map(({ fact }) => fact));
        const conditions = transcribed.conditions ?? [];
        expect({ id: transcribed.id, withLoadBalancer: facts.has("external_lb") }).toEqual({
          id: transcribed.id,
          // The load balancer's own rows say by their sender what the page leaves unsaid.
          withLoadBalancer:
            conditions.some((condition) => condition.includes("external_lb")) || transcribed.from === "external_lb",
        });
        expect({ id: transcribed.id, tls: facts.has("tls_terminated_at_lb") }).toEqual({
          id: transcribed.id,
          tls: conditions.includes("only_if_ssl_not_terminated_at_external_lb"),
        });
        expect({ id: transcribed.id, driver: facts.has("node_driver") }).toEqual({
          id: transcribed.id,
          driver: conditions.includes("node_driver_only"),
        });
      }
    }
  });

  it.each([
    ["rancher-nodes-sg-2018", "rancher-2.0/rancher-nodes-group", 13],
    ["rancher-nodes-sg-current", "rancher-current/rancher-nodes-group", 18],
  ])("the group %s and the profile %s have the same rules", (table, id, count) => {
    const rows = requirements(table);
    expect(rows).toHaveLength(count);
    const expected = rows.flatMap((row) => {
      const isEgress = row.direction === "outbound" || row.protocol === "all";
      const other = isEgress ? row.to : (row.from ?? "");
      const peers = other.startsWith("security_group")
        ? ["self"]
        : other.split("+").map((peer) => peer.replace("_", "-"));
      const ports =
        row.port_from === null
          ? ""
          : row.port_from === row.port_to
            ? ` ${row.port_from}`
            : ` ${row.port_from}-${row.port_to}`;
      return peers.map((peer) => `${isEgress ? "egress" : "ingress"} ${row.protocol}${ports} ${peer}`);
    });
    expect(library.get(id).observed.map((rule) => `${rule.direction} ${rule.portsText} ${rule.peer}`)).toEqual(
      expected,
    );
  });
});

// --- The summary, from the page itself.

/** Ports of a profile from one role to another, without those that a node only uses towards itself. */
function cell(profile: Profile, from: string, to: string): string {
  const rows = profile.rows.filter((row) => row.from === from && row.to === to && !row.local);
  return TransportSet.unionAll(rows.flatMap((row) => row.transport ?? [])).describe();
}

function rowOf(profile: string, id: string): Requirement {
  const found = library.get(profile).rows.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`${profile} has no row ${id}`);
  return found;
}

describe("the shipped profiles", () => {
  it("have as many rows as the tables", () => {
    const counts = Object.fromEntries(
      library
        .list()
        .map((profile) => [
          profile.id,
          profile.kind === "observed-rules" ? profile.observed.length : profile.rows.length,
        ]),
    );
    expect(counts).toEqual({
      baseline: 0,
      "port-names": 0,
      "rancher-2.0/commonly-used-ports": 10,
      "rancher-2.0/custom-nodes": 43,
      "rancher-2.0/hosted-cluster": 11,
      "rancher-2.0/imported-cluster": 11,
      "rancher-2.0/local-node-traffic": 5,
      "rancher-2.0/node-pools": 49,
      "rancher-2.0/rancher-ha-rke": 8,
      "rancher-2.0/rancher-nodes": 8,
      "rancher-2.0/rancher-nodes-group": 13,
      // Eighteen rules, nine of them for both families.
      "rancher-current/rancher-nodes-group": 27,
    });
  });

  it("draw the matrix of the page", () => {
    const pools = library.get("rancher-2.0/node-pools");
    const columns = ["rancher_nodes", "etcd_nodes", "control_plane_nodes", "worker_nodes", "external_lb", "internet"];
    const drawn = Object.fromEntries(
      [
        "rancher_nodes",
        "etcd_nodes",
        "control_plane_nodes",
        "worker_nodes",
        "external_lb",
        "api_ui_clients",
        "workload_clients",
      ].map((from) => [from, columns.map((to) => cell(pools, from, to))]),
    );
    expect(drawn).toEqual({
      rancher_nodes: ["nothing", "tcp 22, 2376", "tcp 22, 2376", "tcp 22, 2376", "nothing", "tcp 443"],
      etcd_nodes: ["tcp 443", "tcp 2379-2380, udp 8472", "tcp 6443, udp 8472", "udp 8472", "tcp 443", "nothing"],
      control_plane_nodes: [
        "tcp 443",
        "tcp 2379-2380, 10250, udp 8472",
        "tcp 6443, 10250, udp 8472",
        "tcp 10250, udp 8472",
        "tcp 443",
        "nothing",
      ],
      worker_nodes: ["tcp 443", "udp 8472", "tcp 6443, udp 8472", "udp 8472", "tcp 443", "nothing"],
      external_lb: ["tcp 80, 443", "nothing", "nothing", "nothing", "nothing", "nothing"],
      api_ui_clients: ["tcp 80, 443", "nothing", "nothing", "nothing", "tcp 80, 443", "nothing"],
      workload_clients: [
        "nothing",
        "nothing",
        "tcp 80, 443",
        "tcp 80, 443, 30000-32767, udp 30000-32767",
        "nothing",
        "nothing",
      ],
    });
  });

  it("differ between node pools and custom nodes by SSH and Docker from Rancher only", () => {
    const custom = new Set(library.get("rancher-2.0/custom-nodes").rows.map((each) => each.id));
    const added = library.get("rancher-2.0/node-pools").rows.filter((each) => !custom.has(each.id));
    expect(added.map((each) => each.id).sort()).toEqual(
      ["22", "2376"]
        .flatMap((port) => ["control_plane", "etcd", "worker"].map((role) => `rancher-${role}-tcp-${port}`))
        .sort(),
    );
    expect(added.every((each) => each.when?.facts[0]?.fact === "node_driver")).toBe(true);
  });

  it("call essential what a cluster cannot live without", () => {
    const essential = library.get("rancher-2.0/node-pools").rows.filter((each) => each.essential);
    const ports = TransportSet.unionAll(essential.flatMap((each) => each.transport ?? []));
    expect(ports.describe()).toBe("tcp 80, 443, 2379-2380, 6443, 10250, udp 8472");
    expect(essential.every((each) => each.need.kind !== "allowed")).toBe(true);
  });

  it("never require what is optional: NodePorts, ingress, the peer port from the control plane, plain HTTP to Rancher", () => {
    const allowed = library
      .get("rancher-2.0/node-pools")
      .rows.filter((each) => each.need.kind === "allowed" && !each.local);
    expect(allowed.map((each) => each.id).sort()).toEqual([
      "api_ui_clients-rancher-tcp-80",
      "control_plane-etcd-tcp-2380",
      "workload_clients-control_plane-tcp-443",
      "workload_clients-control_plane-tcp-80",
      "workload_clients-worker-tcp-30000-32767",
      "workload_clients-worker-tcp-443",
      "workload_clients-worker-tcp-80",
      "workload_clients-worker-udp-30000-32767",
    ]);
  });

  it("ask for one of 80 and 443 from the load balancer, 443 only where the balancer passes TLS on", () => {
    for (const id of [
      "rancher-2.0/node-pools",
      "rancher-2.0/custom-nodes",
      "rancher-2.0/hosted-cluster",
      "rancher-2.0/imported-cluster",
      "rancher-2.0/rancher-nodes",
    ]) {
      expect(rowOf(id, "external_lb-rancher-tcp-80").need).toEqual({ kind: "any-of", name: "rancher-behind-lb" });
      expect(rowOf(id, "external_lb-rancher-tcp-443").need).toEqual({ kind: "any-of", name: "rancher-behind-lb" });
    }
    expect(rowOf("rancher-2.0/node-pools", "external_lb-rancher-tcp-443").when?.facts.at(-1)).toEqual({
      fact: "tls_terminated_at_lb",
      values: [false],
      negated: false,
    });
  });

  it("make the load balancer's column and Rancher's column alternatives", () => {
    const direct = rowOf("rancher-2.0/custom-nodes", "worker-rancher-tcp-443").when;
    const balanced = rowOf("rancher-2.0/custom-nodes", "worker-external_lb-tcp-443").when;
    expect(direct?.facts).toEqual([{ fact: "external_lb", values: ["none"], negated: false }]);
    expect(balanced?.facts).toEqual([{ fact: "external_lb", values: ["proxy", "passthrough"], negated: false }]);
  });

  it("pin no address of git.rancher.io and switch the row off by facts that have defaults", () => {
    const { rows, factDefaults } = library.get("rancher-2.0/node-pools");
    expect(rows.filter((each) => each.to === "internet").map((each) => each.transport?.describe())).toEqual([
      "tcp 443",
    ]);
    expect(factDefaults).toMatchObject({ air_gapped: false, bundled_catalog: false, http_proxy: false });
  });

  it("leave the port of a hosted Kubernetes API to a fact, and do not require it of imported clusters", () => {
    const hosted = rowOf("rancher-2.0/hosted-cluster", "rancher-hosted_cluster_api-tcp-provider");
    expect(hosted).toMatchObject({
      transport: undefined,
      portFact: "kubernetes_api_port",
      need: { kind: "required" },
      to: "hosted_cluster_api",
    });
    expect(rowOf("rancher-2.0/imported-cluster", hosted.id)).toMatchObject({
      transport: undefined,
      portFact: "kubernetes_api_port",
      need: { kind: "allowed" },
    });
    expect(rowOf("rancher-2.0/hosted-cluster", "workload_clients-hosted_cluster-provider").transport).toBeUndefined();
  });

  it("close the matrices towards nodes and balancer, hosted clusters towards Rancher only, lists not at all", () => {
    const closed = (id: string): string[] => library.get(id).closed.map(({ from, to }) => `${from} > ${to}`);
    expect(closed("rancher-2.0/node-pools")).toEqual(
      ["rancher_nodes", "etcd_nodes", "control_plane_nodes", "worker_nodes", "external_lb"].map(
        (role) => `any > ${role}`,
      ),
    );
    expect(closed("rancher-2.0/hosted-cluster")).toEqual([
      "hosted_cluster_nodes > rancher_nodes",
      "hosted_cluster_nodes > external_lb",
      "rancher_nodes > hosted_cluster_api",
    ]);
    expect(closed("rancher-2.0/commonly-used-ports")).toEqual([]);
    expect(closed("rancher-2.0/local-node-traffic")).toEqual([]);
  });

  it("carry the verdicts on the contradictions of the page", () => {
    const verdicts = library.get("rancher-2.0/node-pools").judgements.map(({ id, to, peers, transport, severity }) => {
      const who = typeof peers === "string" ? peers : peers.roles.join("+");
      return `${id} ${to.join("+") || "any role"} < ${who} ${transport.describe()}: ${severity}`;
    });
    expect(verdicts).toEqual([
      "C3 any role < internet tcp 6443: high",
      "C4 any role < internet tcp 2376: high",
      "C5 any role < internet tcp 22: high",
      "C6 etcd_nodes+control_plane_nodes < internet tcp 80, 443: medium",
      "C7 any role < own-nodes udp 4789: low",
      "C7 any role < outside udp 4789: high",
      "C8 any role < own-nodes tcp 10256: low",
      "C9 any role < own-nodes tcp 10251-10252: low",
      "C9 any role < outside tcp 10251-10252: high",
      "C10 any role < own-nodes tcp 9099, 10254: informational",
      "C10 any role < outside tcp 9099, 10254: medium",
      "C14 rancher_nodes < etcd_nodes+control_plane_nodes+worker_nodes+api_ui_clients tcp 80, 443: low",
      "C16 rancher_nodes < external_lb tcp 443: informational",
      "C19 etcd_nodes+control_plane_nodes < outside tcp 30000-32767, udp 30000-32767: medium",
      "C21 any role < own-nodes tcp 10250: informational",
      "C22 etcd_nodes < own-nodes tcp 2379-2380: medium",
      "N13 any role < internet tcp 8443: medium",
    ]);
  });

  it("call every role by the same name, title and kind wherever it appears", () => {
    expect([...library.roles.keys()].sort()).toEqual([
      "all_cluster_nodes",
      "api_ui_clients",
      "control_plane_nodes",
      "etcd_nodes",
      "external_lb",
      "hosted_cluster_api",
      "hosted_cluster_nodes",
      "internet",
      "node_driver_nodes",
      "rancher_nodes",
      "rancher_operators",
      "worker_nodes",
      "workload_clients",
    ]);
  });

  it("recognise the driver's groups by name and by tag", () => {
    expect(library.observed.map((profile) => [profile.id, profile.recognise])).toEqual(
      ["rancher-2.0/rancher-nodes-group", "rancher-current/rancher-nodes-group"].map((id) => [
        id,
        { groupNames: ["rancher-nodes"], tagKeys: ["rancher-nodes"] },
      ]),
    );
  });

  it("tell where and when each document is from", () => {
    const sources = library
      .list()
      .map(({ id, source }) => `${id}: ${source.date}${source.version.includes("c0298ce13") ? " c0298ce13" : ""}`);
    expect(sources.slice(0, 5)).toEqual([
      expect.stringMatching(/^baseline: 20\d\d-\d\d-\d\d$/),
      expect.stringMatching(/^port-names: 20\d\d-\d\d-\d\d$/),
      "rancher-2.0/commonly-used-ports: 2018-11-05 c0298ce13",
      "rancher-2.0/custom-nodes: 2018-11-05 c0298ce13",
      "rancher-2.0/hosted-cluster: 2018-11-05 c0298ce13",
    ]);
    expect(
      sources.filter((source) => source.startsWith("rancher-2.0/") && source.endsWith(": 2018-11-05 c0298ce13")),
    ).toHaveLength(9);
  });
});

describe("the sensitive ports", () => {
  const classOf = (protocol: "tcp" | "udp", port: number): string => {
    const found = library.portNames.find((name) => name.transport.has(protocol, port));
    return found === undefined ? "none" : `${found.name} ${found.portClass}`;
  };

  it("are critical for etcd, kubelet, Docker and VXLAN", () => {
    const ports = [2379, 2380, 10250, 10255, 2375, 2376].map((port) => classOf("tcp", port));
    expect(ports).toEqual([
      "etcd-client critical",
      "etcd-peer critical",
      "kubelet critical",
      "kubelet-read-only critical",
      "docker critical",
      "docker-tls critical",
    ]);
    expect([8472, 4789].map((port) => classOf("udp", port))).toEqual(["vxlan-flannel critical", "vxlan critical"]);
    expect(classOf("tcp", 8472)).toBe("none");
  });

  it("are elevated for remote administration, databases and the Kubernetes API", () => {
    const ports = [22, 3389, 5985, 5986, 6443, 3306, 5432, 1433, 1521, 27017, 6379, 9200, 9042, 11211, 5984];
    expect(ports.filter((port) => !classOf("tcp", port).endsWith(" elevated"))).toEqual([]);
  });

  it("leave names without a class to the rest", () => {
    expect([80, 443, 30000, 32767, 10256, 10251, 9345, 179, 5473, 9796].map((port) => classOf("tcp", port))).toEqual([
      "http other",
      "https other",
      "nodeport other",
      "nodeport other",
      "kube-proxy-health other",
      "scheduler-health other",
      "supervisor other",
      "bgp other",
      "typha other",
      "node-exporter other",
    ]);
    expect(classOf("tcp", 32768)).toBe("none");
  });
});
