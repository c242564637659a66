// `audit profiles`: the documented requirements that ship with the program, with the document and date of each.

import { join } from "node:path";
import type { Condition, Profile, Requirement } from "../../model/index.ts";
import { loadProfiles } from "../../profile/load.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { writeStdout } from "../stdout.ts";
import { packageRoot } from "../package-root.ts";
import { formatColumns } from "../table.ts";

/** The shipped profiles. */
async function shipped(): ReturnType<typeof loadProfiles> {
  return loadProfiles(join(packageRoot(), "profiles"));
}

/** One line a profile: id, kind, document, version, date. */
export async function listProfiles(): Promise<ExitCode> {
  const library = await shipped();
  const rows = library
    .list()
    .map(({ id, title, source }) => [id, source.date, title, `${source.document} ${source.version}`.trim()]);
  await writeStdout(formatColumns([["PROFILE", "DATE", "TITLE", "DOCUMENT"], ...rows]));
  return EXIT.clean;
}

/** Everything of one profile that a reader of its document would look for. Throws UserError with the nearest id. */
export async function showProfile(id: string): Promise<ExitCode> {
  await writeStdout(describeProfile((await shipped()).get(id)));
  return EXIT.clean;
}

function describeProfile(profile: Profile): string {
  const { source } = profile;
  const head = [
    ["id", profile.id],
    ["title", profile.title],
    ["document", source.document],
    ["section", source.section],
    ["version", source.version],
    ["date", source.date],
    ["url", source.url ?? ""],
  ].filter(([, value]) => value !== "");
  const closed = profile.closed.map(({ from, to }) => `  ${from} -> ${to}\n`).join("");
  return [
    formatColumns(head),
    section(
      "Roles",
      formatColumns(
        profile.roles.map((role) => [role.name, role.kind, role.title]),
        "  ",
      ),
    ),
    section("Rows", formatColumns(profile.rows.map(describeRow), "  ")),
    section(
      "Rules of such a group",
      formatColumns(
        profile.observed.map((rule) => [rule.id, rule.direction, rule.transport.describe(), rule.peer, rule.purpose]),
        "  ",
      ),
    ),
    section(
      "Sensitive ports",
      formatColumns(
        profile.kind === "baseline"
          ? profile.portNames.map((port) => [port.name, port.transport.describe(), port.portClass, port.title])
          : [],
        "  ",
      ),
    ),
    section("Complete for", closed),
    section("Notes", profile.notes.map((note) => `  ${note}\n`).join("")),
  ].join("");
}

function section(title: string, body: string): string {
  return body === "" ? "" : `\n${title}\n${body}`;
}

function describeRow(row: Requirement): readonly string[] {
  const need = row.need.kind === "any-of" ? `any of ${row.need.name}` : row.need.kind;
  return [
    row.id,
    `${row.from} -> ${row.to}`,
    `${row.protocolText} ${row.portsText}`.trim(),
    row.local ? "local" : need,
    row.purpose + (row.when === undefined ? "" : ` (${describeCondition(row.when)})`),
  ];
}

function describeCondition({ facts }: Condition): string {
  const parts = facts.map(
    ({ fact, values, negated }) => `${fact} ${negated ? "is not" : "is"} ${values.map(String).join(" or ")}`,
  );
  return `when ${parts.join(" and ")}`;
}
