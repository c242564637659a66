// Writes the snapshot folders of the example stories: `node test/examples/build/main.ts`. What it writes is committed; a test holds the
// files on disk against it. Files that no story makes any more are removed.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { clean } from "./clean.ts";
import { demo } from "./demo.ts";
import { deniedRegion } from "./denied-region.ts";
import { sharedGroup } from "./shared-group.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";

export const EXAMPLES = join(import.meta.dirname, "../../../examples");

/** Every story with what its snapshot folder holds. */
export const STORIES: Readonly<Record<string, () => SnapshotFiles>> = {
  clean,
  demo,
  "denied-region": deniedRegion,
  "shared-group": sharedGroup,
};

/** Paths of the files below a folder, sorted; none where the folder is not there. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  } catch {
    return [];
  }
}

function writeStory(name: string, files: SnapshotFiles): void {
  const folder = join(EXAMPLES, name, "snapshot");
  for (const path of listFiles(folder)) if (!files.has(path)) rmSync(join(folder, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

if (import.meta.main) for (const [name, story] of Object.entries(STORIES)) writeStory(name, story());
