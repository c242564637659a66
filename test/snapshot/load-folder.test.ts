import { chmodSync, mkdirSync, openSync, closeSync, ftruncateSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/index.ts";
import { loadSnapshot } from "../../src/snapshot/load.ts";
import { emptyFolder, folderOf } from "../support/folder.ts";
import { RecordingConsumer } from "../support/recording-consumer.ts";

const ACCOUNT = "111122223333";

async function load(path: string): Promise<RecordingConsumer> {
  const consumer = new RecordingConsumer();
  await loadSnapshot(path, consumer);
  return consumer;
}

async function loadFiles(files: Readonly<Record<string, unknown>>): Promise<RecordingConsumer> {
  return load(folderOf(files));
}

/** The one line that a user gets, with the folder's own name taken off. */
async function errorOf(path: string, base = path): Promise<string> {
  const error: unknown = await load(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).toLine().replaceAll(base, "DIR");
}

const group = (id: string, more: object = {}): object => ({ GroupId: id, OwnerId: ACCOUNT, GroupName: "web", ...more });

describe("a folder of AWS CLI answers", () => {
  it("is read in code-unit order of its paths, whatever their depth, and ends once", async () => {
    const told = await loadFiles({
      "b.json": { SecurityGroups: [group("sg-2")] },
      "a/z/deep.json": { SecurityGroups: [group("sg-1")] },
      "Z.json": { SecurityGroups: [group("sg-0")] },
    });
    expect(told.of("SecurityGroups").map((item) => item["GroupId"])).toEqual(["sg-0", "sg-1", "sg-2"]);
    expect(told.header).toEqual({ source: expect.stringContaining("portolan-test-") as string, origin: "folder" });
    expect(told.ends).toBe(1);
  });

  it("gives an item as it is, and says how many each call listed", async () => {
    const item = group("sg-1", {
      IpPermissions: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
      Unheard: { of: [1] },
    });
    const told = await loadFiles({ [`${ACCOUNT}/eu-west-1/sg.json`]: { SecurityGroups: [item, group("sg-2")] } });
    expect(told.of("SecurityGroups")[0]).toEqual(item);
    expect(told.callLines).toEqual([`aws/${ACCOUNT}/eu-west-1 DescribeSecurityGroups: listed 2`]);
  });

  it("may hold several answers in one file, and several lists in one answer", async () => {
    const told = await loadFiles({
      "all.json": [
        { Vpcs: [{ VpcId: "vpc-1" }] },
        { SecurityGroups: [group("sg-1")], Subnets: [{ SubnetId: "subnet-1" }] },
      ],
    });
    expect(told.items.map(({ type }) => type)).toEqual(["Vpcs", "SecurityGroups", "Subnets"]);
    expect(told.skips).toEqual([]);
  });

  it("flattens reservations into instances that remember their owner", async () => {
    const told = await loadFiles({
      "i.json": {
        Reservations: [
          {
            OwnerId: ACCOUNT,
            Instances: [{ InstanceId: "i-1", Placement: { AvailabilityZone: "eu-west-1b" } }, { InstanceId: "i-2" }],
          },
        ],
      },
    });
    expect(told.of("Instances").map((item) => [item["InstanceId"], item["ReservationOwnerId"]])).toEqual([
      ["i-1", ACCOUNT],
      ["i-2", ACCOUNT],
    ]);
    expect(told.callLines).toEqual([`aws/${ACCOUNT}/eu-west-1 DescribeInstances: listed 2`]);
  });

  it("reads the options of Block Public Access, which are one object", async () => {
    const options = { AwsAccountId: ACCOUNT, AwsRegion: "eu-west-1", InternetGatewayBlockMode: "block-ingress" };
    const told = await loadFiles({ "bpa.json": { VpcBlockPublicAccessOptions: options } });
    expect(told.items).toEqual([
      { scope: `aws/${ACCOUNT}/eu-west-1`, type: "VpcBlockPublicAccessOptions", item: options },
    ]);
  });

  it("reads packed answers and those with a byte order mark, as some shells write them", async () => {
    const text = JSON.stringify({ SecurityGroups: [group("sg-1")] });
    const told = await loadFiles({
      "a.json": `\uFEFF${text}`,
      "b.json": Buffer.from(`\uFEFF${text.replace("sg-1", "sg-2")}`, "utf16le"),
      "c.json.gz": gzipSync(text.replace("sg-1", "sg-3")),
      "d.json": zstdCompressSync(text.replace("sg-1", "sg-4")),
    });
    expect(told.of("SecurityGroups").map((item) => item["GroupId"])).toEqual(["sg-1", "sg-2", "sg-3", "sg-4"]);
  });

  it("follows links once, and leaves hidden files alone", async () => {
    const folder = folderOf({
      "here/a.json": { SecurityGroups: [group("sg-1")] },
      ".git/x.json": "no json",
      ".hidden.json": "no json",
    });
    symlinkSync("..", join(folder, "here", "round"));
    const told = await load(folder);
    expect(told.items).toHaveLength(1);
    expect(told.skips).toEqual([]);
  });

  it("may be one file", async () => {
    const told = await load(
      join(folderOf({ "eu-west-1/sg.txt": { SecurityGroups: [group("sg-1")] } }), "eu-west-1/sg.txt"),
    );
    expect(told.items.map(({ scope }) => scope)).toEqual([`aws/${ACCOUNT}/eu-west-1`]);
  });
});

describe("the scope of an item", () => {
  it.each([
    [
      "its owner and ARN",
      "SecurityGroups",
      group("sg-1", { SecurityGroupArn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-1` }),
      `${ACCOUNT}/eu-west-1`,
    ],
    [
      "an availability zone",
      "NetworkInterfaces",
      { NetworkInterfaceId: "eni-1", OwnerId: ACCOUNT, AvailabilityZone: "us-gov-west-1a" },
      `${ACCOUNT}/us-gov-west-1`,
    ],
    [
      "a local zone",
      "Subnets",
      { SubnetId: "subnet-1", OwnerId: ACCOUNT, AvailabilityZone: "us-west-2-lax-1a" },
      `${ACCOUNT}/us-west-2`,
    ],
    [
      "the ARN of a load balancer",
      "LoadBalancers",
      { LoadBalancerArn: `arn:aws-cn:elasticloadbalancing:cn-north-1:${ACCOUNT}:loadbalancer/net/x/1` },
      `${ACCOUNT}/cn-north-1`,
    ],
    [
      "its rule's owner",
      "SecurityGroupRules",
      { SecurityGroupRuleId: "sgr-1", GroupOwnerId: ACCOUNT },
      `${ACCOUNT}/unknown`,
    ],
    [
      "no owner that is AWS itself",
      "PrefixLists",
      { PrefixListId: "pl-1", OwnerId: "AWS", PrefixListName: "com.amazonaws.eu-west-3.s3" },
      "unknown/eu-west-3",
    ],
    ["nothing", "NatGateways", { NatGatewayId: "nat-1" }, "unknown/unknown"],
  ])("is read from %s", async (_from, key, item, scope) => {
    const told = await loadFiles({ "a.json": { [key]: [item] } });
    expect(told.items.map((one) => one.scope)).toEqual([`aws/${scope}`]);
  });

  it("comes from the path where the item is silent, and from the item where it is not", async () => {
    const told = await loadFiles({
      "444455556666/ap-south-1/ec2/nat.json": { NatGateways: [{ NatGatewayId: "nat-1" }] },
      "444455556666/ap-south-1/ec2/sg.json": { SecurityGroups: [group("sg-1")] },
      "777788889999/vpc.json": { Vpcs: [{ VpcId: "vpc-1" }] },
    });
    expect(told.items.map((one) => `${one.scope} ${one.type}`)).toEqual([
      "aws/444455556666/ap-south-1 NatGateways",
      `aws/${ACCOUNT}/ap-south-1 SecurityGroups`,
      "aws/777788889999/ap-south-1 Vpcs",
    ]);
  });

  it("comes from the folders of the snapshot folder itself, too", async () => {
    const folder = folderOf({ "111122223333/eu-west-1/nat.json": { NatGateways: [{ NatGatewayId: "nat-1" }] } });
    const told = await load(join(folder, "111122223333", "eu-west-1"));
    expect(told.items.map(({ scope }) => scope)).toEqual(["aws/111122223333/eu-west-1"]);
  });

  it("is that of its neighbours where all of them agree, and unknown where they do not", async () => {
    const nat = { NatGateways: [{ NatGatewayId: "nat-1" }] };
    const subnet = (id: string, account: string): object => ({
      Subnets: [{ SubnetId: id, OwnerId: account, AvailabilityZone: "eu-west-1a" }],
    });
    const agreed = await loadFiles({ "nat.json": nat, "s.json": subnet("subnet-1", ACCOUNT) });
    expect(agreed.items.map(({ scope }) => scope)).toEqual([`aws/${ACCOUNT}/eu-west-1`, `aws/${ACCOUNT}/eu-west-1`]);
    const disagreed = await loadFiles({
      "nat.json": nat,
      "s.json": subnet("subnet-1", ACCOUNT),
      "t.json": subnet("subnet-2", "999999999999"),
    });
    expect(disagreed.items[0]?.scope).toBe("aws/unknown/eu-west-1");
  });

  it("takes an account's name from the folder above the region when nothing tells its number", async () => {
    const told = await loadFiles({
      "prod/eu-west-1/nat.json": { NatGateways: [{ NatGatewayId: "nat-1" }] },
      "test/eu-west-1/nat.json": { NatGateways: [{ NatGatewayId: "nat-2" }] },
      "test/eu-west-1/sg.json": { SecurityGroups: [group("sg-1")] },
    });
    expect(told.items.map(({ scope }) => scope)).toEqual([
      "aws/prod/eu-west-1",
      `aws/${ACCOUNT}/eu-west-1`,
      `aws/${ACCOUNT}/eu-west-1`,
    ]);
  });
});

describe("the same item twice", () => {
  it("is one where it is equal, whatever the order of its keys", async () => {
    const told = await loadFiles({
      "a.json": { SecurityGroups: [{ GroupId: "sg-1", OwnerId: ACCOUNT, Tags: [{ Key: "a", Value: "b" }] }] },
      "b.json": { SecurityGroups: [{ Tags: [{ Value: "b", Key: "a" }], OwnerId: ACCOUNT, GroupId: "sg-1" }] },
    });
    expect(told.items).toHaveLength(1);
    expect(told.warnings).toEqual([]);
    expect(told.callLines).toEqual([`aws/${ACCOUNT}/unknown DescribeSecurityGroups: listed 1`]);
  });

  it("is the one of the last path where they differ, and the coverage says so", async () => {
    const told = await loadFiles({
      "tuesday/sg.json": { SecurityGroups: [group("sg-1", { GroupName: "second" })] },
      "monday/sg.json": { SecurityGroups: [group("sg-1", { GroupName: "first" }), group("sg-2")] },
    });
    expect(told.of("SecurityGroups").map((item) => item["GroupName"])).toEqual(["web", "second"]);
    expect(told.warnings).toEqual([
      { subject: "sg-1", message: "stands twice and differently: tuesday/sg.json is used, not monday/sg.json" },
    ]);
  });

  it("is recognised where only one of the two says whose it is", async () => {
    const told = await loadFiles({
      "111122223333/eu-west-1/a.json": { SecurityGroups: [group("sg-1")] },
      "b.json": { SecurityGroups: [group("sg-1")] },
      "c/us-east-1/d.json": { Vpcs: [{ VpcId: "vpc-1", OwnerId: "999999999999" }] },
    });
    expect(told.of("SecurityGroups")).toHaveLength(1);
    expect(told.items[0]?.scope).toBe(`aws/${ACCOUNT}/eu-west-1`);
  });

  it("is two things where the places contradict each other: short ids and lists of AWS repeat", async () => {
    const list = { PrefixLists: [{ PrefixListId: "pl-63a5400a", OwnerId: "AWS", State: "create-complete" }] };
    const told = await loadFiles({ "111122223333/eu-west-1/pl.json": list, "444455556666/eu-west-1/pl.json": list });
    expect(told.items.map(({ scope }) => scope)).toEqual(["aws/111122223333/eu-west-1", "aws/444455556666/eu-west-1"]);
    expect(told.warnings).toEqual([]);
  });

  it("joins what the two calls for prefix lists tell of one list", async () => {
    const told = await loadFiles({
      "describe-managed-prefix-lists.json": {
        PrefixLists: [{ PrefixListId: "pl-1", State: "create-complete", OwnerId: "AWS" }],
      },
      "describe-prefix-lists.json": { PrefixLists: [{ PrefixListId: "pl-1", Cidrs: ["54.231.0.0/17"] }] },
    });
    expect(told.of("PrefixLists")).toEqual([
      { PrefixListId: "pl-1", State: "create-complete", OwnerId: "AWS", Cidrs: ["54.231.0.0/17"] },
    ]);
    expect(told.warnings).toEqual([]);
  });

  it("joins a target group and its attributes", async () => {
    const TargetGroupArn = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}:targetgroup/api/1`;
    const Attributes = [{ Key: "preserve_client_ip.enabled", Value: "true" }];
    const told = await loadFiles({
      "a.json": { TargetGroups: [{ TargetGroupArn, Attributes }] },
      "b.json": { TargetGroups: [{ TargetGroupArn, Protocol: "TCP" }] },
    });
    expect(told.of("TargetGroups")).toEqual([{ TargetGroupArn, Attributes, Protocol: "TCP" }]);
  });
});

describe("entries of a prefix list", () => {
  const Entries = [{ Cidr: "203.0.113.0/24", Description: "hq" }];

  it.each([
    "pl-0a1b2c3d.json",
    "get-managed-prefix-list-entries.PL-0A1B2C3D.json",
    "pl-0a1b2c3d/get-pl-entries.json",
    "pl-99999999/pl-0a1b2c3d.json",
  ])("belong to the list that the path %s names", async (path) => {
    const told = await loadFiles({ [path]: { Entries } });
    expect(told.of("PrefixListEntries")).toEqual([{ PrefixListId: "pl-0a1b2c3d", Entries }]);
    expect(told.callLines).toEqual(["aws/unknown/unknown GetManagedPrefixListEntries pl-0a1b2c3d: listed 1"]);
  });

  it("are skipped by name where no path names their list", async () => {
    const told = await loadFiles({ "entries.json": { Entries }, "vpc.json": { Vpcs: [] } });
    expect(told.items).toEqual([]);
    expect(told.skips).toEqual([
      { subject: "entries.json", reason: expect.stringContaining("that list is unknown") as string },
    ]);
  });

  it("add up over pages, and the last whole answer wins over an earlier one", async () => {
    const more = [{ Cidr: "198.51.100.0/24" }];
    const pages = await loadFiles({ "pl-0a1b2c3d.json": [{ Entries, NextToken: "x" }, { Entries: more }] });
    expect(pages.of("PrefixListEntries")).toEqual([{ PrefixListId: "pl-0a1b2c3d", Entries: [...Entries, ...more] }]);
    expect(pages.troubles).toEqual([]);
    const answers = await loadFiles({ "1/pl-0a1b2c3d.json": { Entries }, "2/pl-0a1b2c3d.json": { Entries: more } });
    expect(answers.of("PrefixListEntries")).toEqual([{ PrefixListId: "pl-0a1b2c3d", Entries: more }]);
    expect(answers.warnings).toHaveLength(1);
  });
});

describe("an answer that went wrong", () => {
  it.each([
    ["AccessDenied", "denied"],
    ["UnauthorizedOperation", "denied"],
    ["ExpiredToken", "denied"],
    ["RequestLimitExceeded", "failed"],
    ["Throttling", "failed"],
    ["InternalError", "failed"],
    ["InvalidGroup.NotFound", "not-found"],
    ["LoadBalancerNotFound", "not-found"],
    ["InvalidAction", "not-offered"],
  ])("with the code %s is %s", async (Code, outcome) => {
    const told = await loadFiles({
      "444455556666/eu-west-1/describe-network-acls.json": { Error: { Code, Message: "so it says" } },
    });
    expect(told.calls).toEqual([
      {
        scope: { provider: "aws", account: "444455556666", region: "eu-west-1" },
        call: "DescribeNetworkAcls",
        outcome,
        items: 0,
        error: `${Code}: so it says (444455556666/eu-west-1/describe-network-acls.json)`,
      },
    ]);
    expect(told.ends).toBe(1);
  });

  it.each([
    ["DescribeSecurityGroupRules_1.json", "DescribeSecurityGroupRules"],
    ["ec2_describe_security_groups.json", "DescribeSecurityGroups"],
    ["get-managed-prefix-list-entries.json", "GetManagedPrefixListEntries"],
    ["DescribeKeyPairs.json", "DescribeKeyPairs"],
    ["out.json", "unknown"],
  ])("in %s was the call %s", async (path, call) => {
    const told = await loadFiles({ [path]: { Error: { Code: "AccessDenied" } } });
    expect(told.calls.map((record) => record.call)).toEqual([call]);
  });

  it("of one prefix list names the list", async () => {
    const told = await loadFiles({ "pl-0a1b2c3d.json": { Error: { Code: "AccessDenied", Message: "" } } });
    expect(told.calls[0]).toMatchObject({ subject: "pl-0a1b2c3d", outcome: "denied" });
  });

  it("does not repeat the encoded policy dump of a refusal", async () => {
    const Message = "You are not authorized. Encoded authorization failure message: AbCdEf";
    const told = await loadFiles({ "a.json": { Error: { Code: "UnauthorizedOperation", Message } } });
    expect(told.calls[0]?.error).toBe("UnauthorizedOperation: You are not authorized. (a.json)");
  });

  it("is cut where it ends with a token, and whole where the next page follows in its array", async () => {
    const page = { SecurityGroups: [group("sg-1")], NextToken: "abc" };
    const cut = await loadFiles({ "sg.json": page });
    expect(cut.troubles).toEqual([
      {
        scope: { provider: "aws", account: ACCOUNT, region: "unknown" },
        call: "DescribeSecurityGroups",
        outcome: "cut",
        items: 1,
        error: "the answer ends with a NextToken: the pages after it are missing (sg.json)",
      },
    ]);
    expect(cut.items).toHaveLength(1);
    const whole = await loadFiles({ "sg.json": [page, { SecurityGroups: [group("sg-2")] }] });
    expect(whole.troubles).toEqual([]);
    const noToken = await loadFiles({
      "sg.json": { SecurityGroups: [group("sg-1")], NextToken: "" },
      "lb.json": { LoadBalancers: [], NextMarker: null },
    });
    expect(noToken.troubles).toEqual([]);
  });
});

describe("what is not read", () => {
  it("is named, with why", async () => {
    const told = await loadFiles({
      "README.md": "notes",
      "old.ndjson.gz": "x",
      "regions.json": { Regions: [{ RegionName: "eu-west-1" }] },
      "items.json": [{ GroupId: "sg-1" }, { GroupId: "sg-2" }, 7],
      "other.json": { weather: "fine", more: 1, and: 2, yet: 3 },
      "odd.json": { SecurityGroups: { GroupId: "sg-1" } },
      "half.json": { SecurityGroups: [group("sg-3"), { Name: "without id" }, "text"], Vpc: [] },
      "az.json": [{ id: "/subscriptions/1/x", type: "Microsoft.Network/networkSecurityGroups" }],
      "arm.json": { value: [{ name: "x" }] },
      "empty.json": [],
    });
    expect(told.items).toHaveLength(1);
    expect(told.skips).toEqual([
      { subject: "README.md", reason: "not a .json file" },
      { subject: "arm.json", reason: "Azure input is not read by this version" },
      { subject: "az.json[0]", reason: "Azure input is not read by this version" },
      { subject: "empty.json", reason: "an empty list names nothing" },
      { subject: "half.json (SecurityGroups[1]) and 1 more", reason: "an item without GroupId" },
      { subject: "half.json", reason: 'unknown part of an answer: "Vpc"' },
      {
        subject: "items.json[0] and 1 more",
        reason: 'an item without its list ("GroupId"): give the whole answer, without --query',
      },
      { subject: "items.json[2]", reason: "not an answer: neither an object nor a list of objects" },
      { subject: "odd.json (SecurityGroups)", reason: "its value is not a list" },
      { subject: "old.ndjson.gz", reason: "a snapshot file among answers: give the file itself" },
      { subject: "other.json", reason: 'no answer that this version knows ("weather", "more", "and", ...)' },
      { subject: "regions.json (Regions)", reason: "an answer of AWS that is not used" },
    ]);
  });

  it.each([
    ["an answer that is not used", { VpcEndpoints: [{ VpcEndpointId: "vpce-1" }] }],
    ["an empty answer", { SecurityGroups: [] }],
    ["an error", { Error: { Code: "AccessDenied", Message: "no" } }],
  ])("is no mistake where it is %s and nothing else", async (_what, content) => {
    const told = await loadFiles({ "a.json": content });
    expect(told.items).toEqual([]);
    expect(told.ends).toBe(1);
  });
});

describe("a snapshot that cannot be read", () => {
  it("where nothing is recognised says what was found instead", async () => {
    const foreign = folderOf({ "a.json": { weather: "fine" } });
    expect(await errorOf(foreign)).toBe(
      'DIR: nothing in it is an AWS CLI answer (a.json: no answer that this version knows ("weather")); give a folder of "aws ec2 describe-* --output json" answers, or a snapshot of "audit collect"',
    );
    expect(await errorOf(emptyFolder())).toContain("nothing in it is an AWS CLI answer;");
    expect(await errorOf(folderOf({ "nsg.json": { value: [] } }))).toContain("Azure input is not read by this version");
  });

  it.each([
    [
      "truncated",
      '{"SecurityGroups": [\n  {"GroupId": "sg-1"},\n',
      "DIR/eu/a.json:3:1: not JSON: the text ends too early, expected a value",
    ],
    ["a wrong token", '{"SecurityGroups":\n [nil]}', 'DIR/eu/a.json:2:3: not JSON: unexpected "n", expected a value'],
    ["empty", "", "DIR/eu/a.json:1:1: not JSON: the file is empty"],
    ["a mark and nothing else", "\uFEFF", "DIR/eu/a.json:1:1: not JSON: the file is empty"],
    ["behind a mark", '\uFEFF{"a":}', 'DIR/eu/a.json:1:6: not JSON: unexpected "}", expected a value'],
    [
      "two values",
      '{"Vpcs":[]}\n{"Vpcs":[]}',
      "DIR/eu/a.json:2:1: not JSON: more text after the end of the JSON value",
    ],
  ])("where a file is %s says where", async (_what, text, line) => {
    const folder = folderOf({ "eu/a.json": text, "eu/b.json": { Vpcs: [] } });
    expect(await errorOf(folder)).toBe(line);
  });

  it("where a packed file is cut says which", async () => {
    const packed = gzipSync(JSON.stringify({ SecurityGroups: [group("sg-1")] }));
    const folder = folderOf({ "a.json.gz": packed.subarray(0, packed.length - 9) });
    expect(await errorOf(folder)).toBe("DIR/a.json.gz: the packed file is cut or damaged; write it again");
  });

  it("where one text is over 512 MiB offers the way that has no such limit", async () => {
    const folder = emptyFolder();
    const file = openSync(join(folder, "huge.json"), "w");
    ftruncateSync(file, 513 * 1024 * 1024); // A hole: takes no room on the disk.
    closeSync(file);
    expect(await errorOf(folder)).toBe(
      'DIR/huge.json: one JSON text over 512 MiB cannot be read; use "audit collect", whose snapshots are read line by line',
    );
  });

  it("where there is nothing says so, in the user's own words for the path", async () => {
    const missing = relative(process.cwd(), join(emptyFolder(), "nowhere"));
    expect(await errorOf(missing)).toBe("DIR: there is no such file or folder");
    const folder = folderOf({ "a.json": { Vpcs: [] } });
    symlinkSync("nowhere", join(folder, "b.json"));
    expect(await errorOf(folder)).toBe("DIR/b.json: there is no such file or folder");
  });

  it.skipIf(process.getuid?.() === 0)("where a file may not be read says which", async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, "x"));
    writeFileSync(join(folder, "x/a.json"), "{}");
    chmodSync(join(folder, "x/a.json"), 0);
    expect(await errorOf(folder)).toBe("DIR/x/a.json: no permission to read it");
  });
});
