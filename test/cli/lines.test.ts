import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { lineBatches } from "../../src/cli/lines.ts";

async function numbered(chunks: readonly (string | Uint8Array)[]): Promise<string[]> {
  const input = Readable.from(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)));
  const found: string[] = [];
  for await (const { first, lines } of lineBatches(input)) {
    for (const [index, line] of lines.entries()) found.push(`${first + index}:${line}`);
  }
  return found;
}

describe("lineBatches", () => {
  it("numbers lines across the borders of chunks", async () => {
    expect(await numbered(["a\nb", "b\n\nd", "d\ne\n"])).toEqual(["1:a", "2:bb", "3:", "4:dd", "5:e"]);
  });

  it("takes a last line without its line feed", async () => {
    expect(await numbered(["a\nb"])).toEqual(["1:a", "2:b"]);
  });

  it("leaves carriage returns out, wherever the chunk ends", async () => {
    expect(await numbered(["a\r", "\nb\r\n"])).toEqual(["1:a", "2:b"]);
  });

  it("does not break a character that two chunks share", async () => {
    const bytes = new TextEncoder().encode("é\n");
    expect(await numbered([bytes.subarray(0, 1), bytes.subarray(1)])).toEqual(["1:é"]);
  });

  it("gives nothing for nothing", async () => {
    expect(await numbered([])).toEqual([]);
    expect(await numbered([""])).toEqual([]);
  });
});
