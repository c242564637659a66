// `audit query` as a pipe: an answer a line, in order, errors in their place.

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, runAudit } from "./support/run-audit.ts";

const DEMO = join(ROOT, "examples/demo/snapshot");

async function ask(
  lines: readonly string[],
): Promise<{ code: number | null; stderr: string; answers: Record<string, unknown>[] }> {
  const run = await runAudit(["query", "--snapshot", DEMO], { input: lines.join("\n") });
  const answers = run.stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code: run.code, stderr: run.stderr, answers };
}

const INTERNET_TO_OFFICE = JSON.stringify({ from: "203.0.113.7", to: "198.51.100.20", protocol: "tcp", port: 443 });

describe("audit query", () => {
  it("answers every line in its place, says where a bad one is wrong, and ends with 2", async () => {
    const { code, stderr, answers } = await ask([
      INTERNET_TO_OFFICE,
      '{"from":"203.0.113.7",',
      "",
      '{"from":"203.0.113.7","to":"198.51.100.20","protocol":"tpc","port":443}',
      INTERNET_TO_OFFICE,
    ]);
    expect(answers).toHaveLength(5);
    expect(answers[0]).toHaveProperty("verdict");
    expect(answers[1]?.["error"]).toMatch(/^<stdin>:2:23 /);
    expect(answers[2]?.["error"]).toMatch(/^<stdin>:3:1 /);
    expect(answers[3]?.["error"]).toMatch(/^<stdin>:4:\d+ .*tpc/);
    expect(answers[4]).toEqual(answers[0]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  });

  it.each([
    ["an octal address", { from: "010.0.0.1", to: "198.51.100.20", protocol: "tcp", port: 22 }],
    ["a port that is none", { from: "203.0.113.7", to: "198.51.100.20", protocol: "tcp", port: 65_536 }],
    ["no port", { from: "203.0.113.7", to: "198.51.100.20", protocol: "tcp" }],
    ["an unknown key", { from: "203.0.113.7", to: "198.51.100.20", protocol: "tcp", port: 22, prot: 1 }],
    ["an endpoint that nobody knows", { from: "203.0.113.7", to: "eni-0000000000000dead", protocol: "tcp", port: 22 }],
    ["no flow at all", [1, 2]],
  ])("refuses %s", async (_name, flow) => {
    const { code, answers } = await ask([JSON.stringify(flow)]);
    expect(answers).toEqual([{ error: expect.stringMatching(/^<stdin>:1:\d+ /) as string }]);
    expect(code).toBe(2);
  });

  it("ends with 0 when every line was a flow, and with nothing for nothing", async () => {
    expect((await ask([INTERNET_TO_OFFICE])).code).toBe(0);
    expect(await ask([])).toEqual({ code: 0, stderr: "", answers: [] });
  });
});
