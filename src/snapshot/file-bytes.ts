// Bytes of a file, unpacked where it is gzip or zstd. What a file is, its first bytes say; its name is only a name.
// Streams: no file is ever held whole here.

import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { UserError } from "../model/index.ts";

const CHUNK_BYTES = 1 << 20;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

type Packing = "gzip" | "zstd" | "none";

/** What the first bytes of a file say about its packing. */
function packingOf(firstBytes: Buffer): Packing {
  if (firstBytes.subarray(0, 2).equals(GZIP_MAGIC)) return "gzip";
  if (firstBytes.subarray(0, 4).equals(ZSTD_MAGIC)) return "zstd";
  return "none";
}

function unpacker(packing: "gzip" | "zstd"): Transform {
  const options = { chunkSize: CHUNK_BYTES };
  return packing === "gzip" ? createGunzip(options) : createZstdDecompress(options);
}

/** The sentence for an error of the file system; other errors are given back as they are. */
export function fileError(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "no permission to read it",
    EPERM: "no permission to read it",
    EISDIR: "it is a folder, not a file",
    ENOTDIR: "a part of the path is not a folder",
    ELOOP: "its links lead in a circle",
    ESPIPE: "it is a pipe, not a file",
  };
  const problem = typeof code === "string" ? words[code] : undefined;
  return problem === undefined ? error : new UserError(problem, { position: { file: path }, cause: error });
}

/** True for errors of zlib about cut or damaged input. */
export function isPackingError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    typeof code === "string" &&
    (code.startsWith("Z_") || code.startsWith("ZSTD_") || code === "ERR_TRAILING_JUNK_AFTER_STREAM_END")
  );
}

/**
 * A file's bytes, unpacked, in pieces of about a mebibyte.
 * @throws UserError where the file cannot be opened; errors of unpacking come as zlib gives them (see isPackingError)
 */
export async function* unpackedBytes(path: string): AsyncGenerator<Buffer, void, void> {
  let packing: Packing;
  try {
    const handle = await open(path);
    try {
      const first = Buffer.alloc(4);
      const { bytesRead } = await handle.read(first, 0, first.length, 0);
      packing = packingOf(first.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(path, error);
  }
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (packing === "none") {
    yield* source as AsyncIterable<Buffer>;
    return;
  }
  // The callback is empty on purpose: an error destroys the last stream and so reaches the reader.
  const unpacked = pipeline(source, unpacker(packing), () => {});
  yield* unpacked as AsyncIterable<Buffer>;
}
