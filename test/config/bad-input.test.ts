// Every mistake in a configuration is one line: file, line, column, what is wrong and what to do. Exact texts, for they are the product.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { UserError } from "../../src/model/index.ts";
import { loadProfiles } from "../../src/profile/load.ts";

const library = await loadProfiles(join(import.meta.dirname, "../../profiles"));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-bad-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The one line that the text gives, without the folder. */
function lineOf(text: string): string {
  const path = join(folder, "portolan.yml");
  writeFileSync(path, text);
  try {
    loadConfig(path, library);
  } catch (error) {
    if (error instanceof UserError) return error.toLine().replace(`${folder}/`, "");
    throw error;
  }
  return "no error";
}

/** A cluster "c" of custom nodes whose own lines begin at line 5, column 5. */
function cluster(body: string): string {
  return `version: 1\nnetworks: {office: 198.51.100.0/24}\nclusters:\n  - {name: c, profiles: [rancher-2.0/custom-nodes],\n    ${body}}\n`;
}

const ALLOW = "protocol: tcp, ports: 22, reason: r, owner: o";
const WAIVER = "protocol: tcp, ports: 22, owner: o, reason: r, expires: 2027-03-31";

describe("YAML and shape", () => {
  it.each([
    ["an empty file", "", "portolan.yml:1:1: the file must be a mapping, not empty"],
    ["a list", "- version: 1\n", "portolan.yml:1:1: the file must be a mapping, not a list"],
    [
      "a key twice",
      "version: 1\nallow: []\nallow: []\n",
      "portolan.yml:3:1: not valid YAML: a key appears twice in one mapping; write each key once",
    ],
    [
      "a role twice",
      cluster("roles: {worker_nodes: none, worker_nodes: none}"),
      "portolan.yml:5:33: not valid YAML: a key appears twice in one mapping; write each key once",
    ],
    [
      "a tab",
      "version: 1\nclusters:\n\t- name: c\n",
      "portolan.yml:3:1: not valid YAML: a tab is used as indentation; indent with spaces",
    ],
    ["no version", "allow: []\n", 'portolan.yml:1:1: "version" is missing'],
    ["another version", "version: 2\n", "portolan.yml:1:10: version is the number 2, which is not known; known: 1"],
    ["an unknown key", "version: 1\ncluster: []\n", 'portolan.yml:2:1: unknown key "cluster"; did you mean clusters?'],
    [
      "an unknown key in a cluster",
      cluster("profile: []"),
      'portolan.yml:5:5: unknown key "profile" in clusters[0]; known: accounts, facts, roles, allow',
    ],
    [
      "an unknown key in a selector",
      cluster("roles: {worker_nodes: {tag: {a: b}}}"),
      'portolan.yml:5:28: unknown key "tag" in clusters[0].roles.worker_nodes; did you mean tags?',
    ],
    [
      "a misspelt key beside the one it leaves missing",
      "version: 1\nclusters:\n  - {nam: c, profiles: [rancher-2.0/custom-nodes]}\n",
      'portolan.yml:3:6: unknown key "nam" in clusters[0]; did you mean name?',
    ],
    [
      "a missing key",
      "version: 1\nclusters:\n  - {name: c}\n",
      'portolan.yml:3:5: "profiles" is missing in clusters[0]',
    ],
    ["a text for a list", "version: 1\nclusters: none\n", 'portolan.yml:2:11: clusters must be a list, not "none"'],
    [
      "an empty list",
      "version: 1\nclusters: [{name: c, profiles: []}]\n",
      "portolan.yml:2:32: clusters[0].profiles must not be empty",
    ],
    [
      "a number where text stands",
      cluster("roles: {worker_nodes: {tags: {zone: 1}}}"),
      "portolan.yml:5:41: clusters[0].roles.worker_nodes.tags.zone must be text, not the number 1; put it in quotes",
    ],
    [
      "an empty value",
      "version: 1\naccounts:\n  prod:\n",
      "portolan.yml:3:8: accounts.prod must be a mapping or a list, not empty",
    ],
    [
      "a name that cannot be shown",
      'version: 1\nnetworks: {"<b>": 10.0.0.0/8}\n',
      'portolan.yml:2:12: "<b>" must begin with a letter or a digit and hold up to 100 letters, digits, spaces and . _ @ + -',
    ],
  ])("%s", (_, text, line) => {
    expect(lineOf(text)).toBe(line);
  });
});

