// A real HTTP EC2, ELBv2 and STS (moto_server), filled by the plain AWS CLI: what the loopback server of these tests answers is
// what its author thinks of AWS; this is what somebody else does.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { collect } from "../../../src/collect/collect.ts";
import type { AwsSource } from "../../../src/collect/source.ts";
import {
  awsCli as plainAwsCli,
  type Credentials,
  missingTools,
  type Moto,
  startMoto,
} from "../../e2e/support/moto-server.ts";
import { stubAwsEnvironment } from "../../support/aws-environment.ts";
import { RecordingConsumer } from "../../support/recording-consumer.ts";

const missing = missingTools();
// oxlint-disable-next-line no-console -- a test that is left out says so
if (missing.length > 0) console.warn(`collecting from moto is skipped: ${missing.join(" and ")} not installed`);

const KEYS: Credentials = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
// The first version of the CLI reads its region from another variable than the second.
const awsCli: typeof plainAwsCli = (url, keys, args) => plainAwsCli(url, keys, [...args, "--region", "eu-west-1"]);
const ROLE = "arn:aws:iam::111111111111:role/portolan";

describe.skipIf(missing.length > 0)("collecting from moto", () => {
  let moto: Moto;
  let here = "";
  let there = "";
  let list = "";

  beforeAll(async () => {
    moto = await startMoto();
    const make = (keys: Credentials, name: string): string => {
      const { GroupId } = awsCli(moto.url, keys, [
        "ec2",
        "create-security-group",
        "--group-name",
        name,
        "--description",
        name,
      ]);
      return String(GroupId);
    };
    here = make(KEYS, "here");
    const entries = ["--entries", "Cidr=203.0.113.0/24,Description=hq", "Cidr=198.51.100.0/24"];
    const sizes = ["--prefix-list-name", "offices", "--max-entries", "5", "--address-family", "IPv4"];
    const made = awsCli(moto.url, KEYS, ["ec2", "create-managed-prefix-list", ...sizes, ...entries]);
    list = (made["PrefixList"] as { readonly PrefixListId: string }).PrefixListId;
    const rule = ["--ip-permissions", `IpProtocol=tcp,FromPort=22,ToPort=22,PrefixListIds=[{PrefixListId=${list}}]`];
    awsCli(moto.url, KEYS, ["ec2", "authorize-security-group-ingress", "--group-id", here, ...rule]);
    const role = awsCli(moto.url, KEYS, ["sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "setup"]);
    const keys = role["Credentials"] as Readonly<Record<"AccessKeyId" | "SecretAccessKey" | "SessionToken", string>>;
    there = make(
      {
        AWS_ACCESS_KEY_ID: keys.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
        AWS_SESSION_TOKEN: keys.SessionToken,
      },
      "there",
    );
  }, 60_000);
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => moto.stop());

  const run = async (sources: readonly AwsSource[]): Promise<RecordingConsumer[]> => {
    stubAwsEnvironment({ AWS_ENDPOINT_URL: moto.url, ...KEYS });
    const runs = sources.map((source) => ({ source, consumer: new RecordingConsumer() }));
    await collect(runs, { created: "2026-11-23T01:30:00.000Z", limits: { firstPauseMs: 1 } });
    return runs.map(({ consumer }) => consumer);
  };
  const groupsOf = (told: RecordingConsumer | undefined): unknown[] =>
    told?.of("SecurityGroups").map((item) => item["GroupId"]) ?? [];

  it("sees the groups of two accounts, one of them by an assumed role", async () => {
    const regions = ["eu-west-1"];
    const [own, other] = await run([
      { provider: "aws", regions },
      { provider: "aws", roleArn: ROLE, externalId: "x", regions },
    ]);
    expect(groupsOf(own)).toContain(here);
    expect(groupsOf(own)).not.toContain(there);
    expect(groupsOf(other)).toContain(there);
    expect(other?.items[0]?.scope).toBe("aws/111111111111/eu-west-1");
    expect(own?.of("PrefixListEntries").find((item) => item["PrefixListId"] === list)?.["Entries"]).toEqual([
      { Cidr: "203.0.113.0/24", Description: "hq" },
      { Cidr: "198.51.100.0/24" },
    ]);
    expect(own?.of("SecurityGroupRules").map((item) => item["PrefixListId"])).toContain(list);
  });

  it("names the calls that moto does not offer, and no call as failed", async () => {
    const [own] = await run([{ provider: "aws", regions: ["eu-west-1"] }]);
    expect(new Set(own?.troubles.map(({ outcome }) => outcome))).toEqual(new Set(["not-offered"]));
    expect(own?.troubles.map(({ call }) => call)).toContain("DescribeSecurityGroupVpcAssociations");
  });
});
