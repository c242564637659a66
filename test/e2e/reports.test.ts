// Where the product goes and what the exit code says, on the built-in demonstration.

import { spawn } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BIN, ROOT, runAudit } from "./support/run-audit.ts";
import { makeWorkFolder, type WorkFolder } from "./support/work-folder.ts";

let work: WorkFolder;
let folder = "";
beforeEach(() => {
  work = makeWorkFolder();
  folder = work.path;
});
afterEach(() => work.remove());

const NOW = ["--now", "2026-11-01"];

describe("the demonstration", () => {
  it("writes its HTML beside the caller, for the owner's eyes, with its path on stderr, and ends with 1", async () => {
    const run = await runAudit(["--account", "demo", "--format", "html"], { cwd: folder });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: "" });
    expect(run.stderr).toContain("portolan-demo.html");
    expect(readdirSync(folder)).toEqual(["portolan-demo.html"]);
    expect(statSync(join(folder, "portolan-demo.html")).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "portolan-demo.html"), "utf8").trimEnd()).toMatch(/<\/html>$/);
  });

  it("prints text on stdout without being asked for a format, and ends it with what was not judged", async () => {
    const run = await runAudit(["--account", "demo"], { cwd: folder });
    expect(run.code).toBe(1);
    expect(run.stdout.trimEnd().split("\n").at(-1)).toMatch(
      /\d+ findings?.*, \d+ rows? not judged.*, \d+ scopes? not seen/,
    );
    expect(run.stdout).not.toContain("\u001b");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("colours what it prints only when told to", async () => {
    const colored = await runAudit(["--account", "demo"], { cwd: folder, env: { FORCE_COLOR: "1" } });
    expect(colored.stdout).toContain("\u001b[");
    const plain = await runAudit(["--account", "demo", "--no-color"], { cwd: folder, env: { FORCE_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\u001b");
  });

  it("writes several formats into a folder that it makes", async () => {
    const run = await runAudit(["-a", "demo", "-f", "html,md", "-f", "json,text", "-o", "out/"], { cwd: folder });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: "" });
    expect(readdirSync(join(folder, "out")).toSorted()).toEqual([
      "portolan-demo.html",
      "portolan-demo.json",
      "portolan-demo.md",
      "portolan-demo.txt",
    ]);
    for (const name of readdirSync(join(folder, "out"))) expect(run.stderr).toContain(name);
  });

  it("gives the same bytes for the same input", async () => {
    const args = ["-a", "demo", "-f", "json", ...NOW];
    const [first, second] = [
      await runAudit(args, { cwd: folder }),
      await runAudit(args, { cwd: ROOT, env: { TZ: "Asia/Tokyo", LANG: "de_DE.UTF-8" } }),
    ];
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout.length).toBeGreaterThan(1000);
  });

  it("says nothing on stderr when asked to be quiet", async () => {
    expect(await runAudit(["-a", "demo", "-f", "json", "--quiet"], { cwd: folder })).toMatchObject({
      code: 1,
      stderr: "",
    });
  });

  it("takes -o - for stdout, HTML too", async () => {
    const run = await runAudit(["-a", "demo", "-f", "html", "-o", "-"], { cwd: folder });
    expect(run.stdout.trimEnd()).toMatch(/<\/html>$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("fails only from the severity that is asked for", async () => {
    expect((await runAudit(["-a", "demo", "-f", "json", "--fail-on", "none"], { cwd: folder })).code).toBe(0);
    expect((await runAudit(["-a", "demo", "-f", "json", "--fail-on", "critical"], { cwd: folder })).code).toBe(1);
  });

  it("survives a reader that goes away", async () => {
    const child = spawn(
      "sh",
      ["-c", `"${process.execPath}" "${BIN}" -a demo -f html -o - | head -c 10 >/dev/null; echo done`],
      {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).not.toMatch(/EPIPE|Error|\n\s+at /);
  });

  it("makes a snapshot of itself that is judged alike", async () => {
    const snapshot = join(folder, "demo.ndjson.zst");
    expect(await runAudit(["collect", "-a", "demo", "-o", snapshot], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(statSync(snapshot).mode & 0o777).toBe(0o600);
    const config = join(ROOT, "examples/demo/portolan.yml");
    const again = await runAudit(["--snapshot", snapshot, "-c", config, "-f", "json", ...NOW], { cwd: folder });
    const before = await runAudit(["-a", "demo", "-f", "json", ...NOW], { cwd: folder });
    const [one, other] = [again, before].map(
      ({ stdout }) => JSON.parse(stdout) as { findings: unknown; cells: unknown },
    );
    expect(one?.findings).toEqual(other?.findings);
    expect(one?.cells).toEqual(other?.cells);
  });
});

describe("audit validate", () => {
  const EMPTY_ROLE = `version: 1
clusters:
  - name: prod
    profiles: [rancher-2.0/node-pools]
    roles:
      etcd_nodes: {tags: {role: etcd}}
      worker_nodes: {tags: {role: no-such-role}}
`;

  it("says what each role of a right configuration matched, and which endpoints hold no role", async () => {
    const run = await runAudit([
      "validate",
      "-c",
      "examples/demo/portolan.yml",
      "--snapshot",
      "examples/demo/snapshot",
    ]);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/\n {2}etcd_nodes +bound +\S+/);
    expect(run.stdout).toMatch(/\d+ endpoints? held by no role/);
  });

  it("takes a role that matches nothing for an error, at its place in the configuration", async () => {
    writeFileSync(join(folder, "portolan.yml"), EMPTY_ROLE);
    const run = await runAudit(["validate", "--snapshot", join(ROOT, "examples/demo/snapshot")], { cwd: folder });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(
      /^audit: portolan\.yml:7:\d+: role worker_nodes of cluster prod matches nothing in the snapshot; [^\n]+\n$/,
    );
    expect(run.stdout).toMatch(/worker_nodes +empty/);
  });

  it("checks a configuration without a snapshot", async () => {
    writeFileSync(join(folder, "portolan.yml"), EMPTY_ROLE);
    expect(await runAudit(["validate"], { cwd: folder })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("1 cluster; no mistake found") as string,
    });
  });
});

describe("audit profiles and permissions", () => {
  it("lists the profiles with the dates of their documents", async () => {
    const { code, stdout } = await runAudit(["profiles"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rancher-2\.0\/node-pools +2018-\d\d-\d\d /m);
    expect((await runAudit(["profiles", "list"])).stdout).toBe(stdout);
  });

  it("shows a profile with its document and its rows", async () => {
    const { stdout } = await runAudit(["profiles", "show", "rancher-2.0/node-pools"]);
    expect(stdout).toMatch(/^document +Rancher/m);
    expect(stdout).toMatch(/etcd_nodes -> etcd_nodes +tcp 2380 +required/);
  });

  it("prints a policy that only reads", async () => {
    const { code, stdout } = await runAudit(["permissions", "aws"]);
    expect(code).toBe(0);
    const policy = JSON.parse(stdout) as { Statement: { Action: string[]; Effect: string }[] };
    const actions = policy.Statement.flatMap(({ Action }) => Action);
    expect(actions).toContain("ec2:DescribeSecurityGroups");
    expect(actions.filter((action) => !/^(ec2|elasticloadbalancing):(Describe|Get)/.test(action))).toEqual([]);
  });
});
