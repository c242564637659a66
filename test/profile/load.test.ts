import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../../src/model/index.ts";
import { loadProfiles, type ProfileLibrary } from "../../src/profile/load.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-profiles-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const SOURCE = "source: {document: D, section: S, version: v1, date: 2018-11-05}\n";
const BASELINE = `id: baseline\ntitle: T\nkind: baseline\n${SOURCE}port_names:\n  - {name: ssh, title: SSH, class: elevated, protocol: tcp, ports: 22}\n`;

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries({ baseline: BASELINE, ...files })) {
    const path = join(folder, `${name}.yaml`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

async function load(files: Readonly<Record<string, string>>): Promise<ProfileLibrary> {
  write(files);
  return loadProfiles(folder);
}

/** The error of loading, with the temporary folder taken out. */
async function lineOf(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await load(files);
  } catch (error) {
    if (error instanceof UserError) return error.toLine().replaceAll(`${folder}/`, "");
    throw error;
  }
  return "no error";
}

/** A profile of kind requirements; the head takes seven lines. */
function profile(id: string, body: string): string {
  return `id: ${id}
title: T
kind: requirements
${SOURCE}roles:
  nodes: {title: Nodes, kind: infrastructure}
  clients: {title: Clients, kind: client}
${body}`;
}

describe("a malformed profile is one line with its place", () => {
  it.each([
    ["an unknown key", "rows: []\nclosd: []\n", 'p.yaml:9:1: unknown key "closd"; did you mean closed?'],
    [
      "an unknown role",
      "rows:\n  - {from: client, to: nodes, protocol: tcp, ports: 1, purpose: P}\n",
      'p.yaml:9:12: unknown role "client"; did you mean clients?',
    ],
    [
      "an unknown role in a list",
      "closed: [{from: any, to: [nodes, node]}]\n",
      'p.yaml:8:34: unknown role "node"; did you mean nodes?',
    ],
    [
      "an unknown fact",
      "rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: P, when: {lb: true}}\n",
      'p.yaml:9:76: unknown fact "lb"',
    ],
    [
      "a value that the fact never has",
      "facts: {lb: {title: T, values: [none, proxy]}}\nrows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: P, when: {lb: prox}}\n",
      'p.yaml:10:80: lb is never "prox"; it is none or proxy',
    ],
    [
      "a default that is no value",
      "facts: {lb: {title: T, values: boolean, default: 1}}\n",
      "p.yaml:8:50: the default of lb must be true or false",
    ],
    [
      "ports that are none",
      'rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: "9-5", purpose: P}\n',
      'p.yaml:9:54: ports: "9-5": the range ends before it begins',
    ],
    [
      "tcp without ports",
      "rows:\n  - {from: clients, to: nodes, protocol: tcp, purpose: P}\n",
      'p.yaml:9:5: "ports" is missing; give a port, a range, a list or "all"',
    ],
    [
      "ports of a protocol that has none",
      "rows:\n  - {from: clients, to: nodes, protocol: 4, ports: 1, purpose: P}\n",
      'p.yaml:9:52: protocol 4 has no ports; leave "ports" out',
    ],
    [
      "a protocol that is none",
      "rows:\n  - {from: clients, to: nodes, protocol: tpc, ports: 1, purpose: P}\n",
      'p.yaml:9:42: rows[0].protocol is "tpc", which is not known; did you mean tcp?',
    ],
    [
      "two rows of one id",
      "rows:\n  - &r {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: P}\n  - *r\n",
      "p.yaml:10:5: two rows have the id clients-nodes-tcp-1; give one of them an id of its own",
    ],
    [
      "one id for several rows",
      "rows:\n  - {id: r, from: clients, to: nodes, protocol: [tcp, udp], ports: 1, purpose: P}\n",
      "p.yaml:9:10: one id cannot name several rows; leave it out or write the rows out",
    ],
    [
      "a row without a sender",
      "rows:\n  - {to: nodes, protocol: tcp, ports: 1, purpose: P}\n",
      "p.yaml:9:5: a row needs `from` and `to`, or `local` for a node to itself",
    ],
    [
      "a note that is not there",
      "rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: P, footnotes: 3}\n",
      "p.yaml:9:80: there is no note 3 under footnotes",
    ],
    [
      "a missing purpose",
      "rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1}\n",
      'p.yaml:9:5: "purpose" is missing in rows[0]',
    ],
    [
      "a severity of no kind",
      "judgements:\n  - {id: C1, from: any, protocol: all, severity: hgh, reason: R}\n",
      'p.yaml:9:50: judgements[0].severity is "hgh", which is not known; did you mean high?',
    ],
    [
      "a base that is not there",
      "extends: baselin\n",
      'p.yaml:8:10: unknown profile "baselin"; did you mean baseline?',
    ],
  ])("%s", async (_, body, line) => {
    expect(await lineOf({ p: profile("p", body) })).toBe(line);
  });

  it("a date that is none, before anything else of the file is looked at", async () => {
    expect(await lineOf({ p: profile("p", "").replace("2018-11-05", "2018-13-05") })).toBe(
      "p.yaml:4:54: source.date must be a date such as 2018-11-05",
    );
  });

  it("an id that is not the file's path", async () => {
    expect(await lineOf({ "old/p": profile("p", "") })).toBe("old/p.yaml:1:5: the id must be the file's path: old/p");
  });

  it("profiles that extend each other in a circle", async () => {
    expect(await lineOf({ p: profile("p", "extends: q\n"), q: profile("q", "extends: p\n") })).toBe(
      "q.yaml:8:10: profiles extend each other in a circle: p, q, p",
    );
  });

  it("two profiles that mean different things by one role", async () => {
    expect(await lineOf({ p: profile("p", ""), q: profile("q", "").replace("kind: client", "kind: external") })).toBe(
      "q.yaml:7:12: role clients is defined otherwise in p",
    );
  });

  it("a folder without a baseline, and no folder", async () => {
    mkdirSync(join(folder, "empty"));
    await expect(loadProfiles(join(folder, "empty"))).rejects.toThrow(
      "no profile of kind baseline is among the profiles",
    );
    await expect(loadProfiles(join(folder, "none"))).rejects.toThrow("the folder of profiles cannot be read");
  });
});

describe("a profile", () => {
  it("has a row for every pair of its lists and every protocol", async () => {
    const library = await load({
      p: profile(
        "p",
        "rows:\n  - {from: [nodes, clients, any], to: nodes, protocol: [tcp, udp], ports: [53, 8000-8080], purpose: DNS}\n",
      ),
    });
    const rows = library.get("p").rows.map((row) => `${row.id}: ${row.transport?.describe()}`);
    expect(rows).toEqual(
      ["nodes", "clients", "any"].flatMap((from) =>
        ["tcp", "udp"].map((protocol) => `${from}-nodes-${protocol}-53+8000-8080: ${protocol} 53, 8000-8080`),
      ),
    );
  });

  it("takes over what it extends, its own rows replacing those of the same id and its own verdicts coming first", async () => {
    const library = await load({
      p: profile(
        "p",
        "rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: old}\n  - {from: clients, to: nodes, protocol: tcp, ports: 2, purpose: kept}\njudgements:\n  - {id: C1, from: any, protocol: all, severity: low, reason: R}\nnotes: [one]\n",
      ),
      q: `id: q\ntitle: Q\nkind: requirements\nextends: p\n${SOURCE}rows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: new, need: allowed}\n  - {from: nodes, to: nodes, protocol: tcp, ports: 3, purpose: added}\njudgements:\n  - {id: C2, from: any, protocol: all, severity: high, reason: R}\nnotes: [two]\n`,
    });
    const q = library.get("q");
    expect(q.rows.map((row) => `${row.purpose} ${row.need.kind}`)).toEqual([
      "new allowed",
      "kept required",
      "added required",
    ]);
    expect(q.judgements.map(({ id }) => id)).toEqual(["C2", "C1"]);
    expect(q.notes).toEqual(["one", "two"]);
    expect(library.get("p").rows.map((row) => row.purpose)).toEqual(["old", "kept"]);
  });

  it("never requires traffic of a node to itself", async () => {
    const library = await load({ p: profile("p", "rows:\n  - {local: nodes, protocol: tcp, ports: 1, purpose: P}\n") });
    expect(library.get("p").rows).toMatchObject([
      { id: "nodes-local-tcp-1", from: "nodes", to: "nodes", local: true, need: { kind: "allowed" } },
    ]);
  });

  it("knows conditions with one value, with several and negated", async () => {
    const library = await load({
      p: profile(
        "p",
        "facts: {lb: {title: T, values: [none, proxy, pass]}, up: {title: T, values: boolean, default: false}}\nrows:\n  - {from: clients, to: nodes, protocol: tcp, ports: 1, purpose: P, when: {lb: [proxy, pass], up: {not: true}}}\n",
      ),
    });
    expect(library.get("p").rows[0]?.when?.facts).toEqual([
      { fact: "lb", values: ["proxy", "pass"], negated: false },
      { fact: "up", values: [true], negated: true },
    ]);
    expect(library.get("p").factDefaults).toEqual({ up: false });
  });
});

describe("the library", () => {
  it("offers the nearest id for an unknown one, with the place where it was written", async () => {
    const library = await load({ "rancher-2.0/node-pools": profile("rancher-2.0/node-pools", "") });
    const ask = (id: string): string => {
      try {
        return library.get(id, { file: "portolan.yml", line: 4, column: 2 }).id;
      } catch (error) {
        return error instanceof UserError ? error.toLine() : String(error);
      }
    };
    expect(ask("rancher-2.0/node-pools")).toBe("rancher-2.0/node-pools");
    expect(ask("rancher-2.0/node-pool")).toBe(
      'portolan.yml:4:2: unknown profile "rancher-2.0/node-pool"; did you mean rancher-2.0/node-pools?',
    );
    expect(ask("kubeadm")).toBe('portolan.yml:4:2: unknown profile "kubeadm"; known: baseline, rancher-2.0/node-pools');
  });

  it("names the most specific port first", async () => {
    const library = await load({
      "port-names": `id: port-names\ntitle: T\nkind: port-names\n${SOURCE}port_names:\n  - {name: wide, title: T, protocol: [tcp, udp], ports: 1-100}\n  - {name: two, title: T, protocol: tcp, ports: "22, 80"}\n`,
    });
    expect(library.portNames.map(({ name, portClass }) => `${name} ${portClass}`)).toEqual([
      "ssh elevated",
      "two other",
      "wide other",
    ]);
  });
});
