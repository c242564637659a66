// Every kind of input that a user can get wrong: one line that says where (file:line:column) and what to do, exit 2, no stack,
// and nothing half-written.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectUserError, runAudit } from "./support/run-audit.ts";
import { hasConfigurationAbove, makeWorkFolder, type WorkFolder } from "./support/work-folder.ts";

let work: WorkFolder;
let folder = "";
beforeEach(() => {
  work = makeWorkFolder();
  folder = work.path;
});
afterEach(() => work.remove());

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const GROUPS = JSON.stringify({
  SecurityGroups: [{ GroupId: "sg-1", GroupName: "one", VpcId: "vpc-1", IpPermissions: [] }],
});

/** Runs an audit that would write a report, and holds that it wrote nothing at all. */
async function expectNothingWritten(args: readonly string[], line: RegExp): Promise<void> {
  const before = readdirSync(folder, { recursive: true });
  expectUserError(await runAudit([...args, "--format", "html,json", "-o", "out/"], { cwd: folder }), line);
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
}

describe("a snapshot", () => {
  it("that is not there", async () => {
    await expectNothingWritten(
      ["--snapshot", "missing.ndjson"],
      /^audit: missing\.ndjson: there is no such file or folder/,
    );
  });

  it("with malformed JSON", async () => {
    put("answers/eu-west-1/groups.json", '{\n  "SecurityGroups": [\n    {"GroupId": "sg-1",}\n  ]\n}\n');
    await expectNothingWritten(["--snapshot", "answers"], /groups\.json:3:24: /);
  });

  it("in which nothing is recognised", async () => {
    put("answers/package.json", '{"name": "something-else"}');
    await expectNothingWritten(
      ["--snapshot", "answers"],
      /^audit: answers: nothing in it is an AWS CLI answer.*; give a folder of /,
    );
  });

  it("that is an empty folder", async () => {
    mkdirSync(join(folder, "answers"));
    await expectNothingWritten(["--snapshot", "answers"], /^audit: answers: /);
  });

  it.each(["ndjson", "ndjson.gz", "ndjson.zst"])("that was cut short (%s)", async (ending) => {
    const path = join(folder, `whole.${ending}`);
    expect(await runAudit(["collect", "-a", "demo", "-o", path])).toMatchObject({ code: 0 });
    const whole = readFileSync(path);
    put(`cut.${ending}`, whole.subarray(0, whole.length - 40));
    await expectNothingWritten(
      ["--snapshot", `cut.${ending}`],
      new RegExp(`^audit: cut\\.${ending.replaceAll(".", "\\.")}:\\d+(:\\d+)?: .*; `),
    );
  });

  it("that lost lines in the middle", async () => {
    const path = join(folder, "whole.ndjson");
    await runAudit(["collect", "-a", "demo", "-o", path]);
    const lines = readFileSync(path, "utf8").split("\n");
    put("holed.ndjson", lines.toSpliced(5, 1).join("\n"));
    await expectNothingWritten(["--snapshot", "holed.ndjson"], /^audit: holed\.ndjson:\d+/);
  });

  it("of a later schema", async () => {
    put(
      "later.ndjson",
      '{"portolan":"snapshot","schema":99,"created":"2030-01-01T00:00:00Z","scopes":[]}\n{"end":{"items":0}}\n',
    );
    await expectNothingWritten(["--snapshot", "later.ndjson"], /^audit: later\.ndjson:1/);
  });
});

