// Folders that a test fills and that vanish after it.
// Each is new and empty, so that no test sees what another one left.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A new empty folder, removed when the test is finished. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "portolan-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A new folder with files in it.
 * @param files content by path; what is neither text nor bytes is written as JSON
 */
export function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = emptyFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    const isRaw = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(join(folder, path), isRaw ? content : JSON.stringify(content));
  }
  return folder;
}
