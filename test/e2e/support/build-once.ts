// Brings dist/ up to date before the first test: the end-to-end tests spawn the built command, as a user would.
// It is built only when a source is newer than the bundle, so that a repeated run does not pay for it.

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

export function setup(): void {
  const bundle = join(root, "dist/bin/audit.js");
  const builtAt = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  const newest = Math.max(
    ...["package.json", "tsdown.config.ts"].map((file) => statSync(join(root, file)).mtimeMs),
    ...readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  );
  if (newest < builtAt) return;
  // Built beside and put in place whole: another run of the tests may be using the older one.
  const fresh = mkdtempSync(join(root, "dist-"));
  const tsdown = join(root, "node_modules/tsdown/dist/run.mjs");
  const build = spawnSync(process.execPath, [tsdown, "--logLevel", "warn", "--out-dir", fresh], {
    cwd: root,
    encoding: "utf8",
  });
  const older = `${fresh}-older`;
  try {
    if (build.status !== 0) throw new Error(`the build failed:\n${build.stdout}\n${build.stderr}`);
    if (existsSync(join(root, "dist"))) renameSync(join(root, "dist"), older);
    chmodSync(fresh, 0o755);
    renameSync(fresh, join(root, "dist"));
  } finally {
    for (const folder of [fresh, older]) rmSync(folder, { recursive: true, force: true });
  }
}