describe("a configuration", () => {
  const CLUSTER = (body: string): string => `version: 1
clusters:
  - name: prod
    profiles: [rancher-2.0/node-pools]
${body}`;

  it.each<[string, string, RegExp]>([
    ["malformed YAML", "version: 1\naccounts: {prod: [\n", /^audit: portolan\.yml:\d+:\d+: /],
    ["a tab for indentation", "version: 1\nnetworks:\n\toffice: [10.0.0.0/8]\n", /^audit: portolan\.yml:3:1: /],
    ["no version", "accounts: {}\n", /^audit: portolan\.yml:1:1: .*version/],
    [
      "an unknown key",
      "version: 1\nnetwork: {office: [10.0.0.0/8]}\n",
      /^audit: portolan\.yml:2:1: .*network.*; did you mean networks\?/,
    ],
    ["a key twice", "version: 1\nnetworks: {}\nnetworks: {}\n", /^audit: portolan\.yml:3:1: /],
    [
      "a CIDR in octal",
      "version: 1\nnetworks: {office: [010.0.0.1/8]}\n",
      /^audit: portolan\.yml:2:21: .*010\.0\.0\.1/,
    ],
    ["a CIDR that is too long", "version: 1\nnetworks: {office: [10.0.0.0/33]}\n", /^audit: portolan\.yml:2:21: .*33/],
    [
      "an unknown profile",
      CLUSTER("").replace("node-pools", "node-pool"),
      /^audit: portolan\.yml:4:16: unknown profile .*; did you mean rancher-2\.0\/node-pools\?/,
    ],
    [
      "an unknown role",
      CLUSTER("    roles: {etcd_node: {tags: {role: etcd}}}\n"),
      /^audit: portolan\.yml:5:13: unknown role .*; did you mean etcd_nodes\?/,
    ],
    [
      "an unknown fact",
      CLUSTER("    facts: {external_bl: proxy}\n"),
      /^audit: portolan\.yml:5:13: unknown fact .*; did you mean external_lb\?/,
    ],
    [
      "a value that a fact cannot have",
      CLUSTER("    facts: {external_lb: maybe}\n"),
      /^audit: portolan\.yml:5:\d+: external_lb must be /,
    ],
    [
      "facts that contradict each other",
      CLUSTER("    facts: {external_lb: none}\n    roles: {external_lb: {security_groups: [sg-1]}}\n"),
      /^audit: portolan\.yml:5:\d+: external_lb is none, but the role external_lb is bound; /,
    ],
    [
      "an unknown account of a cluster",
      CLUSTER("    accounts: [prd]\n").replace("version: 1", "version: 1\naccounts: {prod: [{provider: aws}]}"),
      /^audit: portolan\.yml:6:16: unknown account .*; did you mean prod\?/,
    ],
    [
      "an expiry that is no date",
      "version: 1\nknown_gaps: [{account: a, call: b, owner: c, reason: d, expires: soon}]\n",
      /^audit: portolan\.yml:2:\d+: .*date/,
    ],
  ])("with %s", async (_name, text, line) => {
    put("answers/groups.json", GROUPS);
    put("portolan.yml", text);
    await expectNothingWritten(["--snapshot", "answers"], line);
    expectUserError(await runAudit(["validate"], { cwd: folder }), line);
  });

  it("that is named and not there", async () => {
    await expectNothingWritten(
      ["--config", "missing.yml", "--account", "x"],
      /^audit: missing\.yml: .*; check --config/,
    );
  });

  it("is not found by validate", async ({ skip }) => {
    skip(hasConfigurationAbove(tmpdir()), `a portolan.yml lies above ${tmpdir()}`);
    expectUserError(await runAudit(["validate"], { cwd: tmpdir() }), /there is no portolan\.yml here or above; /);
  });
});

describe("a name", () => {
  it("of an account that nobody knows", async () => {
    put("portolan.yml", "version: 1\naccounts: {prod: [{provider: aws}]}\n");
    await expectNothingWritten(["--account", "prd"], /unknown account 'prd': .*; did you mean prod\?/);
  });

  it("of an account, mistaken, when AWS profiles are there", async () => {
    const config = put("aws-config", "[profile staging]\nregion = eu-west-1\n");
    const run = await runAudit(["--account", "stagin"], { cwd: folder, env: { AWS_CONFIG_FILE: config } });
    expectUserError(run, /unknown account 'stagin': .*; did you mean staging\?/);
  });

  it("of an account, beside a snapshot, that the configuration lacks", async () => {
    put("answers/groups.json", GROUPS);
    await expectNothingWritten(["--snapshot", "answers", "--account", "prod"], /unknown account 'prod'/);
  });

  it("of no account at all", async () => {
    expectUserError(
      await runAudit([], { cwd: folder }),
      /nothing to audit: .*; write --account NAME or --snapshot PATH/,
    );
  });

  it("of a profile", async () => {
    expectUserError(
      await runAudit(["profiles", "show", "rancher-2.0/node-pool"]),
      /unknown profile .*; did you mean rancher-2\.0\/node-pools\?/,
    );
  });
});

describe("an output", () => {
  it.each([
    [
      "one file for several formats",
      ["-f", "md,json", "-o", "report.md"],
      /2 formats \(md, json\) need a folder; end it in a slash/,
    ],
    ["stdout for several formats", ["-f", "md,json", "-o", "-"], /need a folder/],
    ["several formats and no place", ["-f", "md,json"], /need a folder/],
    ["a folder that is not there", ["-f", "md", "-o", "missing/report.md"], /there is no folder missing; /],
    ["a file in place of a folder", ["-f", "md", "-o", "answers/groups.json/"], /is not a folder; /],
    ["nothing", ["-f", "md", "-o", ""], /--output: the name is empty; /],
  ])("that is %s", async (_name, args, line) => {
    put("answers/groups.json", GROUPS);
    const before = readdirSync(folder, { recursive: true });
    expectUserError(await runAudit(["--snapshot", "answers", ...args], { cwd: folder }), line);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });

  it("of a collection that does not end like a snapshot", async () => {
    expectUserError(
      await runAudit(["collect", "-a", "demo", "-o", "demo.json"], { cwd: folder }),
      /does not end like a snapshot; /,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it("of a region, for what is not live", async () => {
    expectUserError(
      await runAudit(["--account", "demo", "--region", "eu-west-1"], { cwd: folder }),
      /--region chooses what is collected live; /,
    );
  });
});