describe("addresses", () => {
  it.each([
    ["octal parts", "010.0.0.1/8", '"010.0.0.1/8": a part with a leading zero could be read as octal'],
    ["a prefix length that is too long", "10.0.0.0/33", '"10.0.0.0/33": the prefix length is over 32'],
    ["a short form", "10.0.1", '"10.0.1": an IPv4 address has four parts'],
    ["an IPv6 address with two gaps", "'fd00::1::2'", '"fd00::1::2": an IPv6 address holds "::" only once'],
    ["a sign", "10.0.0.0/+8", '"10.0.0.0/+8": a prefix length is written in digits only'],
  ])("%s", (_, cidr, message) => {
    expect(lineOf(`version: 1\nnetworks:\n  office: [198.51.100.0/24, ${cidr}]\n`)).toBe(
      `portolan.yml:3:29: ${message}`,
    );
    expect(lineOf(cluster(`roles: {worker_nodes: {cidrs: ${cidr}}}`))).toBe(`portolan.yml:5:35: ${message}`);
  });

  it("a number", () => {
    expect(lineOf("version: 1\nnetworks: {lan: 10.1}\n")).toBe(
      "portolan.yml:2:17: networks.lan must be text or a list, not the number 10.1",
    );
  });

  it("a network's name among CIDRs", () => {
    expect(lineOf(cluster("roles: {worker_nodes: {cidrs: [10.0.0.0/8, office]}}"))).toBe(
      'portolan.yml:5:48: "office": "o" does not belong in an IPv4 address; it is a network: name it under networks',
    );
  });

  it("a network that is not defined", () => {
    expect(lineOf(cluster("roles: {api_ui_clients: {networks: [offce]}}"))).toBe(
      'portolan.yml:5:41: unknown network "offce"; did you mean office?',
    );
    expect(lineOf(cluster("roles: {worker_nodes: {ids: i-1, seen_as: nat-gateways}}"))).toBe(
      'portolan.yml:5:47: unknown network "nat-gateways"; known: office',
    );
    expect(
      lineOf("version: 1\nallow: [{from: {networks: office}, to: {ids: i-1}, protocol: all, reason: r, owner: o}]\n"),
    ).toBe('portolan.yml:2:27: unknown network "office"; define it under networks, or write the addresses under cidrs');
  });

  it("malformed addresses under seen_as", () => {
    expect(lineOf(cluster("roles: {worker_nodes: {ids: i-1, seen_as: 10.0.0.0/33}}"))).toBe(
      'portolan.yml:5:47: "10.0.0.0/33": the prefix length is over 32',
    );
  });
});

describe("protocols and ports", () => {
  it.each([
    ["no ports", "protocol: tcp", 'portolan.yml:3:5: "ports" is missing; give a port, a range, a list or "all"'],
    [
      "a port that is too high",
      "protocol: tcp\n    ports: 65536",
      "portolan.yml:4:12: allow[0].ports must be at most 65535",
    ],
    [
      "a range that ends before it begins",
      "protocol: tcp\n    ports: 9-5",
      'portolan.yml:4:12: ports: "9-5": the range ends before it begins',
    ],
    [
      "words",
      "protocol: tcp\n    ports: https",
      'portolan.yml:4:12: ports: "https" is neither a port, nor a range such as 8000-8080, nor "all"',
    ],
    [
      "ports of a protocol that has none",
      "protocol: icmp\n    ports: 8",
      'portolan.yml:4:12: protocol icmp has no ports; leave "ports" out',
    ],
    [
      "an unknown protocol",
      "protocol: TCP\n    ports: 1",
      'portolan.yml:3:15: allow[0].protocol is "TCP", which is not known; did you mean tcp?',
    ],
    ["a protocol number that is too high", "protocol: 256", "portolan.yml:3:15: allow[0].protocol must be at most 255"],
  ])("%s", (_, transport, line) => {
    const text = `version: 1\nallow:\n  - ${transport}\n    from: {cidrs: 10.0.0.0/8}\n    to: {ids: i-1}\n    reason: r\n    owner: o\n`;
    expect(lineOf(text)).toBe(line);
  });
});

