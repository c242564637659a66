// The template engine of the reports: an isolated Handlebars that knows exactly these helpers, refuses unknown names, and is given plain
// view models only. HTML is escaped by the engine; Markdown templates escape by the helpers `md` and `code`.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import Handlebars from "handlebars";
import { markdownCode, markdownInline, markdownText } from "./escape.ts";

export type Syntax = "html" | "md";

const SHOWN_RESOURCES = 12;

/**
 * Renders `report.<syntax>.hbs` of a folder; its partials are `<name>.<syntax>.hbs` beside it.
 * @param view plain data
 */
export function renderTemplate(folder: string, syntax: Syntax, view: object): string {
  const engine = Handlebars.create();
  engine.registerHelper({
    md: (value: unknown) => markdownText(textOf(value)),
    code: (value: unknown) => markdownCode(textOf(value)),
    inline: (value: unknown) => markdownInline(textOf(value)),
    eq: (a: unknown, b: unknown) => a === b,
    some: (list: readonly unknown[]) => list.length > 0,
    plural: (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`,
    first: (list: readonly unknown[]) => list.slice(0, SHOWN_RESOURCES),
    more: (list: readonly unknown[]) => Math.max(0, list.length - SHOWN_RESOURCES),
    slug: (value: unknown) =>
      textOf(value)
        .replaceAll(/[^a-z0-9]+/giu, "-")
        .toLowerCase(),
  });
  const ending = `.${syntax}.hbs`;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(ending) && name !== `report${ending}`)) {
    engine.registerPartial(basename(file, ending), readFileSync(join(folder, file), "utf8"));
  }
  const template = engine.compile(readFileSync(join(folder, `report${ending}`), "utf8"), {
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: {
      md: true,
      code: true,
      inline: true,
      eq: true,
      some: true,
      plural: true,
      first: true,
      more: true,
      slug: true,
    },
    noEscape: syntax === "md",
    preventIndent: true,
  });
  return template(view);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
