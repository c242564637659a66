// A folder for one test to work in. Above it lies an empty configuration, so that none of the machine's own is found upward.

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface WorkFolder {
  readonly path: string;
  remove(): void;
}

/** Makes the folder, empty. */
export function makeWorkFolder(): WorkFolder {
  const base = mkdtempSync(join(tmpdir(), "portolan-test-"));
  writeFileSync(join(base, "portolan.yml"), "version: 1\n");
  const path = join(base, "work");
  mkdirSync(path);
  return { path, remove: () => rmSync(base, { recursive: true, force: true }) };
}

/** Whether a configuration lies in a folder or above it. */
export function hasConfigurationAbove(folder: string): boolean {
  if (existsSync(join(folder, "portolan.yml"))) return true;
  return dirname(folder) !== folder && hasConfigurationAbove(dirname(folder));
}
