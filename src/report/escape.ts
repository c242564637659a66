// Text from clouds, files and pull requests is hostile until it has been through here. Control characters, direction marks and other
// invisible characters are made visible once, for every format; what is special to Markdown is disarmed on top. HTML is escaped by the
// template engine.

/** Control characters, zero-width and direction marks, line separators, and what is no character at all. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex -- they are what this is about
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** The text with every invisible character spelled out: a right-to-left override reads `<U+202E>`. */
export function visible(text: string): string {
  return text.replace(
    INVISIBLE,
    (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/** A copy of plain data in which every string is `visible`. */
export function allVisible<T>(value: T): T {
  if (typeof value === "string") return visible(value) as T;
  if (Array.isArray(value)) return value.map((entry: unknown) => allVisible(entry)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, allVisible(entry as unknown)])) as T;
  }
  return value;
}

/**
 * Text for Markdown as GitHub reads it. Everything special to the syntax is escaped; a word joiner that nobody sees breaks up what later
 * passes would link: mentions, issue numbers, addresses of pages.
 */
export function markdownText(text: string): string {
  return (
    visible(text)
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replace(/[\\`*_[\]~|$]/gu, (character) => `\\${character}`)
      // A list, a heading line or a number starts a block only at the start of a line.
      .replace(/^(\s*)([-+=]|\d+(?=[.)]))/u, (_, space: string, mark: string) =>
        /\d/u.test(mark) ? `${space}${mark}\u2060` : `${space}\\${mark}`,
      )
      .replace(/[@#]/gu, (character) => `\\${character}\u2060`)
      .replace(/:\/\//gu, ":\u2060//")
      .replace(/\bwww\./giu, (word) => `${word.slice(0, -1)}\u2060.`)
      .replace(/\bGH\\?-(?=\d)/giu, (word) => `${word}\u2060`)
  );
}

/** Text inside an HTML tag of a Markdown file, where Markdown itself is not read: mentions and links are, later on. */
export function markdownInline(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[[\]`*$]/gu, (character) => `&#${character.codePointAt(0)};`)
    .replace(/[@#]/gu, (character) => `${character}\u2060`)
    .replace(/:\/\//gu, ":\u2060//")
    .replace(/\bwww\./giu, (word) => `${word.slice(0, -1)}\u2060.`)
    .replace(/\bGH-(?=\d)/giu, (word) => `${word}\u2060`);
}

/** Text as a code span whose fence no run of backticks in it can close; safe inside a table. */
export function markdownCode(text: string): string {
  const shown = visible(text).replaceAll("|", "\\|");
  const longest = Math.max(0, ...Array.from(shown.matchAll(/`+/gu), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || shown.startsWith(" ") || shown.endsWith(" ") || shown === "" ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}
