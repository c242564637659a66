// The script of examples/ that fills a folder with the plain AWS CLI: what it writes is what `--snapshot` reads.

import { execFile } from "node:child_process";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { loadSnapshot } from "../../src/snapshot/load.ts";
import { missingTools, startMoto } from "../e2e/support/moto-server.ts";
import { emptyFolder } from "../support/folder.ts";
import { RecordingConsumer } from "../support/recording-consumer.ts";

const SCRIPT = join(import.meta.dirname, "../../examples/collect-with-aws-cli.sh");
const missing = missingTools();
// oxlint-disable-next-line no-console -- a test that is left out says so
if (missing.length > 0) console.warn(`the script is not tried on moto: ${missing.join(" and ")} not installed`);

async function runScript(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const { stderr } = await promisify(execFile)("sh", [SCRIPT, ...args], { env: { ...process.env, ...environment } });
  return stderr;
}

async function load(path: string): Promise<RecordingConsumer> {
  const consumer = new RecordingConsumer();
  await loadSnapshot(path, consumer);
  return consumer;
}

// Stands for the CLI: one group, one prefix list, one refusal, one call that this version does not know, and empty lists.
const FAKE_AWS = `#!/bin/sh
case "$*" in
  *get-caller-identity*) echo 111122223333 ;;
  *describe-network-acls*)
    printf '\\nAn error occurred (UnauthorizedOperation) when calling the DescribeNetworkAcls operation: You "may" not: C:\\\\\\\\x\\n' >&2
    exit 254 ;;
  *describe-vpc-block-public-access-options*) echo "aws: error: argument operation: Invalid choice, valid choices are:" >&2; exit 252 ;;
  *describe-nat-gateways*) echo "Could not connect to the endpoint URL" >&2; exit 255 ;;
  *describe-managed-prefix-lists*--query*) echo pl-0a1b2c3d ;;
  *get-managed-prefix-list-entries*pl-0a1b2c3d*) echo '{"Entries": [{"Cidr": "203.0.113.0/24"}]}' ;;
  *describe-target-groups*--query*) echo arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/1 ;;
  *describe-target-groups*) echo '{"TargetGroups": [{"TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/1", "Protocol": "TCP"}]}' ;;
  *describe-target-group-attributes*) echo '{"TargetGroups": [{"TargetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/api/1", "Attributes": []}]}' ;;
  *--query*) ;;
  *describe-security-groups*) echo '{"SecurityGroups": [{"GroupId": "sg-1"}]}' ;;
  *) echo '{"Vpcs": []}' ;;
esac
`;

describe("the script that collects with the AWS CLI", () => {
  it("writes a folder that loads, with refusals as failed calls", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "aws"), FAKE_AWS);
    chmodSync(join(folder, "aws"), 0o755);
    const stderr = await runScript([join(folder, "answers"), "eu-west-1"], {
      PATH: `${folder}${delimiter}${process.env["PATH"]}`,
    });
    expect(stderr).toContain('does not know "aws ec2 describe-vpc-block-public-access-options": not asked');

    const told = await load(join(folder, "answers"));
    expect(new Set(told.items.map(({ scope }) => scope))).toEqual(new Set(["aws/111122223333/eu-west-1"]));
    expect(told.of("SecurityGroups")).toEqual([{ GroupId: "sg-1" }]);
    expect(told.of("PrefixListEntries")).toEqual([
      { PrefixListId: "pl-0a1b2c3d", Entries: [{ Cidr: "203.0.113.0/24" }] },
    ]);
    expect(told.of("TargetGroups")).toMatchObject([{ Protocol: "TCP", Attributes: [] }]);
    expect(told.troubles.map(({ call, outcome }) => `${call} ${outcome}`)).toEqual([
      "DescribeNatGateways failed",
      "DescribeNetworkAcls denied",
    ]);
    expect(told.troubles[1]?.error).toContain(
      'You "may" not: C:\\\\x (111122223333/eu-west-1/describe-network-acls.json)',
    );
    expect(told.skips).toEqual([]);
  });

  it("leaves nothing that others can read, and no half-written file", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "aws"), FAKE_AWS);
    chmodSync(join(folder, "aws"), 0o755);
    await runScript([join(folder, "answers"), "eu-west-1"], { PATH: `${folder}${delimiter}${process.env["PATH"]}` });
    const here = join(folder, "answers/111122223333/eu-west-1");
    const names = readdirSync(here);
    expect(names.filter((name) => !name.endsWith(".json"))).toEqual([]);
    expect(names.filter((name) => (statSync(join(here, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  it("says how it is used when nothing is given", async () => {
    await expect(runScript([], {})).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("usage:") as string,
    });
  });

  it.skipIf(missing.length > 0)(
    "fills a folder from moto",
    async () => {
      const moto = await startMoto();
      try {
        const folder = emptyFolder();
        await runScript([folder, "eu-west-1"], {
          AWS_ENDPOINT_URL: moto.url,
          AWS_ACCESS_KEY_ID: "testing",
          AWS_SECRET_ACCESS_KEY: "testing",
          AWS_CONFIG_FILE: "/nonexistent/config",
          AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
          AWS_MAX_ATTEMPTS: "1",
        });
        const told = await load(folder);
        expect(new Set(told.items.map(({ scope }) => scope))).toEqual(new Set(["aws/123456789012/eu-west-1"]));
        expect(told.of("SecurityGroups").map((item) => item["GroupName"])).toEqual(["default"]);
        expect(told.of("PrefixListEntries").length).toBe(told.of("PrefixLists").length);
        expect(told.skips).toEqual([]);
      } finally {
        await moto.stop();
      }
    },
    90_000,
  );
});
