// The picture in docs/architecture.md is kept by the linter. This test holds the linter to it: files that break each
// direction are written into an empty tree with the project's own lint configuration, and each must be reported.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Folder of the importing file -> what it must not and what it may import. */
const DIRECTIONS: Record<string, { readonly forbidden: readonly string[]; readonly allowed: readonly string[] }> = {
  net: { forbidden: ["../model/index.ts", "node:fs", "node:crypto", "zod"], allowed: ["./interval-set.ts"] },
  model: { forbidden: ["../engine/world.ts", "../net/ip-set.ts", "node:fs", "zod"], allowed: ["../net/index.ts"] },
  "providers/aws": {
    forbidden: [
      "../../engine/world.ts",
      "../../collect/aws/client.ts",
      "../../snapshot/load.ts",
      "@aws-sdk/client-ec2",
    ],
    allowed: ["../../model/index.ts", "../../net/index.ts", "../../snapshot/facts.ts"],
  },
  engine: {
    forbidden: [
      "node:fs",
      "@aws-sdk/client-ec2",
      "../report/html.ts",
      "../judge/judge.ts",
      "../snapshot/load.ts",
      "yaml",
    ],
    allowed: ["../providers/aws/rules.ts", "../model/index.ts", "node:crypto", "../snapshot/facts.ts"],
  },
  judge: { forbidden: ["node:fs", "../config/load.ts", "../cli/main.ts"], allowed: ["../engine/world.ts"] },
  snapshot: { forbidden: ["../engine/world.ts", "@aws-sdk/client-ec2"], allowed: ["node:fs", "../model/index.ts"] },
  "collect/aws": {
    forbidden: ["../../engine/world.ts", "../../cli/main.ts", "handlebars"],
    allowed: ["@aws-sdk/client-ec2", "../../snapshot/facts.ts", "p-retry"],
  },
  profile: { forbidden: ["../config/load.ts", "../engine/world.ts", "commander"], allowed: ["yaml", "zod"] },
  config: { forbidden: ["../cli/main.ts", "../report/html.ts"], allowed: ["../profile/library.ts", "yaml"] },
  report: { forbidden: ["../judge/judge.ts", "../engine/world.ts", "commander"], allowed: ["handlebars", "node:fs"] },
  cli: {
    forbidden: ["handlebars", "@aws-sdk/client-ec2", "../bin/audit.ts"],
    allowed: ["commander", "../judge/judge.ts"],
  },
  bin: { forbidden: ["../judge/judge.ts", "../report/html.ts", "commander"], allowed: ["../cli/main.ts"] },
};

let tree = "";
let reported: ReadonlySet<string> = new Set();

function fileFor(folder: string, specifier: string): string {
  return `src/${folder}/${specifier.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "")}.ts`;
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "portolan-lint-"));
  copyFileSync(join(root, ".oxlintrc.json"), join(tree, ".oxlintrc.json"));
  for (const [folder, { forbidden, allowed }] of Object.entries(DIRECTIONS)) {
    for (const specifier of [...forbidden, ...allowed]) {
      const file = join(tree, fileFor(folder, specifier));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `import { thing } from "${specifier}";\nthing();\n`);
    }
  }
  const lint = spawnSync(process.execPath, [join(root, "node_modules/oxlint/bin/oxlint"), "--format", "json", "."], {
    cwd: tree,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(lint.stdout) as { diagnostics: readonly { code: string; filename: string }[] };
  reported = new Set(
    diagnostics.filter(({ code }) => code.includes("no-restricted-imports")).map(({ filename }) => filename),
  );
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe.each(Object.entries(DIRECTIONS))("src/%s", (folder, { forbidden, allowed }) => {
  it.each(forbidden)("must not import %s", (specifier) => {
    expect(reported).toContain(fileFor(folder, specifier));
  });

  it.each(allowed)("may import %s", (specifier) => {
    expect(reported).not.toContain(fileFor(folder, specifier));
  });
});

it("covers every folder under src that holds code", () => {
  const known = new Set(Object.keys(DIRECTIONS).map((folder) => folder.split("/")[0]));
  const folders = readdirSync(join(root, "src"), { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() &&
        readdirSync(join(root, "src", entry.name), { recursive: true }).some((name) => String(name).endsWith(".ts")),
    )
    .map((entry) => entry.name);
  expect(folders.filter((folder) => !known.has(folder))).toEqual([]);
});
