// The report for a terminal: a verdict, what was not seen, the matrices in short, the findings with their witnesses, the closing count.

import { styleText } from "node:util";
import Table from "cli-table3";
import type { AuditResult, CellStatus, Severity } from "../model/index.ts";
import { viewOf, type ClusterView, type FindingView, type MatrixCell } from "./view-model.ts";

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

type Style = Parameters<typeof styleText>[0];

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  critical: ["bold", "red"],
  high: "red",
  medium: "yellow",
  low: "cyan",
  informational: "gray",
};
const STATUS_STYLE: Readonly<Record<CellStatus, Style>> = {
  missing: "red",
  unknown: "magenta",
  wider: "yellow",
  not_judged: "gray",
  satisfied: "green",
  local: "gray",
  not_applicable: "gray",
};

/** Renders for a terminal of the given width. */
export function renderText(result: AuditResult, { color, width }: TextOptions): string {
  const view = viewOf(result);
  const paint = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const wide = Math.max(40, Math.min(width, 120));
  const lines: string[] = [
    paint("bold", view.headline),
    view.subline,
    ...view.documents.map((document) => `  against ${document}`),
    "",
  ];
  if (view.unseen.length > 0)
    lines.push(paint(["bold", "magenta"], "Not seen"), ...view.unseen.flatMap((line) => wrap(line, wide, "  ")), "");
  if (view.gaps.length > 0) lines.push("Known gaps", ...view.gaps.flatMap((line) => wrap(line, wide, "  ")), "");
  for (const cluster of view.clusters) lines.push(...clusterLines(cluster, paint, wide), "");
  for (const { severity, findings } of view.groups) {
    for (const finding of findings)
      lines.push(...findingLines(finding, paint(SEVERITY_STYLE[severity], severity.toUpperCase()), wide), "");
  }
  if (view.waived.length > 0)
    lines.push(
      `Waived: ${view.waived.length}`,
      ...view.waived.flatMap((finding) =>
        wrap(`${finding.title} (${finding.waiver?.owner ?? ""}, until ${finding.waiver?.expires ?? ""})`, wide, "  "),
      ),
      "",
    );
  if (view.hygiene.length > 0) {
    lines.push("Hygiene (not counted)");
    for (const finding of view.hygiene) lines.push(...findingLines(finding, "tidy", wide));
    lines.push("");
  }
  for (const { resource, name, profile, rules } of view.result.recognised) {
    const off = rules.filter((rule) => rule.status !== "present");
    lines.push(
      ...wrap(
        `${name} (${resource}) is the group of a node driver (${profile}): ${rules.length - off.length} of its rules as made${off.length === 0 ? "." : `, ${off.map((rule) => `${rule.status} ${rule.text}`).join("; ")}.`}`,
        wide,
        "",
      ),
    );
  }
  for (const note of view.result.notes) lines.push(...wrap(note, wide, ""));
  for (const { scope, call, reason } of view.result.coverage.not_asked)
    lines.push(...wrap(`Not asked in ${scope}: ${call} (${reason}).`, wide, ""));
  const { skipped } = view.result.coverage;
  for (const { subject, reason } of skipped.slice(0, 10))
    lines.push(...wrap(`Skipped: ${subject} (${reason}).`, wide, ""));
  if (skipped.length > 10) lines.push(`Skipped: ${skipped.length - 10} more; the JSON report names them.`);
  lines.push("", paint("bold", view.result.lastLine));
  return `${lines.join("\n").replaceAll(/\n{3,}/g, "\n\n")}\n`;
}

function clusterLines(cluster: ClusterView, paint: (style: Style, text: string) => string, width: number): string[] {
  const { columns, rows } = cluster.matrix;
  if (rows.length === 0) return [];
  const lines = [`${cluster.name}: from (down) to (across)`];
  const columnWidth = Math.floor((width - 2 - columns.length - 1 - 20) / columns.length);
  if (columnWidth < 12) {
    for (const row of rows)
      for (const cell of row.cells)
        if (cell.status !== "empty")
          lines.push(
            `  ${row.title} -> ${columns.find(({ role }) => role === cell.to)?.title ?? cell.to}: ${cellText(cell, paint)} (${cell.brief})`,
          );
    return lines;
  }
  const table = new Table({
    head: ["", ...columns.map(({ title }) => title)],
    colWidths: [20, ...columns.map(() => columnWidth)],
    wordWrap: true,
    style: { head: [], border: [], compact: true, "padding-left": 1, "padding-right": 0 },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of rows)
    table.push([row.title, ...row.cells.map((cell) => (cell.status === "empty" ? "" : cellText(cell, paint)))]);
  return [...lines, table.toString()];
}

function cellText(cell: MatrixCell, paint: (style: Style, text: string) => string): string {
  return cell.status === "empty" ? "" : paint(STATUS_STYLE[cell.status], cell.word);
}

function findingLines(finding: FindingView, severity: string, width: number): string[] {
  const lines = [`${severity}  ${finding.title}`];
  const add = (text: string): void => {
    if (text !== "") lines.push(...wrap(text, width, "    "));
  };
  if (finding.witness !== null) add(finding.witness.text);
  add(finding.reason);
  for (const { resource, name, rule, text, description } of finding.evidence.slice(0, 8)) {
    add(
      `rule ${rule ?? "(no id)"} of ${name === "" ? resource : `${name} (${resource})`}: ${text}${description === "" ? "" : ` "${description}"`}`,
    );
  }
  if (finding.evidence.length > 8) add(`and ${finding.evidence.length - 8} more rules`);
  const names = finding.endpoints.map(({ id, name }) => (name === "" ? id : name));
  if (names.length > 0)
    add(`on ${names.slice(0, 6).join(", ")}${names.length > 6 ? ` and ${names.length - 6} more` : ""}`);
  add(`${finding.place}  id ${finding.id}`);
  return lines;
}

/** Breaks at spaces; a word longer than the line stays whole. */
function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(indent + line);
  return lines;
}
