import { afterEach, describe, expect, it, vi } from "vitest";
import type { Progress } from "../../../src/collect/aws/collect-aws.ts";
import { collect } from "../../../src/collect/collect.ts";
import type { AwsSource } from "../../../src/collect/source.ts";
import { stubAwsEnvironment } from "../../support/aws-environment.ts";
import { type LoopbackAws, type LoopbackOptions, startLoopbackAws, type Trouble } from "../../support/loopback-aws.ts";
import { RecordingConsumer } from "../../support/recording-consumer.ts";
import { estate } from "./loopback-estate.ts";

const QUICK = { firstPauseMs: 1, longestPauseMs: 20, requestTimeoutMs: 2000 };
const CREATED = "2026-11-23T01:30:00.000Z";
const HERE: AwsSource = { provider: "aws", regions: ["eu-west-1"] };
const ROLE = "arn:aws:iam::222222222222:role/audit";
const THERE: AwsSource = { provider: "aws", roleArn: ROLE, externalId: "secret-word", regions: ["eu-west-1"] };

let server: LoopbackAws;
afterEach(async () => {
  await server.stop();
  vi.unstubAllEnvs();
});

interface Run {
  readonly sources?: readonly AwsSource[];
  readonly loopback?: LoopbackOptions;
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: object;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A collection from a loopback server; gives what each source's consumer was told. */
async function run({
  sources = [HERE],
  loopback = {},
  environment = {},
  limits = {},
  signal,
  onProgress,
}: Run): Promise<readonly RecordingConsumer[]> {
  server = await startLoopbackAws({ list: estate, ...loopback });
  stubAwsEnvironment({ AWS_ENDPOINT_URL: server.url, ...environment });
  const runs = sources.map((source) => ({ source, consumer: new RecordingConsumer() }));
  await collect(runs, {
    created: CREATED,
    limits: { ...QUICK, ...limits },
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && { onProgress }),
  });
  return runs.map(({ consumer }) => consumer);
}

async function runOne(options: Run): Promise<RecordingConsumer> {
  const [told] = await run(options);
  if (told === undefined) throw new Error("no source");
  return told;
}

const only =
  (action: string, trouble: Trouble, times = Number.POSITIVE_INFINITY): NonNullable<LoopbackOptions["trouble"]> =>
  (call, count) =>
    call.action === action && count <= times ? trouble : undefined;
const callsOf = (action: string): number => server.calls.filter((call) => call.action === action).length;

