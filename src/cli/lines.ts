// A stream of bytes as numbered lines, as they come: an endless input is answered while it runs.

/** Lines that have arrived together, so that their answers can leave together. */
export interface LineBatch {
  /** 1-based number of the first of them. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** Splits at line feeds, with or without a carriage return; what follows the last one is a line unless it is empty. */
export async function* lineBatches(input: AsyncIterable<Uint8Array>): AsyncGenerator<LineBatch> {
  const decoder = new TextDecoder("utf-8");
  let first = 1;
  let rest = "";
  for await (const chunk of input) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    if (parts.length === 0) continue;
    yield { first, lines: parts.map(withoutReturn) };
    first += parts.length;
  }
  rest += decoder.decode();
  if (rest !== "") yield { first, lines: [withoutReturn(rest)] };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
