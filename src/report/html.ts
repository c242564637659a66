// The HTML report: one file that asks nothing of any other host, opens from a disk, and runs only the script whose hash it names.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditResult } from "../model/index.ts";
import { renderTemplate } from "./templates.ts";
import { viewOf, type FindingView, type ReportView } from "./view-model.ts";

/** Beyond this many findings the rest stand in short, so that the file stays small enough to open and filter at once. */
const FULL_FINDINGS = 600;

interface ShortenedGroup {
  readonly severity: string;
  readonly findings: readonly FindingView[];
  readonly short: readonly FindingView[];
}

/** Renders with the templates, the style and the script of a folder. */
export function renderHtml(result: AuditResult, { templates }: { readonly templates: string }): string {
  const style = readFileSync(join(templates, "report.css"), "utf8");
  const script = readFileSync(join(templates, "report.js"), "utf8");
  const view = viewOf(result);
  const html = renderTemplate(templates, "html", {
    ...view,
    groups: shorten(view),
    // Leaving what is off screen unlaid pays only where there is much of it.
    isLong: result.findings.length > 100,
    clusterNames: [...new Set(result.findings.flatMap((finding) => finding.cluster ?? []))].sort(),
    policy: `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`,
  });
  // The two assets are ours and hold no outside text; they go in last and as they are, because their hashes are of these bytes.
  return html.replace("/*STYLE*/", () => style).replace("/*SCRIPT*/", () => script);
}

function shorten(view: ReportView): ShortenedGroup[] {
  let room = FULL_FINDINGS;
  return view.groups.map(({ severity, findings }) => {
    const full = findings.slice(0, room);
    room -= full.length;
    return { severity, findings: full, short: findings.slice(full.length) };
  });
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