describe("a collection", () => {
  it("tells everything of a region, from start to end, with a record of every call", async () => {
    const told = await runOne({});
    expect(told.header).toEqual({ created: CREATED, source: "default credentials", origin: "collected" });
    expect(told.ends).toBe(1);
    expect(told.troubles).toEqual([]);
    const types = [...new Set(told.items.map(({ type }) => type))].toSorted();
    // Everything but what only the CLI gives.
    expect(types).toHaveLength(22);
    expect(new Set(told.items.map(({ scope }) => scope))).toEqual(new Set(["aws/123456789012/eu-west-1"]));
    expect(told.callLines).toContain("aws/123456789012/eu-west-1 DescribeSecurityGroups: complete 2");
    expect(told.callLines).toContain("aws/123456789012/eu-west-1 DescribeInstances: complete 3");
    expect(told.callLines).toContain("aws/123456789012/eu-west-1 GetManagedPrefixListEntries pl-2: complete 1");
    expect(told.callLines).toEqual(told.callLines.toSorted());
  });

  it("keeps the provider's own shapes", async () => {
    const told = await runOne({});
    expect(told.of("SecurityGroups").find((item) => item["GroupId"] === "sg-1")).toMatchObject({
      VpcId: "vpc-1",
      IpPermissions: [
        {
          IpProtocol: "tcp",
          FromPort: 2379,
          ToPort: 2380,
          UserIdGroupPairs: [{ UserId: "123456789012", GroupId: "sg-1" }],
        },
        { IpProtocol: "-1", UserIdGroupPairs: [{ VpcPeeringConnectionId: "pcx-1", PeeringStatus: "deleted" }] },
      ],
    });
    expect(told.of("Instances")).toEqual([
      { InstanceId: "i-1", ReservationOwnerId: "123456789012" },
      { InstanceId: "i-2", ReservationOwnerId: "123456789012" },
      { InstanceId: "i-3", ReservationOwnerId: "123456789012" },
    ]);
    expect(told.of("PrefixListEntries")).toEqual(
      expect.arrayContaining([
        { PrefixListId: "pl-1", Entries: [{ Cidr: "10.0.0.0/8" }] },
        { PrefixListId: "pl-2", Entries: [{ Cidr: "10.9.0.0/16" }] },
      ]),
    );
    expect(told.of("VpcBlockPublicAccessOptions")).toEqual([
      { AwsAccountId: "123456789012", AwsRegion: "eu-west-1", InternetGatewayBlockMode: "off" },
    ]);
    expect(JSON.stringify(told.items)).not.toContain("$metadata");
  });

  it("asks for the attributes of target groups that can keep client addresses, and of no others", async () => {
    const told = await runOne({});
    expect(callsOf("DescribeTargetGroupAttributes")).toBe(1);
    expect(told.of("TargetGroups")).toEqual(
      expect.arrayContaining([
        {
          TargetGroupArn: "arn:tg/tcp",
          Protocol: "TCP",
          Attributes: [{ Key: "preserve_client_ip.enabled", Value: "true" }],
        },
        { TargetGroupArn: "arn:tg/http", Protocol: "HTTP" },
      ]),
    );
  });

  it("asks for stale groups only where a network's groups refer to another network", async () => {
    const told = await runOne({});
    expect(
      server.calls
        .filter(({ action }) => action === "DescribeStaleSecurityGroups")
        .map(({ fields }) => fields["VpcId"]),
    ).toEqual(["vpc-1"]);
    expect(told.of("StaleSecurityGroupSet")).toHaveLength(1);
  });

  it("asks every enabled region where none is given, and the given ones otherwise", async () => {
    const told = await runOne({ sources: [{ provider: "aws" }] });
    expect(new Set(told.items.map(({ scope }) => scope))).toEqual(
      new Set(["aws/123456789012/ap-south-1", "aws/123456789012/eu-west-1"]),
    );
    expect(callsOf("DescribeRegions")).toBe(1);
    expect(server.calls.find(({ action }) => action === "DescribeRegions")?.region).toBe("us-east-1");
    expect(told.callLines).toContain("aws/123456789012/us-east-1 DescribeRegions: complete 2");
  });

  it("begins in the region of the environment, else of the role's own partition", async () => {
    await runOne({ sources: [{ provider: "aws" }], environment: { AWS_REGION: "eu-central-1" } });
    expect(server.calls[0]?.region).toBe("eu-central-1");
    await server.stop();
    await runOne({ sources: [{ provider: "aws", roleArn: "arn:aws-cn:iam::222222222222:role/audit" }] });
    expect(server.calls[0]).toMatchObject({ action: "AssumeRole", region: "cn-north-1" });
  });

  it("assumes a role once, with its external id, at the same endpoint", async () => {
    const [here, there] = await run({ sources: [HERE, THERE] });
    const roles = server.calls.filter(({ action }) => action === "AssumeRole");
    expect(roles.map(({ fields }) => [fields["RoleArn"], fields["ExternalId"], fields["RoleSessionName"]])).toEqual([
      [ROLE, "secret-word", "portolan"],
    ]);
    expect(new Set(here?.items.map(({ scope }) => scope))).toEqual(new Set(["aws/123456789012/eu-west-1"]));
    expect(new Set(there?.items.map(({ scope }) => scope))).toEqual(new Set(["aws/222222222222/eu-west-1"]));
    expect(JSON.stringify([here, there])).not.toContain("secret-word");
  });

  it("signs in with a named profile, whatever keys the environment holds", async () => {
    const config =
      "[profile prod]\naws_access_key_id = AKIA333333333333\naws_secret_access_key = s\nregion = eu-north-1\n";
    const told = await runOne({
      sources: [{ provider: "aws", awsProfile: "prod", regions: ["eu-west-1"] }],
      environment: { config },
    });
    expect(new Set(server.calls.map(({ key }) => key))).toEqual(new Set(["AKIA333333333333"]));
    expect(told.items[0]?.scope).toBe("aws/333333333333/eu-west-1");
  });

  it("asks an account and region once, though two sources lead there, and says so", async () => {
    const [first, second] = await run({ sources: [HERE, { ...HERE, regions: ["eu-west-1", "ap-south-1"] }] });
    expect(new Set(first?.items.map(({ scope }) => scope))).toEqual(new Set(["aws/123456789012/eu-west-1"]));
    expect(new Set(second?.items.map(({ scope }) => scope))).toEqual(new Set(["aws/123456789012/ap-south-1"]));
    expect(second?.warnings).toEqual([
      {
        subject: "aws/123456789012/eu-west-1",
        message: "named twice: default credentials leads there too and was not asked again",
      },
    ]);
  });

  it("says that it spoke to another endpoint than AWS's own", async () => {
    const told = await runOne({});
    expect(told.warnings).toEqual([
      { subject: server.url, message: expect.stringContaining("not to AWS's own") as string },
    ]);
  });

  it("goes through the proxy that the environment names", async () => {
    server = await startLoopbackAws({ list: estate });
    stubAwsEnvironment({ AWS_ENDPOINT_URL: "http://ec2.eu-west-1.amazonaws.com", HTTP_PROXY: server.url });
    const consumer = new RecordingConsumer();
    await collect([{ source: HERE, consumer }], { created: CREATED, limits: QUICK });
    expect(consumer.troubles).toEqual([]);
    expect(consumer.of("SecurityGroups")).toHaveLength(2);
    expect(server.calls.every(({ proxied }) => proxied)).toBe(true);
    expect(consumer.warnings).toEqual([]);
  });

  it("tunnels through the proxy to AWS's own endpoints", async () => {
    server = await startLoopbackAws();
    stubAwsEnvironment({ HTTPS_PROXY: server.url });
    const consumer = new RecordingConsumer();
    await collect([{ source: { provider: "aws", regions: ["eu-west-3"] }, consumer }], {
      created: CREATED,
      limits: QUICK,
    });
    expect(new Set(server.tunnels)).toEqual(new Set(["sts.eu-west-3.amazonaws.com:443"]));
    expect(consumer.troubles.map(({ call, outcome }) => `${call} ${outcome}`)).toEqual(["GetCallerIdentity failed"]);
  });

  it("keeps no more requests in flight than it may", async () => {
    await runOne({ limits: { concurrency: 3 }, loopback: { delayMs: 20 } });
    expect(server.mostAtOnce).toBe(3);
  });

  it("tells how far it is", async () => {
    const seen: Progress[] = [];
    await runOne({ onProgress: (progress) => seen.push(progress) });
    const scope = { provider: "aws", account: "123456789012", region: "eu-west-1" };
    expect(seen).toContainEqual({ scope, call: "DescribeSecurityGroups", items: 2, done: false });
    expect(seen).toContainEqual({ scope, call: "DescribeSecurityGroups", items: 2, done: true });
  });
});

