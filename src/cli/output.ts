// Where reports go, and how they get there. A report is written beside its place and renamed, so that a reader never sees
// half of one; mode 0600, for it names accounts and addresses. Several reports appear together or not at all as far as
// the file system allows: all are written before the first is renamed.

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../model/index.ts";
import { EXTENSIONS, type Format } from "./options.ts";
import { isSystemError } from "./stdout.ts";

export interface Destination {
  readonly format: Format;
  /** A path, or undefined for stdout. */
  readonly path: string | undefined;
}

/** Letters, digits, `.`, `_` and `-` of a name; anything else, which may come from a file's or an account's name, is `-`. */
export function fileNamePart(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[-.]+|[-.]+$/g, "");
  return safe === "" ? "report" : safe;
}

/**
 * Decides where each format goes, before anything is collected. `output` is a file, `-` or a folder (it exists as one or
 * ends in `/`); without it HTML has a file of its own and one other format may go to stdout. Throws UserError where two
 * reports would share one place or the place cannot be written.
 */
export async function planDestinations(
  formats: readonly Format[],
  output: string | undefined,
  name: string,
): Promise<readonly Destination[]> {
  const fileName = (format: Format): string => `portolan-${fileNamePart(name)}.${EXTENSIONS[format]}`;
  if (output === undefined) {
    const plan = formats.map((format) => ({ format, path: format === "html" ? fileName(format) : undefined }));
    if (plan.filter(({ path }) => path === undefined).length > 1) throw severalNeedAFolder(formats);
    for (const { path } of plan) if (path !== undefined) await checkWritable(path);
    return plan;
  }
  if (output === "") throw new UserError("--output: the name is empty", { hint: "name a file, a folder or -" });
  if (output.endsWith("/") || (await isFolder(output))) {
    await checkWritable(join(output, "report"), "folder is made");
    return formats.map((format) => ({ format, path: join(output, fileName(format)) }));
  }
  const [format, ...others] = formats;
  if (format === undefined || others.length > 0) throw severalNeedAFolder(formats);
  if (output === "-") return [{ format, path: undefined }];
  await checkWritable(output);
  return [{ format, path: output }];
}

function severalNeedAFolder(formats: readonly Format[]): UserError {
  return new UserError(`--output: ${formats.length} formats (${formats.join(", ")}) need a folder`, {
    hint: "end it in a slash: -o out/",
  });
}

/** Finds out before a long collection, not after it, that a file could not be written. */
export async function checkWritable(
  path: string,
  missing: "folder is made" | "folder must exist" = "folder must exist",
): Promise<void> {
  if (await isFolder(path)) {
    throw new UserError(`--output: ${path} is a folder`, { hint: "name a file in it" });
  }
  const folder = missing === "folder is made" ? await nearestExisting(dirname(path)) : dirname(path);
  if (!(await exists(folder))) {
    throw new UserError(`--output: there is no folder ${folder}`, {
      hint: "make it first, or end the name in a slash",
    });
  }
  if (!(await isFolder(folder)))
    throw new UserError(`--output: ${folder} is not a folder`, { hint: "name another place" });
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new UserError(`--output: ${folder} cannot be written`, { hint: "name another place", cause });
  }
}

async function nearestExisting(folder: string): Promise<string> {
  const above = dirname(folder);
  return above === folder || (await exists(folder)) ? folder : nearestExisting(above);
}

/** Writes all of them whole, or throws and leaves none half-written. Folders that are missing are made. */
export async function writeWhole(files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  const staged: { readonly temporary: string; readonly target: string }[] = [];
  try {
    for (const { path, text } of files) {
      await mkdir(dirname(path), { recursive: true });
      const target = await targetOf(path);
      if (target === undefined) {
        await writeFile(path, text);
        continue;
      }
      const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
      staged.push({ temporary, target });
      const file = await open(temporary, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    for (const { temporary, target } of staged) await rename(temporary, target);
  } catch (cause) {
    for (const { temporary } of staged) await rm(temporary, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw new UserError(`--output: cannot write ${cause.path ?? "the report"}: ${cause.code}`, {
      hint: "name another place",
      cause,
    });
  }
}

/**
 * The file that a rename may replace: a link is followed, so that it stays a link. Undefined for what must be written in
 * place: a device or a pipe, which a rename would destroy.
 */
async function targetOf(path: string): Promise<string | undefined> {
  if (!(await exists(path))) return path;
  const target = await realpath(path);
  return (await stat(target)).isFile() ? target : undefined;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
