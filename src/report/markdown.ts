// The Markdown report, as GitHub shows it: verdict, what was not seen, matrices, findings with folded details, coverage.

import type { AuditResult } from "../model/index.ts";
import { renderTemplate } from "./templates.ts";
import { viewOf } from "./view-model.ts";

/** Renders with the templates of a folder. */
export function renderMarkdown(result: AuditResult, { templates }: { readonly templates: string }): string {
  const text = renderTemplate(templates, "md", viewOf(result));
  return `${text.replaceAll(/\n{3,}/g, "\n\n").trim()}\n`;
}
