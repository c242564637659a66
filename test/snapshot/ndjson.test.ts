import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallRecord, type Scope, UserError } from "../../src/model/index.ts";
import { FACT_TYPES, type FactConsumer, type FactType } from "../../src/snapshot/facts.ts";
import { loadSnapshot } from "../../src/snapshot/load.ts";
import { SnapshotWriter } from "../../src/snapshot/ndjson-writer.ts";
import { emptyFolder, folderOf } from "../support/folder.ts";
import { RecordingConsumer } from "../support/recording-consumer.ts";

const SCOPE: Scope = { provider: "aws", account: "111122223333", region: "eu-west-1" };
const ELSEWHERE: Scope = { provider: "aws", account: "111122223333", region: "ap-south-1" };

interface Facts {
  readonly items: readonly { readonly scope: Scope; readonly type: FactType; readonly item: object }[];
  readonly calls?: readonly CallRecord[];
}

function tell(consumer: FactConsumer, { items, calls = [] }: Facts): void {
  consumer.start({ created: "2026-11-23T01:30:00.000Z", source: "profile prod", origin: "collected" });
  for (const { scope, type, item } of items) consumer.item(scope, type, item);
  for (const call of calls) consumer.call(call);
  consumer.skipped("x.json", "not read");
  consumer.warning({ subject: "sg-1", message: "stands twice" });
  consumer.end();
}

async function write(path: string, facts: Facts): Promise<void> {
  const writer = new SnapshotWriter(path, { toolVersion: "1.2.3" });
  tell(writer, facts);
  await writer.close();
}

async function load(path: string): Promise<RecordingConsumer> {
  const consumer = new RecordingConsumer();
  await loadSnapshot(path, consumer);
  return consumer;
}

async function errorOf(path: string): Promise<string> {
  const consumer = new RecordingConsumer();
  const error: unknown = await loadSnapshot(path, consumer).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  expect(consumer.ends).toBe(0);
  return (error as UserError).toLine().replaceAll(path, "FILE");
}

const FACTS: Facts = {
  items: [
    { scope: SCOPE, type: "Vpcs", item: { VpcId: "vpc-1" } },
    { scope: SCOPE, type: "SecurityGroups", item: { GroupId: "sg-2", Description: "Überall\n\u2028 \u{1F600}" } },
    { scope: ELSEWHERE, type: "Vpcs", item: { VpcId: "vpc-9" } },
    { scope: SCOPE, type: "SecurityGroups", item: { GroupId: "sg-1" } },
  ],
  calls: [
    {
      scope: SCOPE,
      call: "GetManagedPrefixListEntries",
      outcome: "denied",
      items: 0,
      subject: "pl-1",
      error: "AccessDenied: no",
    },
    { scope: SCOPE, call: "DescribeVpcs", outcome: "complete", items: 1 },
  ],
};

const LINES = [
  '{"portolan":"snapshot","schema":1,"created":"2026-11-23T01:30:00.000Z","tool":"1.2.3","origin":"collected","source":"profile prod","scopes":["aws/111122223333/ap-south-1","aws/111122223333/eu-west-1"]}',
  '{"scope":"aws/111122223333/ap-south-1","type":"Vpcs","item":{"VpcId":"vpc-9"}}',
  '{"scope":"aws/111122223333/eu-west-1","type":"SecurityGroups","item":{"GroupId":"sg-1"}}',
  '{"scope":"aws/111122223333/eu-west-1","type":"SecurityGroups","item":{"GroupId":"sg-2","Description":"Überall\\n\u2028 \u{1F600}"}}',
  '{"scope":"aws/111122223333/eu-west-1","type":"Vpcs","item":{"VpcId":"vpc-1"}}',
  '{"call":"DescribeVpcs","scope":"aws/111122223333/eu-west-1","outcome":"complete","items":1}',
  '{"call":"GetManagedPrefixListEntries","scope":"aws/111122223333/eu-west-1","outcome":"denied","items":0,"subject":"pl-1","error":"AccessDenied: no"}',
  '{"skipped":"x.json","reason":"not read"}',
  '{"warning":"stands twice","subject":"sg-1"}',
  '{"end":{"items":4,"calls":2,"skipped":1,"warnings":1}}',
];
const TEXT = `${LINES.join("\n")}\n`;