describe("names", () => {
  it.each([
    [
      "an unknown profile",
      "version: 1\nclusters: [{name: c, profiles: [rancher-2.0/node-pool]}]\n",
      'portolan.yml:2:33: unknown profile "rancher-2.0/node-pool"; did you mean rancher-2.0/node-pools?',
    ],
    [
      "a profile twice",
      "version: 1\nclusters: [{name: c, profiles: [rancher-2.0/node-pools, rancher-2.0/node-pools]}]\n",
      "portolan.yml:2:57: rancher-2.0/node-pools is named twice",
    ],
    [
      "a profile of another kind",
      "version: 1\nclusters: [{name: c, profiles: [baseline]}]\n",
      "portolan.yml:2:33: baseline is no profile to hold a cluster against; it is of kind baseline and always applies",
    ],
    [
      "an unknown account",
      "version: 1\naccounts: {prod: {provider: aws}}\nclusters: [{name: c, accounts: [prd], profiles: [rancher-2.0/custom-nodes]}]\n",
      'portolan.yml:3:33: unknown account "prd"; did you mean prod?',
    ],
    [
      "an account that is named like a thing of the language",
      "version: 1\nclusters: [{name: c, accounts: [toString], profiles: [rancher-2.0/custom-nodes]}]\n",
      'portolan.yml:2:33: unknown account "toString"; define it under accounts',
    ],
    [
      "two clusters of one name",
      "version: 1\nclusters:\n  - {name: c, profiles: [rancher-2.0/custom-nodes]}\n  - {name: c, profiles: [rancher-2.0/custom-nodes]}\n",
      'portolan.yml:4:12: two clusters are named "c"',
    ],
    [
      "an unknown role",
      cluster("roles: {worker_node: none}"),
      'portolan.yml:5:13: unknown role "worker_node"; did you mean worker_nodes?',
    ],
    [
      "a role that is a union",
      "version: 1\nclusters: [{name: c, profiles: [rancher-2.0/rancher-nodes], roles: {all_cluster_nodes: none}}]\n",
      "portolan.yml:2:69: all_cluster_nodes is not bound by itself; bind etcd_nodes, control_plane_nodes, worker_nodes",
    ],
    [
      "a role that is the Internet",
      cluster("roles: {internet: none}"),
      "portolan.yml:5:13: internet is not bound: it is every public address; a fact such as air_gapped switches its rows off",
    ],
    [
      "an unknown fact",
      cluster("facts: {external_ld: none}"),
      'portolan.yml:5:13: unknown fact "external_ld"; did you mean external_lb?',
    ],
    [
      "a fact of another kind",
      cluster('facts: {air_gapped: "yes"}'),
      'portolan.yml:5:25: air_gapped must be true or false, not "yes"',
    ],
    [
      "a fact with an unknown value",
      cluster("facts: {external_lb: nlb}"),
      'portolan.yml:5:26: external_lb must be none, proxy or passthrough, not "nlb"',
    ],
    [
      "a fact that is a port and is not",
      cluster("facts: {kubernetes_api_port: 0}"),
      "portolan.yml:5:34: kubernetes_api_port must be a port from 1 to 65535, not 0",
    ],
    [
      "a permitted role that the cluster lacks",
      cluster(`allow: [{from: {networks: office}, to: bastion, ${ALLOW}}]`),
      'portolan.yml:5:44: unknown role "bastion"; known: rancher_nodes, etcd_nodes, control_plane_nodes, worker_nodes, external_lb, api_ui_clients, workload_clients, internet',
    ],
    [
      "a waiver for an unknown cluster",
      cluster("facts: {}") + `waivers: [{cluster: d, peer: {networks: office}, ${WAIVER}}]\n`,
      'portolan.yml:6:21: unknown cluster "d"; did you mean c?',
    ],
    [
      "a waiver for an unknown role",
      cluster("facts: {}") + `waivers: [{cluster: c, role: worker, peer: {networks: office}, ${WAIVER}}]\n`,
      'portolan.yml:6:30: unknown role "worker"',
    ],
  ])("%s", (_, text, line) => {
    expect(lineOf(text)).toBe(line);
  });
});

