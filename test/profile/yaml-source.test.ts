import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/index.ts";
import { pathText, YamlSource } from "../../src/profile/yaml-source.ts";

function lineOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.toLine();
    throw error;
  }
  return "no error";
}

describe("a YAML text that cannot be read is one line with its place", () => {
  it.each([
    [
      "a key that appears twice",
      "a: 1\nb: 2\na: 3\n",
      "f.yml:3:1: not valid YAML: a key appears twice in one mapping; write each key once",
    ],
    [
      "a tab as indentation",
      "a:\n\tb: 1\n",
      "f.yml:2:1: not valid YAML: a tab is used as indentation; indent with spaces",
    ],
    [
      "a second document",
      "a: 1\n---\nb: 2\n",
      "f.yml:2:1: not valid YAML: a second document begins here; keep one document a file",
    ],
    ["a key that is a list", "? [1, 2]\n: 3\n", "f.yml:1:3: not valid YAML: a key is not text; keys are plain text"],
    ["an unknown tag", "a: !env HOME\n", "f.yml:1:4: not valid YAML: Unresolved tag: !env; leave the tag out"],
    ["an alias of nothing", "a: &x 1\nb: *y\n", "f.yml:2:4: not valid YAML: no anchor &y stands before this alias"],
    ["an unclosed quote", 'a: "b\n', 'f.yml:2:1: not valid YAML: Missing closing "quote'],
    [
      "a colon inside plain text",
      "reason: note: this\n",
      "f.yml:1:9: not valid YAML: Nested mappings are not allowed in compact mappings; check the indentation, and put text that contains a colon in quotes",
    ],
  ])("%s", (_, text, line) => {
    expect(lineOf(() => YamlSource.parse(text, "f.yml"))).toBe(line);
  });

  it("more aliases than anybody writes", () => {
    const text = `a: &a x\nb: [${"*a, ".repeat(200)}]\n`;
    expect(lineOf(() => YamlSource.parse(text, "f.yml"))).toBe(
      "f.yml:2:405: more than 100 aliases; write the values out",
    );
  });

  it("a file that is not there, a folder, and bytes that are no text", () => {
    const folder = mkdtempSync(join(tmpdir(), "portolan-yaml-"));
    try {
      const file = join(folder, "a.yml");
      expect(lineOf(() => YamlSource.read(file, "a.yml"))).toBe("a.yml: cannot be read (no such file)");
      expect(lineOf(() => YamlSource.read(folder, "a.yml"))).toBe("a.yml: cannot be read (it is a folder)");
      writeFileSync(file, Uint8Array.of(0x61, 0x3a, 0x20, 0xff));
      expect(lineOf(() => YamlSource.read(file, "a.yml"))).toBe("a.yml: is not UTF-8 text");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the place of a value", () => {
  const source = YamlSource.parse(
    "# comment\nlist:\n  - {a: 1, b: two}\n  - a: 3\nempty:\nshared: &s\n  x: 1\nagain: *s\n",
    "f.yml",
  );
  const at = (path: readonly (string | number)[], which?: "key"): string => {
    const { line, column } = source.position(path, which);
    return `${line}:${column}`;
  };

  it("is where the value begins, or its key", () => {
    expect(at(["list", 0, "b"])).toBe("3:15");
    expect(at(["list", 0, "b"], "key")).toBe("3:12");
    expect(at(["list", 1])).toBe("4:5");
    expect(at(["list", 1, "a"])).toBe("4:8");
  });

  it("is the mapping that lacks a missing key, the key of an empty value, and the anchor behind an alias", () => {
    expect(at(["list", 1, "b"])).toBe("4:5");
    expect(at(["empty"], "key")).toBe("5:1");
    expect(at(["again", "x"])).toBe("7:6");
    expect(at([])).toBe("2:1");
  });

  it("is the first line of an empty text", () => {
    expect(YamlSource.parse("", "f.yml").position(["a"])).toEqual({ file: "f.yml", line: 1, column: 1 });
  });
});

it("keys that look like numbers or constructors stay text of their own", () => {
  const source = YamlSource.parse("{10: a, true: b, constructor: c, null: d}", "f.yml");
  expect(Object.entries(source.data as object)).toEqual([
    ["10", "a"],
    ["true", "b"],
    ["constructor", "c"],
    ["null", "d"],
  ]);
});

it("a path reads as it would be typed", () => {
  expect(pathText(["clusters", 0, "roles", "etcd_nodes"])).toBe("clusters[0].roles.etcd_nodes");
});
