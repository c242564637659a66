// `audit`: facts in, report out. Reads top to bottom: settle what is asked, read the facts, judge, write, decide the exit code.

import { join } from "node:path";
import { WorldBuilder } from "../../engine/world.ts";
import { judge } from "../../judge/judge.ts";
import { assertNever, type AuditResult } from "../../model/index.ts";
import { wantsColor } from "../color.ts";
import { EXIT, exitCodeOf, type ExitCode, type FailOn } from "../exit-code.ts";
import type { Format } from "../options.ts";
import { type Destination, planDestinations, writeWhole } from "../output.ts";
import { packageRoot, packageVersion } from "../package-root.ts";
import type { CloudFlags, TalkFlags } from "../program.ts";
import { readFacts } from "../read-facts.ts";
import { createTalk, type Talk } from "../talk.ts";
import { writeStdout } from "../stdout.ts";
import { settleTask, type TaskOptions } from "../task.ts";

export interface AuditOptions extends TaskOptions, CloudFlags, TalkFlags {
  readonly format?: readonly Format[];
  readonly output?: string;
  readonly failOn: FailOn;
  readonly now?: Date;
  readonly hygiene?: boolean;
}

/** Audits and writes every report whole, whatever the exit code. Throws UserError before anything is written. */
export async function audit(options: AuditOptions): Promise<ExitCode> {
  const talk = createTalk(process.stderr, options);
  const task = await settleTask(options, talk);
  const destinations = await planDestinations(options.format ?? ["text"], options.output, task.name);
  const builder = new WorldBuilder();
  const accountNames = await readFacts(task, builder, options, talk);
  const world = builder.build();
  const result = judge(world, world.coverage, task.plan, {
    toolVersion: packageVersion(),
    now: (options.now ?? new Date()).toISOString(),
    hygiene: options.hygiene ?? false,
    accountNames,
  });
  await writeReports(result, destinations, options, talk);
  const code = exitCodeOf(result, options.failOn);
  if (code === EXIT.incomplete) talk.always(`audit: incomplete: ${describeFailures(result)}`);
  return code;
}

async function writeReports(
  result: AuditResult,
  destinations: readonly Destination[],
  options: AuditOptions,
  talk: Talk,
): Promise<void> {
  const reports: { readonly path: string | undefined; readonly text: string }[] = [];
  for (const { format, path } of destinations) {
    const color = path === undefined && wantsColor(options.color, process.env, process.stdout.isTTY);
    reports.push({ path, text: await render(result, format, color) });
  }
  await writeWhole(reports.flatMap(({ path, text }) => (path === undefined ? [] : [{ path, text }])));
  for (const { path } of reports) if (path !== undefined) talk.note(`report: ${path}`);
  for (const { path, text } of reports) if (path === undefined) await writeStdout(text);
  // The text report on stdout ends with it.
  if (!destinations.some(({ format, path }) => format === "text" && path === undefined)) talk.note(result.lastLine);
}

async function render(result: AuditResult, format: Format, color: boolean): Promise<string> {
  const templates = join(packageRoot(), "templates");
  switch (format) {
    case "html": {
      const { renderHtml } = await import("../../report/html.ts");
      return renderHtml(result, { templates });
    }
    case "md": {
      const { renderMarkdown } = await import("../../report/markdown.ts");
      return renderMarkdown(result, { templates });
    }
    case "json": {
      const { renderJson } = await import("../../report/json.ts");
      return renderJson(result);
    }
    case "text": {
      const { renderText } = await import("../../report/text.ts");
      return renderText(result, { color, width: process.stdout.isTTY ? process.stdout.columns : 100 });
    }
    default:
      return assertNever(format);
  }
}

function describeFailures({ coverage }: AuditResult): string {
  const open = coverage.failed.filter((call) => call.knownGap === null);
  const scopes = [...new Set(open.map((call) => call.scope))];
  const calls = open.length === 1 ? "1 call was" : `${open.length} calls were`;
  const shown = scopes.slice(0, 5).join(", ");
  return `${calls} not answered in ${scopes.length > 5 ? `${shown} and ${scopes.length - 5} more` : shown}`;
}
