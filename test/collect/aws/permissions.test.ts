import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CALLS, REGION_LISTS } from "../../../src/collect/aws/calls.ts";
import { collectAws } from "../../../src/collect/aws/collect-aws.ts";
import { COMMAND_CLASSES } from "../../../src/collect/aws/commands.ts";
import { AWS_PERMISSIONS, awsPolicyDocument } from "../../../src/collect/aws/permissions.ts";
import { stubAwsEnvironment } from "../../support/aws-environment.ts";
import { type LoopbackAws, startLoopbackAws } from "../../support/loopback-aws.ts";
import { RecordingConsumer } from "../../support/recording-consumer.ts";
import { estate } from "./loopback-estate.ts";

let server: LoopbackAws;

beforeEach(async () => {
  server = await startLoopbackAws({ list: estate });
  stubAwsEnvironment({ AWS_ENDPOINT_URL: server.url });
});

afterEach(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});

const SIGN_IN = new Set(["GetCallerIdentity", "AssumeRole"]);

describe("the permissions that a collection needs", () => {
  it("are exactly the calls that it makes, signing in aside", async () => {
    await collectAws([{ source: { provider: "aws" }, consumer: new RecordingConsumer() }]);
    const made = new Set(server.calls.map(({ action }) => action).filter((action) => !SIGN_IN.has(action)));
    const permitted = AWS_PERMISSIONS.map(({ action }) => action.replace(/^.*:/, ""));
    expect([...made].toSorted()).toEqual(permitted.toSorted());
  });

  it("name the service whose client makes the call", () => {
    for (const [call, spec] of Object.entries(CALLS)) {
      expect(spec.action).toBe(`${spec.service === "ec2" ? "ec2" : "elasticloadbalancing"}:${call}`);
    }
  });

  it("only read: no command of the collection changes anything", () => {
    const commands = Object.values(COMMAND_CLASSES).map(({ name }) => name);
    expect(commands.filter((name) => !/^(?:Describe|Get|List)[A-Z]/.test(name))).toEqual([]);
    expect(commands.map((name) => name.replace(/Command$/, "")).toSorted()).toEqual(Object.keys(CALLS).toSorted());
  });

  it("say why each is needed", () => {
    for (const { reason } of AWS_PERMISSIONS) expect(reason.length).toBeGreaterThan(10);
  });

  it("make a policy that AWS takes", () => {
    const policy = awsPolicyDocument();
    expect(policy.Version).toBe("2012-10-17");
    expect(policy.Statement).toHaveLength(1);
    expect(policy.Statement[0]).toMatchObject({ Effect: "Allow", Resource: "*" });
    expect(policy.Statement[0]?.Action).toContain("ec2:GetManagedPrefixListEntries");
    expect(policy.Statement[0]?.Action).toEqual(policy.Statement[0]?.Action.toSorted());
  });
});

describe("the pages of a collection", () => {
  it("are as long as the API allows, and no longer", async () => {
    await collectAws([{ source: { provider: "aws", regions: ["eu-west-1"] }, consumer: new RecordingConsumer() }]);
    const sizeOf = new Map(
      server.calls.map(({ action, fields }) => [action, fields["MaxResults"] ?? fields["PageSize"]]),
    );
    const asked = Object.fromEntries(REGION_LISTS.map(({ call }) => [call, sizeOf.get(call)]));
    expect(asked).toMatchObject({
      DescribeSecurityGroups: "1000",
      DescribeSecurityGroupRules: "1000",
      DescribeNetworkInterfaces: "1000",
      DescribeInstances: "1000",
      DescribeRouteTables: "100",
      DescribeManagedPrefixLists: "100",
      DescribeEgressOnlyInternetGateways: "255",
      DescribeVpcBlockPublicAccessOptions: undefined,
      DescribeLoadBalancers: "400",
      DescribeTargetGroups: "400",
    });
    expect(sizeOf.get("GetManagedPrefixListEntries")).toBe("100");
    expect(sizeOf.get("DescribeStaleSecurityGroups")).toBe("255");
  });
});
