// Ids and digests of findings. An id names a cause and stays the same while its size changes; a digest names the exact traffic.
// Neither holds node ids, member addresses, rule ids, order or descriptions (docs/judging.md, 4).

import { createHash } from "node:crypto";

/** 16 hex digits over the parts; parts cannot run into each other. */
export function fingerprint(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