describe("writing a snapshot", () => {
  it("gives a header, the items in one order, the calls, and an end line that counts them", async () => {
    const path = join(emptyFolder(), "a.ndjson");
    await write(path, FACTS);
    expect(readFileSync(path, "utf8").split("\n")).toEqual([...LINES, ""]);
  });

  it("gives the same bytes whatever the order of arrival", async () => {
    const folder = emptyFolder();
    const items = Array.from({ length: 300 }, (_, n) => ({
      scope: n % 2 === 0 ? SCOPE : ELSEWHERE,
      type: n % 3 === 0 ? ("Subnets" as const) : ("Vpcs" as const),
      item: n % 3 === 0 ? { SubnetId: `subnet-${n}`, Note: "x".repeat(n * 40) } : { VpcId: `vpc-${n}` },
    }));
    const calls = FACTS.calls ?? [];
    await write(join(folder, "a.ndjson.gz"), { items, calls });
    await write(join(folder, "b.ndjson.gz"), { items: items.toReversed(), calls: calls.toReversed() });
    expect(readFileSync(join(folder, "a.ndjson.gz")).equals(readFileSync(join(folder, "b.ndjson.gz")))).toBe(true);
  });

  it("packs by the ending", async () => {
    const folder = emptyFolder();
    await write(join(folder, "a.ndjson.gz"), FACTS);
    await write(join(folder, "a.ndjson.zst"), FACTS);
    expect(gunzipSync(readFileSync(join(folder, "a.ndjson.gz"))).toString()).toBe(TEXT);
    expect(zstdDecompressSync(readFileSync(join(folder, "a.ndjson.zst"))).toString()).toBe(TEXT);
  });

  it("is for the owner's eyes, replaces what stood there, and makes missing folders", async () => {
    const path = join(emptyFolder(), "new/folder/a.ndjson");
    await write(path, { items: [] });
    chmodSync(path, 0o644);
    await write(path, FACTS);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, "utf8")).toBe(TEXT);
    expect(readdirSync(join(path, ".."))).toEqual(["a.ndjson"]);
  });

  it("leaves nothing behind when it is given up, and the old file as it was", () => {
    const folder = folderOf({ "a.ndjson": "old" });
    const writer = new SnapshotWriter(join(folder, "a.ndjson"), { toolVersion: "1" });
    writer.start({ source: "x", origin: "collected" });
    writer.item(SCOPE, "Vpcs", { VpcId: "vpc-1" });
    expect(readdirSync(folder)).toEqual(["a.ndjson"]);
    writer.discard();
    expect(readdirSync(folder)).toEqual(["a.ndjson"]);
    expect(readFileSync(join(folder, "a.ndjson"), "utf8")).toBe("old");
  });

  it("refuses to close before the facts ended: half a collection is no snapshot", async () => {
    const writer = new SnapshotWriter(join(emptyFolder(), "a.ndjson"), { toolVersion: "1" });
    writer.start({ source: "x", origin: "collected" });
    await expect(writer.close()).rejects.toThrow("before its facts ended");
    writer.discard();
  });

  it("says before a collection, not after it, that it cannot write there", () => {
    const folder = folderOf({ file: "x" });
    expect(() => new SnapshotWriter(join(folder, "file/a.ndjson"), { toolVersion: "1" })).toThrow(UserError);
  });

  it("may go to a stream, plain", async () => {
    const stream = new PassThrough();
    const writer = new SnapshotWriter(stream, { toolVersion: "1.2.3" });
    tell(writer, FACTS);
    await writer.close();
    expect(String(stream.read())).toBe(TEXT);
    expect(stream.writableEnded).toBe(false);
  });
});

describe("reading a snapshot", () => {
  it.each(["a.ndjson", "a.ndjson.gz", "a.ndjson.zst"])("gives back what was written to %s", async (name) => {
    const path = join(emptyFolder(), name);
    await write(path, FACTS);
    const told = await load(path);
    expect(told.header).toEqual({ created: "2026-11-23T01:30:00.000Z", source: path, origin: "collected" });
    expect(told.items.map(({ scope, item }) => `${scope} ${JSON.stringify(item)}`)).toEqual([
      'aws/111122223333/ap-south-1 {"VpcId":"vpc-9"}',
      'aws/111122223333/eu-west-1 {"GroupId":"sg-1"}',
      'aws/111122223333/eu-west-1 {"GroupId":"sg-2","Description":"Überall\\n\u2028 \u{1F600}"}',
      'aws/111122223333/eu-west-1 {"VpcId":"vpc-1"}',
    ]);
    expect(told.calls).toEqual(FACTS.calls?.toReversed());
    expect(told.skips).toEqual([{ subject: "x.json", reason: "not read" }]);
    expect(told.warnings).toEqual([{ subject: "sg-1", message: "stands twice" }]);
    expect(told.ends).toBe(1);
  });

  it("gives back any items, over pieces of the file of any length", async () => {
    const anyItem = fc.record({
      scope: fc.constantFrom(SCOPE, ELSEWHERE),
      type: fc.constantFrom(...FACT_TYPES),
      item: fc.dictionary(fc.string(), fc.jsonValue()),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { maxLength: 20 }), fc.nat({ max: 3_000_000 }), async (items, filler) => {
        const path = join(emptyFolder(), "a.ndjson");
        const long = { scope: SCOPE, type: "Vpcs" as const, item: { VpcId: "vpc-long", Filler: "ü".repeat(filler) } };
        await write(path, { items: [...items, long] });
        const told = await load(path);
        const words = (list: readonly { readonly type: FactType; readonly item: object }[]): string[] =>
          list.map(({ type, item }) => `${type} ${JSON.stringify(item)}`).toSorted();
        expect(words(told.items)).toEqual(words([...items, long]));
      }),
      { numRuns: 15 },
    );
  });

  it("goes by the content, not by the ending", async () => {
    const folder = folderOf({
      "a.ndjson.gz": TEXT,
      "b.ndjson": zstdCompressSync(TEXT),
      c: gzipSync(TEXT),
      "d.json": TEXT,
    });
    for (const name of ["a.ndjson.gz", "b.ndjson", "c", "d.json"]) {
      // oxlint-disable-next-line no-await-in-loop
      expect((await load(join(folder, name))).items).toHaveLength(4);
    }
  });

  it("takes Windows line ends, blank lines, a byte order mark and a missing last newline", async () => {
    const folder = folderOf({ "a.ndjson": `\uFEFF${LINES.join("\r\n\r\n")}` });
    expect((await load(join(folder, "a.ndjson"))).items).toHaveLength(4);
  });
});

