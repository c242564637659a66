// Measures the budgets of docs/performance.md and prints ratios of this one run. Needs a built dist/.
// Usage: node bench/run.ts [--groups N] [--exposed] [--check]     --check ends with 1 where a budget is broken

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { WorldBuilder } from "../src/engine/world.ts";
import { judge } from "../src/judge/judge.ts";
import { loadProfiles } from "../src/profile/load.ts";
import { defaultPlan } from "../src/config/plan.ts";
import type { FactConsumer } from "../src/snapshot/facts.ts";
import { loadSnapshot } from "../src/snapshot/load.ts";
import { writeEstate } from "./estate.ts";

const { values } = parseArgs({
  options: {
    groups: { type: "string", default: "16667" },
    check: { type: "boolean", default: false },
    exposed: { type: "boolean", default: false },
  },
});
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "dist/bin/audit.js");

const rows: { what: string; measured: string; budget: string; ok: boolean }[] = [];

function report(what: string, measured: string, budget: string, ok: boolean): void {
  rows.push({ what, measured, budget, ok });
  process.stdout.write(`${ok ? "ok  " : "OVER"}  ${what}: ${measured} (budget ${budget})\n`);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  globalThis.gc?.();
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

/** Time and peak resident memory of a command; its output is thrown away. */
async function run(args: readonly string[]): Promise<{ ms: number; peakMiB: number; code: number | null }> {
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "ignore", "ignore"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  let peakKiB = 0;
  const watch = setInterval(() => {
    // Gone between two looks: the last one counts.
    const text = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, "utf8") : "";
    peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0));
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  return { ms: performance.now() - start, peakMiB: peakKiB / 1024, code };
}

/** Reads a file line by line and parses each line: the yardstick. */
async function parseLines(path: string): Promise<number> {
  const file = await open(path);
  let lines = 0;
  for await (const line of file.readLines()) {
    JSON.parse(line);
    lines += 1;
  }
  return lines;
}

const NOBODY: FactConsumer = { start() {}, item() {}, call() {}, skipped() {}, warning() {}, end() {} };

async function million(folder: string, mix: "usual" | "exposed"): Promise<void> {
  const path = join(folder, `${mix}.ndjson`);
  const rules = await writeEstate(path, { groups: Number(values.groups), rulesPerGroup: 60, mix });
  process.stdout.write(`estate (${mix}): ${rules} rules in ${values.groups} groups\n`);
  const library = await loadProfiles(join(ROOT, "profiles"));
  const plan = defaultPlan(library);
  const parse: number[] = [];
  const load: number[] = [];
  const whole: number[] = [];
  const command: number[] = [];
  let peakMiB = 0;
  let findings = 0;
  for (let round = 0; round < (mix === "usual" ? 3 : 1); round += 1) {
    parse.push((await timed(() => parseLines(path))).ms);
    load.push((await timed(() => loadSnapshot(path, NOBODY))).ms);
    const judged = await timed(async () => {
      const builder = new WorldBuilder();
      await loadSnapshot(path, builder);
      const world = builder.build();
      return judge(world, world.coverage, plan, { toolVersion: "bench", now: "2026-11-23", hygiene: false });
    });
    whole.push(judged.ms);
    findings = judged.result.findings.length;
    const spawned = await run([BIN, "--snapshot", path, "--format", "json", "--output", join(folder, "report.json")]);
    if (spawned.code !== 1) throw new Error(`the command ended with ${spawned.code}`);
    command.push(spawned.ms);
    peakMiB = Math.max(peakMiB, spawned.peakMiB);
  }
  const yardstick = median(parse);
  const judging = median(whole) - median(load);
  process.stdout.write(
    `parse ${yardstick.toFixed(0)} ms, load ${median(load).toFixed(0)} ms, load and judge ${median(whole).toFixed(0)} ms, ${findings} findings\n`,
  );
  const ratios = [
    [
      "from parsed facts to findings / line-by-line parse",
      `${(judging / yardstick).toFixed(2)}x`,
      "2x",
      judging <= 2 * yardstick,
    ],
    [
      "whole command / line-by-line parse",
      `${(median(command) / yardstick).toFixed(2)}x`,
      "4x",
      median(command) <= 4 * yardstick,
    ],
    ["peak memory of the command", `${peakMiB.toFixed(0)} MiB`, "1024 MiB", peakMiB < 1024],
  ] as const;
  for (const [what, measured, budget, ok] of ratios) {
    if (mix === "usual") report(what, measured, budget, ok);
    else process.stdout.write(`      ${what}: ${measured} (no budget for this mix)\n`);
  }
}

async function startUp(folder: string): Promise<void> {
  const bare: number[] = [];
  const help: number[] = [];
  const demo: number[] = [];
  await run([BIN, "--help"]);
  for (let round = 0; round < 15; round += 1) {
    bare.push((await run(["-e", ""])).ms);
    help.push((await run([BIN, "--help"])).ms);
  }
  for (let round = 0; round < 5; round += 1)
    demo.push((await run([BIN, "--account", "demo", "--format", "html", "--output", join(folder, "demo.html")])).ms);
  report(
    "--help / bare node",
    `${(median(help) / median(bare)).toFixed(2)}x (${median(help).toFixed(0)} ms / ${median(bare).toFixed(0)} ms)`,
    "2x",
    median(help) <= 2 * median(bare),
  );
  report("demo audit to written HTML", `${median(demo).toFixed(0)} ms`, "1000 ms", median(demo) < 1000);
}

const folder = await mkdtemp(join(tmpdir(), "portolan-bench-"));
try {
  await startUp(folder);
  await million(folder, "usual");
  if (values.exposed) await million(folder, "exposed");
} finally {
  await rm(folder, { recursive: true, force: true });
}
if (values.check && rows.some((row) => !row.ok)) process.exitCode = 1;
