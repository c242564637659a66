// Live audits against a real HTTP EC2 on loopback: groups made with the plain AWS CLI in two accounts, one of them reached
// by an assumed role; and a server that goes away in the middle.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  awsCli,
  missingTools,
  openGate,
  startMoto,
  type Credentials,
  type Gate,
  type Moto,
} from "./support/moto-server.ts";
import { runAudit } from "./support/run-audit.ts";
import { makeWorkFolder, type WorkFolder } from "./support/work-folder.ts";

const missing = missingTools();
if (missing.length > 0) console.warn(`live audits are skipped: ${missing.join(" and ")} not installed`);

const OWN: Credentials = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
const OTHER_ROLE = "arn:aws:iam::111111111111:role/portolan-audit";

const CONFIGURATION = `version: 1
accounts:
  prod:
    - {provider: aws, regions: [eu-west-1]}
    - {provider: aws, role_arn: "${OTHER_ROLE}", external_id: portolan-test, regions: [eu-west-1]}
`;

interface Report {
  readonly complete: boolean;
  readonly coverage: {
    readonly scopes: readonly { readonly scope: string }[];
    readonly failed: readonly { readonly scope: string; readonly call: string }[];
  };
  readonly findings: readonly {
    readonly title: string;
    readonly scope: string;
    readonly resources: readonly { readonly id: string }[];
  }[];
}

/** A group with one rule for everybody; gives its id. */
function openGroup(moto: Moto, credentials: Credentials, name: string, port: number): string {
  const { GroupId } = awsCli(moto.url, credentials, [
    "ec2",
    "create-security-group",
    "--group-name",
    name,
    "--description",
    name,
  ]);
  const rule = ["--group-id", String(GroupId), "--protocol", "tcp", "--port", String(port), "--cidr", "0.0.0.0/0"];
  awsCli(moto.url, credentials, ["ec2", "authorize-security-group-ingress", ...rule]);
  return String(GroupId);
}

describe.skipIf(missing.length > 0)("an audit of live accounts", () => {
  let moto: Moto;
  let work: WorkFolder;
  let folder = "";
  let here = "";
  let there = "";

  beforeAll(async () => {
    moto = await startMoto();
    work = makeWorkFolder();
    folder = work.path;
    writeFileSync(join(folder, "portolan.yml"), CONFIGURATION);
    here = openGroup(moto, OWN, "etcd-here", 2379);
    const assumed = awsCli(moto.url, OWN, [
      "sts",
      "assume-role",
      "--role-arn",
      OTHER_ROLE,
      "--role-session-name",
      "setup",
    ]);
    const keys = assumed["Credentials"] as Readonly<Record<"AccessKeyId" | "SecretAccessKey" | "SessionToken", string>>;
    const other = {
      AWS_ACCESS_KEY_ID: keys.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
      AWS_SESSION_TOKEN: keys.SessionToken,
    };
    there = openGroup(moto, other, "etcd-there", 2380);
  });

  afterAll(async () => {
    await moto.stop();
    work.remove();
  });

  const audit = async (url: string, out: string) =>
    runAudit(["--account", "prod", "--format", "html,md,json", "-o", `${out}/`], {
      cwd: folder,
      env: { ...OWN, AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1" },
    });
  const reportOf = (out: string): Report =>
    JSON.parse(readFileSync(join(folder, out, "portolan-prod.json"), "utf8")) as Report;

  it("sees the groups of both accounts and writes every format", async () => {
    const run = await audit(moto.url, "out");
    expect(run.stderr).toContain(moto.url);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: "" });
    expect(readdirSync(join(folder, "out")).toSorted()).toEqual([
      "portolan-prod.html",
      "portolan-prod.json",
      "portolan-prod.md",
    ]);
    const report = reportOf("out");
    expect(report.complete).toBe(true);
    expect(report.coverage.scopes.map(({ scope }) => scope)).toEqual([
      "aws/111111111111/eu-west-1",
      "aws/123456789012/eu-west-1",
    ]);
    const found = report.findings.map(({ resources }) => resources.map(({ id }) => id)).flat();
    expect(found).toEqual(expect.arrayContaining([here, there]));
  });

  it("judges its own snapshot as it judged the cloud", async () => {
    const env = { ...OWN, AWS_ENDPOINT_URL: moto.url, AWS_REGION: "eu-west-1" };
    const snapshot = join(folder, "prod.ndjson.gz");
    expect((await runAudit(["collect", "--account", "prod", "-o", snapshot], { cwd: folder, env })).code).toBe(0);
    const again = await runAudit(["--snapshot", snapshot, "--format", "json"], { cwd: folder });
    expect(again.code).toBe(1);
    expect((JSON.parse(again.stdout) as Report).findings).toEqual(reportOf("out").findings);
  });
});

describe.skipIf(missing.length > 0)("an audit whose server goes away", () => {
  let moto: Moto;
  let gate: Gate;
  let work: WorkFolder;
  let folder = "";

  beforeAll(async () => {
    moto = await startMoto();
    work = makeWorkFolder();
    folder = work.path;
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "portolan.yml"), CONFIGURATION);
    openGroup(moto, OWN, "etcd-here", 2379);
    // Of the second account a part is read; what is asked after that waits until the first one is read whole, and then the
    // server dies.
    let lastOfFirst = Date.now();
    gate = await openGate(moto.url, async (accessKey, action) => {
      if (accessKey === OWN.AWS_ACCESS_KEY_ID) lastOfFirst = Date.now();
      else if (action !== "GetCallerIdentity" && action !== "DescribeSecurityGroups") {
        while (Date.now() - lastOfFirst < 3000) await sleep(100);
        await moto.stop();
      }
    });
  });

  afterAll(async () => {
    await gate.stop();
    await moto.stop();
    work.remove();
  });

  it("ends with 3 and whole reports headed by what was not seen", async () => {
    // More calls in flight than there are: those that wait must not hold up the others.
    const args = ["--account", "prod", "--format", "html,md,json", "-o", "out/", "--concurrency", "64"];
    const run = await runAudit(args, {
      cwd: folder,
      env: { ...OWN, AWS_ENDPOINT_URL: gate.url, AWS_REGION: "eu-west-1" },
    });
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 3, stdout: "" });
    expect(run.stderr).not.toMatch(/\n\s+at /);
    const report = JSON.parse(readFileSync(join(folder, "out/portolan-prod.json"), "utf8")) as Report;
    expect(report.complete).toBe(false);
    expect(new Set(report.coverage.failed.map(({ scope }) => scope))).toEqual(new Set(["aws/111111111111/eu-west-1"]));
    expect(report.findings.map(({ scope }) => scope)).toContain("aws/123456789012/eu-west-1");
    const markdown = readFileSync(join(folder, "out/portolan-prod.md"), "utf8");
    const notSeen = markdown.indexOf("111111111111");
    const firstFinding = markdown.indexOf("2379");
    expect(notSeen).toBeGreaterThanOrEqual(0);
    expect(notSeen).toBeLessThan(firstFinding);
    expect(readFileSync(join(folder, "out/portolan-prod.html"), "utf8").trimEnd()).toMatch(/<\/html>$/);
  });
});
