// Loads a snapshot from wherever it lies: a folder of AWS CLI answers, one JSON file of answers, or Portolan's own file.
// Gives facts to a consumer; reads nothing but the path it is given.

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { compareCodeUnits, UserError } from "../model/index.ts";
import type { FactConsumer } from "./facts.ts";
import { fileError } from "./file-bytes.ts";
import { readJsonFile } from "./json-text.ts";
import { isPortolanSnapshot, readSnapshotFile } from "./ndjson-reader.ts";
import { prefixListIdOfPath, scopeOfPath } from "./path-scope.ts";
import { type Origin, type ReadAnswer, readAnswers, type ReadError } from "./read-answers.ts";
import { settleAnswers } from "./settle-answers.ts";

const JSON_NAME = /\.json(?:\.gz|\.zst)?$/i;
const SNAPSHOT_NAME = /\.ndjson(?:\.gz|\.zst)?$/i;

/** Files below a folder, "/" between the parts of their paths, in code-unit order. Hidden ones are left alone. */
async function filesBelow(root: string): Promise<readonly string[]> {
  const files: string[] = [];
  // A link may lead back to a folder above it; every real folder is entered once.
  const entered = new Set<string>();
  const enter = async (folder: string): Promise<void> => {
    const path = join(root, folder);
    const real = await realpath(path);
    if (entered.has(real)) return;
    entered.add(real);
    for (const { name } of await readdir(path, { withFileTypes: true })) {
      if (name.startsWith(".")) continue;
      const below = folder === "" ? name : `${folder}/${name}`;
      // A link that leads nowhere stays in the list: reading it says so.
      const found = await stat(join(root, below)).catch(() => undefined);
      if (found?.isDirectory() === true) await enter(below);
      else if (found === undefined || found.isFile()) files.push(below);
    }
  };
  await enter("").catch((error: unknown) => {
    const { path } = error as { readonly path?: unknown };
    throw fileError(typeof path === "string" ? path : root, error);
  });
  return files.toSorted(compareCodeUnits);
}

function originOf(root: string, path: string): Origin {
  const parts = path.split("/");
  const folders = parts.slice(0, -1);
  const outer = resolve(root).split(sep);
  return {
    path,
    fileName: parts.at(-1) ?? path,
    folder: folders.join("/"),
    scope: scopeOfPath(outer, folders),
    prefixListId: prefixListIdOfPath([...outer.slice(-1), ...parts]),
  };
}

interface AnswerFiles {
  /** As the user gave it. */
  readonly source: string;
  readonly root: string;
  /** Files below `root`, in code-unit order. */
  readonly paths: readonly string[];
}

async function loadAnswers({ source, root, paths }: AnswerFiles, consumer: FactConsumer): Promise<void> {
  const answers: ReadAnswer[] = [];
  const errors: ReadError[] = [];
  const skipped: { subject: string; reason: string }[] = [];
  let recognised = false;
  for (const path of paths) {
    const isOneFile = source !== root;
    if (!isOneFile && !JSON_NAME.test(path)) {
      const isSnapshot = SNAPSHOT_NAME.test(path);
      skipped.push({
        subject: path,
        reason: isSnapshot ? "a snapshot file among answers: give the file itself" : "not a .json file",
      });
      continue;
    }
    // oxlint-disable-next-line no-await-in-loop -- one text at a time: several would hold several texts in memory
    const document = readAnswers(await readJsonFile(join(root, path)), originOf(root, path));
    answers.push(...document.answers);
    errors.push(...document.errors);
    skipped.push(...document.skipped);
    recognised ||= document.recognised;
  }
  if (!recognised) throw nothingRecognised(source, skipped);
  const facts = settleAnswers(answers, errors);
  consumer.start({ source, origin: "folder" });
  for (const { scope, type, item } of facts.items) consumer.item(scope, type, item);
  for (const call of facts.calls) consumer.call(call);
  for (const { subject, reason } of skipped) consumer.skipped(subject, reason);
  for (const warning of facts.warnings) consumer.warning(warning);
  consumer.end();
}

function nothingRecognised(source: string, skipped: readonly { subject: string; reason: string }[]): UserError {
  const [first] = skipped;
  const example = first === undefined ? "" : ` (${first.subject}: ${first.reason})`;
  return new UserError(`nothing in it is an AWS CLI answer${example}`, {
    position: { file: source },
    hint: 'give a folder of "aws ec2 describe-* --output json" answers, or a snapshot of "audit collect"',
  });
}

/**
 * Loads a snapshot.
 *
 * Items reach the consumer in file order (Portolan's file) or in code-unit order of their paths (answers), the latter with
 * every thing once. `consumer.end()` is called when everything was read; where this throws, it was not.
 * @param path folder of answers, one file of answers, or Portolan's own file (plain, gzip, zstd)
 * @throws UserError for what a user can put right: no such file, malformed or cut, nothing recognised, too long
 */
export async function loadSnapshot(path: string, consumer: FactConsumer): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (found.isDirectory()) {
    await loadAnswers({ source: path, root: path, paths: await filesBelow(path) }, consumer);
  } else if (SNAPSHOT_NAME.test(path) || (await isPortolanSnapshot(path))) {
    await readSnapshotFile(path, consumer);
  } else {
    await loadAnswers({ source: path, root: dirname(path), paths: [basename(path)] }, consumer);
  }
}
