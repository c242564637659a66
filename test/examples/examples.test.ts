// The example stories are acceptance tests: each is run with the built command, as a user would, and must find exactly what its
// expected.json says. Expectations are written from the documentation and docs/judging.md, never from the program's own output.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditResult } from "../../src/model/index.ts";
import { runAudit, type Run } from "../e2e/support/run-audit.ts";
import { EXAMPLES, STORIES } from "./build/main.ts";
import { flawsOf, interfacesOf } from "./packets.ts";
import { readExpected, ruleSetsOf, trafficOf, viewOf } from "./expected.ts";

const NOW = "2026-11-23";

/** Arguments that judge a story's snapshot by its own configuration. */
function storyArgs(story: string): string[] {
  return [
    "--snapshot",
    join(EXAMPLES, story, "snapshot"),
    "--config",
    join(EXAMPLES, story, "portolan.yml"),
    "--now",
    NOW,
  ];
}

/** The report of a run that must have one: what the command said otherwise is shown. */
function reportOf(run: Run): AuditResult {
  if (!run.stdout.startsWith("{")) throw new Error(`no report; exit code ${run.code}: ${run.stderr}`);
  return JSON.parse(run.stdout) as AuditResult;
}

describe.each(Object.keys(STORIES))("the story %s", (story) => {
  const expected = readExpected(story);
  let run: Run;
  let report: AuditResult;

  beforeAll(async () => {
    run = await runAudit([...storyArgs(story), "--format", "json", "--hygiene"]);
    report = reportOf(run);
  });

  it("has exactly the findings it was written for", () => {
    const { actual, wanted } = viewOf(report.findings, expected.findings);
    expect(actual).toEqual(wanted);
  });

  it("ends with the exit code it names", () => {
    expect(run.code).toBe(expected.exit);
  });

  it("says how much was seen", () => {
    expect(report.complete).toBe(expected.complete);
    const failed = [...Map.groupBy(report.coverage.failed, ({ scope, outcome }) => `${scope} ${outcome}`).values()].map(
      (calls) => ({
        scope: calls[0]?.scope,
        outcome: calls[0]?.outcome,
        calls: calls.map(({ call, subject }) => (subject === null ? call : `${call} of ${subject}`)),
      }),
    );
    expect(failed).toEqual(expected.failed);
  });

  it("counts what it found, and says in its last line what was not judged and not seen", () => {
    expect(report.summary).toEqual(expected.summary);
    expect(report.lastLine).toBe(expected.lastLine);
  });

  it("draws the cells of the documentation's matrix as named", () => {
    const view = report.cells.map(({ from, to, protocol, ports, status }) => ({ from, to, protocol, ports, status }));
    for (const cell of expected.cells) expect(view).toContainEqual(cell);
    const statuses = [...new Set(report.cells.map(({ status }) => status))].sort();
    expect(statuses.length).toBeGreaterThan(1);
    if (expected.statuses !== undefined) expect(statuses).toEqual(expected.statuses);
  });

  it("keeps hygiene in a section of its own", () => {
    const view = report.hygiene.map((finding) => ({
      rule: finding.rule,
      on: ruleSetsOf(finding),
      traffic: trafficOf(finding),
    }));
    expect(view).toEqual(expected.hygiene.map(({ why: _why, ...rest }) => rest));
  });

  it("compares the groups that a node driver made with what that driver makes", () => {
    const view = report.recognised.map(({ name, profile, rules }) => {
      const present = rules.filter(({ status }) => status === "present").length;
      return { group: name, profile, present, other: rules.length - present };
    });
    expect(view).toEqual(expected.recognised);
  });

  it("gives a packet and a rule as proof of everything that is open", () => {
    for (const finding of report.findings.filter(({ kind }) => kind === "excess")) {
      expect(finding.witness?.text).toContain(finding.witness?.from ?? "?");
      expect(finding.evidence.map(({ rule }) => rule)).toSatisfy(
        (rules: (string | null)[]) => rules.length > 0 && rules.every((rule) => rule?.startsWith("sgr-")),
      );
    }
    for (const finding of report.findings)
      if (finding.rule.startsWith("missing-")) expect(finding.witness).not.toBeNull();
  });

  it("names packets that could really be sent", () => {
    const interfaces = interfacesOf(story);
    expect(interfaces.size).toBeGreaterThan(5);
    expect(report.findings.flatMap((finding) => flawsOf(finding, interfaces))).toEqual([]);
  });

  it("ends the text report with the same last line", async () => {
    const text = await runAudit([...storyArgs(story), "--format", "text"]);
    expect(text.code).toBe(expected.exit);
    expect(text.stdout.trimEnd().split("\n").at(-1)).toBe(expected.lastLine);
  });
});

describe("an account of a story's configuration", () => {
  it.each(["clean", "denied-region", "shared-group"])("gives the report of the story's snapshot: %s", async (story) => {
    const account = { clean: "clean", "denied-region": "prod", "shared-group": "pools" }[story] ?? "";
    const byAccount = await runAudit([
      "--account",
      account,
      "--config",
      join(EXAMPLES, story, "portolan.yml"),
      "--now",
      NOW,
      "--format",
      "json",
    ]);
    const bySnapshot = await runAudit([...storyArgs(story), "--format", "json"]);
    expect(byAccount.code).toBe(bySnapshot.code);
    expect(reportOf(byAccount).findings).toEqual(reportOf(bySnapshot).findings);
  });
});

describe("the built-in account demo", () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "portolan-demo-"));

  afterAll(() => rmSync(elsewhere, { recursive: true }));

  it("needs no configuration and no credentials, wherever it is run", async () => {
    const run = await runAudit(["--account", "demo", "--format", "json", "--now", NOW], { cwd: elsewhere });
    expect(run.code).toBe(1);
    const fromStory = await runAudit([...storyArgs("demo"), "--format", "json"]);
    expect(reportOf(run).findings).toEqual(reportOf(fromStory).findings);
  });
});