describe("selectors", () => {
  it.each([
    [
      "one that names nothing",
      cluster("roles: {worker_nodes: {}}"),
      "portolan.yml:5:27: the selector names nothing; give tags, security_groups, names, subnets, load_balancers, ids, cidrs or networks",
    ],
    [
      "none beside another",
      cluster("roles: {worker_nodes: [none, {ids: i-1}]}"),
      'portolan.yml:5:28: clusters[0].roles.worker_nodes[0] must be a mapping, not "none"',
    ],
    [
      "endpoints and addresses in one",
      cluster("roles: {worker_nodes: {ids: i-1, cidrs: 10.0.0.0/8}}"),
      "portolan.yml:5:38: cidrs and ids do not go together in one selector; write a list of two selectors",
    ],
    [
      "addresses that receive",
      `version: 1\nallow: [{from: {cidrs: 10.0.0.0/8}, to: {cidrs: 10.0.0.0/8}, ${ALLOW}}]\n`,
      "portolan.yml:2:42: cidrs cannot say what receives; select endpoints by tags, security_groups, names, subnets, load_balancers or ids",
    ],
    [
      "a role outside a cluster",
      `version: 1\nallow: [{from: {cidrs: 10.0.0.0/8}, to: worker_nodes, ${ALLOW}}]\n`,
      'portolan.yml:2:41: allow[0].to must be a mapping or a list, not "worker_nodes"',
    ],
  ])("%s", (_, text, line) => {
    expect(lineOf(text)).toBe(line);
  });
});

describe("contradictions", () => {
  it.each([
    [
      "no load balancer, and one",
      "facts: {external_lb: none}, roles: {external_lb: {ids: eni-1}}",
      "portolan.yml:5:26: external_lb is none, but the role external_lb is bound; say proxy or passthrough, or bind the role to none",
    ],
    [
      "a load balancer, and none",
      "facts: {external_lb: proxy}, roles: {external_lb: none}",
      "portolan.yml:5:26: external_lb is proxy, but the role external_lb is none; bind the role, or say none",
    ],
    [
      "TLS ended by a load balancer that is not there",
      "facts: {external_lb: none, tls_terminated_at_lb: true}",
      "portolan.yml:5:54: tls_terminated_at_lb is true, but there is no external load balancer; leave it out, or say what external_lb is",
    ],
    [
      "TLS ended by a role that is none",
      "facts: {tls_terminated_at_lb: true}, roles: {external_lb: none}",
      "portolan.yml:5:35: tls_terminated_at_lb is true, but there is no external load balancer; leave it out, or say what external_lb is",
    ],
    [
      "no node driver, and its nodes",
      "facts: {node_driver: false}, roles: {node_driver_nodes: {ids: i-1}}",
      "portolan.yml:5:26: node_driver is false, but the role node_driver_nodes is bound; say true, or bind the role to none",
    ],
    [
      "no hosted cluster, and its API",
      "facts: {hosted_cluster: false}, roles: {hosted_cluster_api: {cidrs: 192.0.2.1}}",
      "portolan.yml:5:29: hosted_cluster is false, but the role hosted_cluster_api is bound; say true, or bind the role to none",
    ],
  ])("%s", (_, body, line) => {
    expect(lineOf(cluster(body))).toBe(line);
  });

  it("are none where facts and roles agree", () => {
    expect(
      lineOf(
        cluster(
          "facts: {external_lb: passthrough, tls_terminated_at_lb: true}, roles: {external_lb: {load_balancers: lb}}",
        ),
      ),
    ).toBe("no error");
    expect(lineOf(cluster("facts: {external_lb: none, tls_terminated_at_lb: false}, roles: {external_lb: none}"))).toBe(
      "no error",
    );
    expect(lineOf(cluster("facts: {node_driver: true}, roles: {node_driver_nodes: none}"))).toBe("no error");
  });
});

