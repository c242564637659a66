// Which configuration a run uses: the one that is named, else the nearest portolan.yml upward from the working folder.

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "../model/index.ts";

const NAMES = ["portolan.yml", "portolan.yaml"] as const;

/**
 * The path of the configuration, absolute; undefined where none is named and none is found.
 * @param cwd the folder that the search begins in and that a relative `explicit` starts from
 * @param explicit the file that --config names; it must be there
 * Throws UserError where the named file is missing, or where one folder holds both spellings.
 */
export function findConfig(cwd: string, explicit?: string): string | undefined {
  if (explicit !== undefined) {
    const path = resolve(cwd, explicit);
    if (!existsSync(path))
      throw new UserError("there is no such configuration", { position: { file: explicit }, hint: "check --config" });
    return path;
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found.length > 1)
      throw new UserError(`two configurations lie side by side: ${NAMES.join(" and ")}`, {
        position: { file: folder },
        hint: "keep one, or name it with --config",
      });
    if (found[0] !== undefined) return found[0];
    if (dirname(folder) === folder) return undefined;
  }
}
