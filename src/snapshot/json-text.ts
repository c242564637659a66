// Reads one JSON text from a file: UTF-8 or, as some shells write it, UTF-16 with a byte order mark; packed or not.
// A text over the engine's string limit cannot be parsed in one piece and is refused before it is read.

import { constants } from "node:buffer";
import { stat } from "node:fs/promises";
import { UserError } from "../model/index.ts";
import { fileError, isPackingError, unpackedBytes } from "./file-bytes.ts";
import { locateJsonError } from "./json-error.ts";

/** The longest string of the engine: 512 MiB less a few bytes. */
export const LONGEST_TEXT = constants.MAX_STRING_LENGTH;

function tooLong(path: string): UserError {
  return new UserError("one JSON text over 512 MiB cannot be read", {
    position: { file: path },
    hint: 'use "audit collect", whose snapshots are read line by line',
  });
}

function decode(path: string, bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString("utf16le", 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    throw new UserError("the text is UTF-16 in big-endian order", {
      position: { file: path, line: 1, column: 1 },
      hint: "save it as UTF-8",
    });
  }
  const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString("utf8", isMarked ? 3 : 0);
}

/**
 * Parses JSON that came from outside.
 * @param file path for the error
 * @param firstLine number of the text's first line within the file, 1-based
 * @throws UserError with file:line:column of the first place that cannot be JSON
 */
export function parseJson(text: string, file: string, firstLine = 1): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = locateJsonError(text) ?? { line: 1, column: 1, problem: "not JSON" };
    throw new UserError(`not JSON: ${found.problem}`, {
      position: { file, line: firstLine + found.line - 1, column: found.column },
      cause,
    });
  }
}

/**
 * The value of a JSON file.
 * @param path file, plain or gzip or zstd
 * @param longest limit in bytes, for tests; the engine's own by default
 * @throws UserError where it cannot be opened, is too long, cut, or not JSON
 */
export async function readJsonFile(path: string, longest: number = LONGEST_TEXT): Promise<unknown> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (size > longest) throw tooLong(path);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unpackedBytes(path)) {
      length += chunk.length;
      if (length > longest) throw tooLong(path);
      chunks.push(chunk);
    }
  } catch (error) {
    if (!isPackingError(error)) throw error;
    throw new UserError("the packed file is cut or damaged", {
      position: { file: path },
      hint: "write it again",
      cause: error,
    });
  }
  return parseJson(decode(path, Buffer.concat(chunks, length)), path);
}
