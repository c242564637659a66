// Aligned columns for lists on stdout: plain text that reads in a terminal and cuts with awk's default separators.

import { toPlainLine } from "./talk.ts";

/** Rows as lines, each column as wide as its widest cell, two spaces between; no trailing space. */
export function formatColumns(rows: readonly (readonly string[])[], indent = ""): string {
  const cells = rows.map((row) => row.map(toPlainLine));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  return cells
    .map((row) => `${indent}${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}
