// What the command prints as JSON is what the published schema says.

import { expect, it } from "vitest";
import { reportSchema } from "../../src/report/json-schema.ts";
import { runAudit } from "./support/run-audit.ts";

it("prints a report that its schema describes", async () => {
  const { stdout } = await runAudit(["--account", "demo", "--format", "json", "--hygiene"]);
  const report = reportSchema.parse(JSON.parse(stdout));
  expect(report.findings.length).toBeGreaterThan(0);
  expect(report.hygiene.map(({ rule }) => rule)).toContain("stale-reference");
});