describe("the pages of a list", () => {
  const many = (count: number) => (call: { action: string }) =>
    call.action === "DescribeSubnets" ? Array.from({ length: count }, (_, n) => ({ subnetId: `subnet-${n}` })) : [];

  it("are asked to the last one, each with the token before it", async () => {
    const told = await runOne({ loopback: { list: many(25), pageSize: 10 } });
    expect(told.of("Subnets").map((item) => item["SubnetId"])).toEqual(
      Array.from({ length: 25 }, (_, n) => `subnet-${n}`),
    );
    expect(
      server.calls.filter(({ action }) => action === "DescribeSubnets").map(({ fields }) => fields["NextToken"]),
    ).toEqual([undefined, "page-10", "page-20"]);
  });

  it("are tried again one by one: nothing is told twice when one fails", async () => {
    const told = await runOne({
      loopback: {
        list: many(25),
        pageSize: 10,
        trouble: (call, count) =>
          call.action === "DescribeSubnets" && (count === 2 || count === 3) ? { kind: "reset" } : undefined,
      },
    });
    expect(told.of("Subnets")).toHaveLength(25);
    expect(callsOf("DescribeSubnets")).toBe(5);
    expect(told.troubles).toEqual([]);
  });

  it("that are seen before one is lost stay seen, and the call failed", async () => {
    const told = await runOne({
      loopback: {
        list: many(25),
        pageSize: 10,
        trouble: (call, count) => (call.action === "DescribeSubnets" && count > 2 ? { kind: "reset" } : undefined),
      },
    });
    expect(told.of("Subnets")).toHaveLength(20);
    expect(told.troubles).toEqual([expect.objectContaining({ call: "DescribeSubnets", outcome: "failed", items: 20 })]);
  });

  it("that come round again end in a cut list, not in an endless one", async () => {
    const told = await runOne({
      loopback: { list: many(5), trouble: only("DescribeSubnets", { kind: "same-token", token: "page-0" }) },
    });
    expect(told.of("Subnets")).toHaveLength(5);
    expect(told.troubles).toEqual([
      expect.objectContaining({
        call: "DescribeSubnets",
        outcome: "cut",
        error: expect.stringContaining("same page again") as string,
      }),
    ]);
  });
});

