// Where the package's own data lies: profiles/, templates/, schema/, examples/demo/. The command runs from src/ (tests),
// from dist/ (built) and from an installed copy, at different depths, so the folder is found by its package.json.

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let found: string | undefined;

/** The folder that holds Portolan's package.json. Throws (a defect) where the installation is incomplete. */
export function packageRoot(): string {
  if (found !== undefined) return found;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      found = folder;
      return folder;
    }
    if (dirname(folder) === folder) throw new Error(`no package.json above ${start}: the installation is incomplete`);
  }
}

/** The version in package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) return String(manifest.version);
  throw new Error("package.json states no version");
}
