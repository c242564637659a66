// The JSON report: the result itself, in its own key order.

import type { AuditResult } from "../model/index.ts";

/** The result as JSON with two spaces and a closing newline; schema/report.schema.json describes it. */
export function renderJson(result: AuditResult): string {
  return `${JSON.stringify(result, undefined, 2)}\n`;
}