describe("a snapshot file that is not whole", () => {
  it("is refused wherever it was cut, with the line", async () => {
    const folder = emptyFolder();
    const path = join(folder, "cut.ndjson");
    const bytes = Buffer.from(TEXT);
    const lines: number[] = [];
    // Up to the end line's last bracket; without its newline the file is still whole.
    for (let length = 0; length < bytes.length - 1; length += 1) {
      writeFileSync(path, bytes.subarray(0, length));
      // oxlint-disable-next-line no-await-in-loop
      const line = await errorOf(path);
      expect(line).toMatch(/^FILE:\d+:1: the snapshot is (?:cut|empty).*; collect again with "audit collect"$/);
      lines.push(Number(/^FILE:(\d+)/.exec(line)?.[1]));
    }
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(lines.at(-1)).toBe(LINES.length);
  });

  it("is refused where the packed file was cut or damaged", async () => {
    for (const [name, packed] of [
      ["a.ndjson.gz", gzipSync(TEXT)],
      ["a.ndjson.zst", zstdCompressSync(TEXT)],
    ] as const) {
      for (const length of [packed.length - 1, packed.length - 9, Math.floor(packed.length / 2), 12]) {
        const path = join(folderOf({ [name]: packed.subarray(0, length) }), name);
        // oxlint-disable-next-line no-await-in-loop
        expect(await errorOf(path)).toMatch(/^FILE:\d+:1: .*cut.*; collect again with "audit collect"$/);
      }
    }
    const damaged = gzipSync(TEXT);
    damaged.fill(0, 30, 60);
    const path = join(folderOf({ "a.ndjson.gz": damaged }), "a.ndjson.gz");
    expect(await errorOf(path)).toMatch(/^FILE:1:1: the packed snapshot is cut or damaged/);
  });

  const withLine = (number: number, line: string): string => LINES.with(number - 1, line).join("\n");
  it.each([
    [
      "a count that is wrong",
      withLine(10, '{"end":{"items":5,"calls":2,"skipped":1,"warnings":1}}'),
      "FILE:10:1: the snapshot is cut: its end line counts 5 items, the file holds 4",
    ],
    [
      "an end line without counts",
      withLine(10, '{"end":null}'),
      "FILE:10:1: the snapshot is cut: its end line counts undefined items",
    ],
    ["a line after the end", `${TEXT}${TEXT}`, "FILE:11:1: a line after the end line"],
    [
      "a line that is not JSON",
      withLine(3, '{"scope": nope}'),
      'FILE:3:11: not JSON: unexpected "n", expected a value',
    ],
    ["a line that is no object", withLine(3, "7"), "FILE:3:1: not a line of a snapshot"],
    ["a line of nothing known", withLine(3, '{"what":1}'), "FILE:3:1: not a line of a snapshot"],
    [
      "an unknown type",
      withLine(3, LINES[2]?.replace("SecurityGroups", "Weather") ?? ""),
      'FILE:3:1: unknown type of item: "Weather"',
    ],
    [
      "an item that is no object",
      withLine(3, '{"scope":"aws/1/2","type":"Vpcs","item":[]}'),
      "FILE:3:1: the item of this line is no object",
    ],
    [
      "a scope that is none",
      withLine(3, '{"scope":"aws/1","type":"Vpcs","item":{}}'),
      'FILE:3:1: not a scope: "aws/1"; a scope reads aws/ACCOUNT/REGION',
    ],
    [
      "a call without outcome",
      withLine(6, '{"call":"DescribeVpcs","scope":"aws/1/2","items":1}'),
      "FILE:6:1: a call line without its call",
    ],
    ["no header", LINES.slice(1).join("\n"), "FILE:1:1: not a Portolan snapshot: its first line is no header"],
    [
      "a newer schema",
      withLine(1, LINES[0]?.replace('"schema":1', '"schema":2') ?? ""),
      "FILE:1:1: a newer Portolan wrote this snapshot (schema 2; this one reads up to 1); update portolan",
    ],
  ])("is refused for %s", async (_what, text, start) => {
    const path = join(folderOf({ "a.ndjson": text }), "a.ndjson");
    const line = await errorOf(path);
    expect(line.slice(0, start.length)).toBe(start);
  });
});