describe("accounts, waivers and known gaps", () => {
  it.each([
    [
      "a source without a provider",
      "version: 1\naccounts: {a: {aws_profile: p}}\n",
      'portolan.yml:2:15: "provider" is missing; aws, azure, or snapshot: PATH instead',
    ],
    [
      "an unknown provider",
      "version: 1\naccounts: {a: {provider: gcp}}\n",
      'portolan.yml:2:26: accounts.a.provider is "gcp", which is not known; known: aws, azure',
    ],
    [
      "keys of another provider",
      "version: 1\naccounts: {a: [{provider: azure, regions: [eu-west-1]}]}\n",
      "portolan.yml:2:34: regions does not go with provider azure",
    ],
    [
      "subscriptions of AWS",
      "version: 1\naccounts: {a: {provider: aws, subscriptions: [s]}}\n",
      "portolan.yml:2:31: subscriptions does not go with provider aws",
    ],
    [
      "an external id without a role",
      "version: 1\naccounts: {a: {provider: aws, external_id: x}}\n",
      "portolan.yml:2:31: external_id is for a role, and none is named; add role_arn",
    ],
    [
      "a snapshot and a cloud",
      "version: 1\naccounts: {a: {snapshot: f, provider: aws}}\n",
      "portolan.yml:2:29: provider does not go with snapshot; a snapshot is all the facts of its source",
    ],
    [
      "a role that is no ARN",
      "version: 1\naccounts: {a: {provider: aws, role_arn: audit}}\n",
      "portolan.yml:2:41: accounts.a.role_arn must be the ARN of a role, such as arn:aws:iam::111122223333:role/audit",
    ],
    [
      "a region that is none",
      "version: 1\naccounts: {a: {provider: aws, regions: [Ireland]}}\n",
      "portolan.yml:2:41: accounts.a.regions[0] must be a region such as eu-west-1",
    ],
    [
      "a waiver that holds everywhere",
      `version: 1\nwaivers: [{peer: {cidrs: 10.0.0.0/8}, ${WAIVER}}]\n`,
      "portolan.yml:2:11: the waiver would hold everywhere; name a cluster or security_groups",
    ],
    [
      "a waiver for nobody",
      `version: 1\nwaivers: [{security_groups: sg-1, peer: {}, ${WAIVER}}]\n`,
      "portolan.yml:2:41: the waiver names no peer; give cidrs or networks",
    ],
    [
      "a role of no cluster",
      `version: 1\nwaivers: [{role: worker_nodes, security_groups: sg-1, peer: {cidrs: 10.0.0.0/8}, ${WAIVER}}]\n`,
      "portolan.yml:2:18: a role means something only in a cluster; name the cluster",
    ],
    [
      "a waiver without an owner",
      "version: 1\nwaivers: [{security_groups: sg-1, peer: {cidrs: 10.0.0.0/8}, protocol: all, reason: r, expires: 2027-03-31}]\n",
      'portolan.yml:2:11: "owner" is missing in waivers[0]',
    ],
    [
      "a day that does not exist",
      "version: 1\nknown_gaps: [{account: a, call: C, owner: o, reason: r, expires: 2027-02-30}]\n",
      "portolan.yml:2:66: known_gaps[0].expires must be a date such as 2027-03-31",
    ],
  ])("%s", (_, text, line) => {
    expect(lineOf(text)).toBe(line);
  });
});

describe("whatever the text", () => {
  const whole = [
    "version: 1",
    "networks: {office: [198.51.100.0/24]}",
    "accounts: {prod: [{provider: aws, regions: [eu-west-1]}]}",
    "clusters:",
    "  - name: c",
    "    accounts: [prod]",
    "    profiles: [rancher-2.0/node-pools]",
    "    facts: {external_lb: proxy}",
    "    roles: {etcd_nodes: {tags: {role: etcd}}, external_lb: {ids: eni-1}, worker_nodes: none}",
    "    allow: [{from: {networks: office}, to: worker_nodes, protocol: tcp, ports: 1-2, reason: r, owner: o}]",
    "waivers: [{cluster: c, peer: {cidrs: 10.0.0.0/8}, protocol: all, owner: o, reason: r, expires: 2027-03-31}]",
    "",
  ].join("\n");
  const slips = [
    "\t",
    ":",
    "{",
    "}",
    "[",
    "]",
    "&a",
    "*a",
    "!x",
    "'",
    '"',
    "\n",
    "- ",
    "null",
    "~",
    "|",
    "#",
    "---\n",
    "? ",
    "<<: ",
    "\u0000",
    "é",
    "",
  ];

  it("a configuration loads or is refused in one line with its place", () => {
    expect(lineOf(whole)).toBe("no error");
    const slip = fc.record({ at: fc.nat(whole.length), removed: fc.nat(8), put: fc.constantFrom(...slips) });
    fc.assert(
      fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = changes.reduce(
          (done, { at, removed, put }) => done.slice(0, at) + put + done.slice(at + removed),
          whole,
        );
        expect(lineOf(text)).toMatch(/^(?:no error|portolan\.yml:\d+:\d+: (?!.*undefined)[^\n]+)$/);
      }),
      { numRuns: 200 },
    );
  });

  it("thousands of brackets are refused like any other text", () => {
    expect(lineOf("[".repeat(100_000))).toMatch(
      /^portolan\.yml:1:\d+: not valid YAML: brackets or lists are nested too deeply$/,
    );
  });
});

it("errors name a file below the working folder as one would type it", () => {
  const path = join(import.meta.dirname, "../../no-such-folder/portolan.yml");
  expect(() => loadConfig(path, library)).toThrow(UserError);
  try {
    loadConfig(path, library);
  } catch (error) {
    expect((error as UserError).toLine()).toBe("no-such-folder/portolan.yml: cannot be read (no such file)");
  }
});