describe("a call in trouble", () => {
  const throttle: Trouble = { kind: "error", status: 503, code: "RequestLimitExceeded" };

  it("that is slowed down is tried again until it answers", async () => {
    const told = await runOne({ loopback: { trouble: only("DescribeVpcs", throttle, 4) } });
    expect(callsOf("DescribeVpcs")).toBe(5);
    expect(told.troubles).toEqual([]);
    expect(told.of("Vpcs")).toHaveLength(2);
  });

  it("that is slowed down for good fails after a bounded number of tries", async () => {
    const told = await runOne({
      loopback: { trouble: only("DescribeVpcs", throttle) },
      limits: { throttledRetries: 4 },
    });
    expect(callsOf("DescribeVpcs")).toBe(5);
    expect(told.troubles).toEqual([
      expect.objectContaining({
        call: "DescribeVpcs",
        outcome: "failed",
        error: expect.stringMatching(/^RequestLimitExceeded: /) as string,
      }),
    ]);
  });

  it("waits as long as the server asks", async () => {
    const started = performance.now();
    const trouble = only("DescribeVpcs", { ...throttle, retryAfter: "1" }, 1);
    const told = await runOne({ loopback: { trouble }, limits: { longestPauseMs: 5000 } });
    expect(told.troubles).toEqual([]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(1000);
  });

  it.each<[string, Trouble, string, RegExp, number]>([
    ["refused", { kind: "error", status: 403, code: "UnauthorizedOperation" }, "denied", /^UnauthorizedOperation: /, 1],
    ["refused by policy", { kind: "error", status: 400, code: "AccessDenied" }, "denied", /^AccessDenied: /, 1],
    [
      "unknown to the endpoint",
      { kind: "error", status: 400, code: "InvalidAction" },
      "not-offered",
      /^InvalidAction: /,
      1,
    ],
    [
      "not supported in the region",
      { kind: "error", status: 400, code: "UnsupportedOperation" },
      "not-offered",
      /^UnsupportedOperation: /,
      1,
    ],
    ["a failing server", { kind: "error", status: 500, code: "InternalError" }, "failed", /^InternalError: /, 4],
    ["cut off", { kind: "reset" }, "failed", /^ECONNRESET: /, 4],
    ["cut off within the answer", { kind: "half" }, "failed", /^ECONNRESET: /, 4],
    ["dawdling", { kind: "dawdle" }, "failed", /^RequestTimeout: no whole answer within 0.2 s$/, 4],
    [
      "answered by a login page",
      { kind: "page", status: 200, type: "text/html", text: "<html>log in</html>" },
      "failed",
      /^GarbledAnswer: .*text\/html/,
      2,
    ],
    ["answered by nothing", { kind: "page", status: 200, type: "text/xml", text: "" }, "failed", /^GarbledAnswer: /, 2],
    [
      "answered by a gateway",
      { kind: "page", status: 502, type: "text/html", text: "<html>bad gateway</html>" },
      "failed",
      /^HTTP 502: /,
      4,
    ],
    [
      "half an answer",
      { kind: "page", status: 200, type: "text/xml", text: "<DescribeVpcsResponse><vpcSet><item>" },
      "failed",
      /^HTTP 200: /,
      2,
    ],
  ])("because it is %s is recorded as such, and the rest goes on", async (_why, trouble, outcome, error, tries) => {
    const told = await runOne({
      loopback: { trouble: only("DescribeNetworkAcls", trouble) },
      limits: { requestTimeoutMs: 200 },
    });
    expect(told.troubles).toEqual([
      {
        scope: { provider: "aws", account: "123456789012", region: "eu-west-1" },
        call: "DescribeNetworkAcls",
        outcome,
        items: 0,
        error: expect.stringMatching(error) as string,
      },
    ]);
    expect(callsOf("DescribeNetworkAcls")).toBe(tries);
    expect(told.items.length).toBeGreaterThan(20);
    expect(told.ends).toBe(1);
  });

  it("that a bare HTTP 500 answers is not offered where an endpoint outside AWS answers others, but groups always are", async () => {
    const bare: Trouble = { kind: "page", status: 500, type: "text/html", text: "<html><title>500</html>" };
    const told = await runOne({
      loopback: {
        trouble: ({ action }) =>
          ["DescribeSecurityGroupVpcAssociations", "DescribeSecurityGroups"].includes(action) ? bare : undefined,
      },
    });
    expect(told.troubles.map(({ call, outcome }) => `${call} ${outcome}`)).toEqual([
      "DescribeSecurityGroupVpcAssociations not-offered",
      "DescribeSecurityGroups failed",
    ]);
  });

  it("for one prefix list leaves that list unread and names it", async () => {
    const told = await runOne({
      loopback: {
        trouble: ({ action, fields }) =>
          action === "GetManagedPrefixListEntries" && fields["PrefixListId"] === "pl-1"
            ? { kind: "error", status: 403, code: "UnauthorizedOperation" }
            : undefined,
      },
    });
    expect(told.of("PrefixListEntries").map((item) => item["PrefixListId"])).toEqual(["pl-2"]);
    expect(told.troubles).toEqual([expect.objectContaining({ subject: "pl-1", outcome: "denied" })]);
  });

  it("for the attributes of a target group tells the group without them", async () => {
    const told = await runOne({
      loopback: {
        trouble: only("DescribeTargetGroupAttributes", { kind: "error", status: 403, code: "AccessDenied" }),
      },
    });
    expect(told.of("TargetGroups")).toContainEqual({ TargetGroupArn: "arn:tg/tcp", Protocol: "TCP" });
    expect(told.troubles).toEqual([
      expect.objectContaining({ call: "DescribeTargetGroupAttributes", subject: "arn:tg/tcp", outcome: "denied" }),
    ]);
  });

  it("for the regions leaves the one that was asked, and says that there may be more", async () => {
    const refused = await runOne({
      sources: [{ provider: "aws" }],
      loopback: { trouble: only("DescribeRegions", { kind: "error", status: 403, code: "UnauthorizedOperation" }) },
    });
    expect(refused.troubles).toEqual([expect.objectContaining({ call: "DescribeRegions", outcome: "denied" })]);
    expect(refused.items[0]?.scope).toBe("aws/123456789012/us-east-1");
    await server.stop();
    const none = await runOne({ sources: [{ provider: "aws" }], loopback: { list: () => [] } });
    expect(none.troubles).toEqual([expect.objectContaining({ call: "DescribeRegions", outcome: "failed" })]);
  });
});

describe("an account that cannot be entered", () => {
  it("does not stop the others: its regions are failed calls", async () => {
    const [there, here] = await run({
      sources: [{ ...THERE, regions: ["eu-west-1", "eu-west-2"] }, HERE],
      loopback: {
        trouble: only("AssumeRole", { kind: "error", status: 403, code: "AccessDenied", message: "not you" }),
      },
    });
    expect(there?.calls).toEqual(
      ["eu-west-1", "eu-west-2"].map((region) => ({
        scope: { provider: "aws", account: "222222222222", region },
        call: "AssumeRole",
        outcome: "denied",
        items: 0,
        subject: `role ${ROLE}`,
        error: "AccessDenied: not you",
      })),
    );
    expect(there?.ends).toBe(1);
    expect(here?.troubles).toEqual([]);
    expect(here?.items.length).toBeGreaterThan(20);
  });

  it("because no credentials are found is told by the profile's name", async () => {
    const told = await runOne({ sources: [{ provider: "aws", awsProfile: "nowhere" }] });
    expect(told.calls).toEqual([
      expect.objectContaining({
        scope: { provider: "aws", account: "unknown", region: "unknown" },
        call: "credentials",
        outcome: "failed",
        subject: "profile nowhere",
        error: expect.stringMatching(/^CredentialsProviderError: /) as string,
      }),
    ]);
    expect(server.calls).toEqual([]);
  });

  const expired: Trouble = {
    kind: "error",
    status: 400,
    code: "ExpiredToken",
    message: "The security token included in the request is expired",
  };

  it("because its login has expired says which command renews it", async () => {
    const config = "[profile prod]\naws_access_key_id = AKIA3\naws_secret_access_key = s\naws_session_token = t\n";
    const source: AwsSource = { provider: "aws", awsProfile: "prod", regions: ["eu-west-1"] };
    const loopback = { trouble: only("GetCallerIdentity", expired) };
    const told = await runOne({ sources: [source], loopback, environment: { config } });
    expect(told.calls).toEqual([
      expect.objectContaining({
        call: "GetCallerIdentity",
        outcome: "denied",
        error:
          'ExpiredToken: The security token included in the request is expired; renew it with "aws sso login --profile prod"',
      }),
    ]);
  });

  it("because an SSO session is missing or over says which command renews it", async () => {
    const config =
      "[profile sso]\nsso_session = corp\nsso_account_id = 333333333333\nsso_role_name = audit\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n";
    const told = await runOne({ sources: [{ provider: "aws", awsProfile: "sso" }], environment: { config } });
    expect(told.calls).toEqual([
      expect.objectContaining({
        outcome: "denied",
        error: expect.stringContaining('"aws sso login --profile sso"') as string,
      }),
    ]);
  });

  it("any longer halfway says so at every call that was refused", async () => {
    const told = await runOne({
      loopback: { trouble: only("DescribeVpcs", expired) },
      environment: { AWS_SESSION_TOKEN: "t" },
    });
    expect(told.troubles).toEqual([
      expect.objectContaining({
        call: "DescribeVpcs",
        outcome: "denied",
        error: expect.stringContaining("(AWS_SESSION_TOKEN) have expired") as string,
      }),
    ]);
  });

  it("because nothing listens there fails in bounded time", async () => {
    server = await startLoopbackAws();
    await server.stop();
    stubAwsEnvironment({ AWS_ENDPOINT_URL: server.url });
    const consumer = new RecordingConsumer();
    await collect([{ source: HERE, consumer }], { created: CREATED, limits: QUICK });
    expect(consumer.calls).toEqual([
      expect.objectContaining({
        call: "GetCallerIdentity",
        outcome: "failed",
        error: expect.stringMatching(/^ECONNREFUSED: /) as string,
      }),
    ]);
    server = await startLoopbackAws();
  });

  it("by STS alone is entered all the same where the endpoint has no STS", async () => {
    const told = await runOne({
      loopback: { trouble: only("GetCallerIdentity", { kind: "error", status: 400, code: "InvalidAction" }) },
    });
    expect(told.items[0]?.scope).toBe("aws/unknown/eu-west-1");
    expect(told.troubles).toEqual([]);
  });
});

describe("a collection that the user ends", () => {
  it("stops with the reason, at once, and is never told to be at its end", async () => {
    const controller = new AbortController();
    const consumer = new RecordingConsumer();
    server = await startLoopbackAws({ list: estate, trouble: only("DescribeVpcs", { kind: "dawdle" }) });
    stubAwsEnvironment({ AWS_ENDPOINT_URL: server.url });
    const reason = new Error("interrupted");
    setTimeout(() => controller.abort(reason), 300);
    const started = performance.now();
    const running = collect([{ source: HERE, consumer }], {
      created: CREATED,
      limits: { requestTimeoutMs: 60_000 },
      signal: controller.signal,
    });
    await expect(running).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(2000);
    expect(consumer.ends).toBe(0);
  });
});
