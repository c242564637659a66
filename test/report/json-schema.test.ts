// The published schema of the JSON report against reports, and against the file that is shipped.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/report/json.ts";
import { reportJsonSchema, reportSchema } from "../../src/report/json-schema.ts";
import { hostileResult, result } from "./fixture.ts";

describe("the schema of the JSON report", () => {
  it("is the file that ships: node schema/generate.ts writes it anew", () => {
    const shipped = readFileSync(join(import.meta.dirname, "../../schema/report.schema.json"), "utf8");
    expect(shipped).toBe(reportJsonSchema());
  });

  it.each([
    ["a report", result()],
    ["a hostile one", hostileResult()],
  ])("holds of %s", (_, report) => {
    expect(() => reportSchema.parse(JSON.parse(renderJson(report)))).not.toThrow();
  });

  it("does not hold of a finding without its digest", () => {
    const [first] = result().findings;
    const { digest: _digest, ...rest } = first ?? {};
    expect(reportSchema.safeParse({ ...result(), findings: [rest] }).success).toBe(false);
  });
});
