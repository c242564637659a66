// Finds where a text stops being JSON, after JSON.parse has refused it: the engine's own message names a position only sometimes.
// Walks the text once with a stack of its own, so that deep nesting cannot exhaust the program's; builds no values.

export interface JsonError {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** What is wrong there, in words. */
  readonly problem: string;
}

class Stop extends Error {
  readonly offset: number;

  constructor(offset: number, problem: string) {
    super(problem);
    this.offset = offset;
  }
}

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

function matchAt(pattern: RegExp, text: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

function unexpected(text: string, offset: number, expected: string): Stop {
  if (offset >= text.length) return new Stop(offset, `the text ends too early, expected ${expected}`);
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return new Stop(offset, `unexpected ${JSON.stringify(character)}, expected ${expected}`);
}

// By character: one pattern over a string of hundreds of megabytes would exhaust the stack of the regular expression engine.
function endOfString(text: string, offset: number): number {
  let at = offset + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) throw new Stop(at, "control character in a string (a line break must be written as \\n)");
    if (code !== 0x5c) at += 1;
    else {
      const end = matchAt(ESCAPE, text, at);
      if (end < 0) throw new Stop(at, "wrong escape in a string");
      at = end;
    }
  }
  throw new Stop(text.length, "the text ends within a string");
}

/** Offset after the scalar at `offset`. */
function endOfScalar(text: string, offset: number): number {
  if (text[offset] === '"') return endOfString(text, offset);
  const word = matchAt(WORD, text, offset);
  if (word >= 0) return word;
  const number = matchAt(NUMBER, text, offset);
  if (number >= 0) return number;
  throw unexpected(text, offset, "a value");
}

function scan(text: string): void {
  const open: ("{" | "[")[] = [];
  const skip = (from: number): number => matchAt(WHITESPACE, text, from);
  const keyAt = (from: number, expected: string): number => {
    if (text[from] !== '"') throw unexpected(text, from, expected);
    const colon = skip(endOfString(text, from));
    if (text[colon] !== ":") throw unexpected(text, colon, '":"');
    return skip(colon + 1);
  };
  let offset = skip(0);
  for (;;) {
    // A value starts here.
    const character = text[offset];
    if (character === "{" || character === "[") {
      const close = character === "{" ? "}" : "]";
      const inside = skip(offset + 1);
      if (text[inside] !== close) {
        open.push(character);
        offset = character === "{" ? keyAt(inside, 'a name in quotes or "}"') : inside;
        continue;
      }
      offset = inside + 1;
    } else {
      offset = endOfScalar(text, offset);
    }
    // A value ended here: close what it closes, then go to the next one.
    for (;;) {
      offset = skip(offset);
      const within = open.at(-1);
      if (within === undefined) {
        if (offset < text.length) throw new Stop(offset, "more text after the end of the JSON value");
        return;
      }
      const close = within === "{" ? "}" : "]";
      if (text[offset] === ",") {
        offset = skip(offset + 1);
        if (within === "{") offset = keyAt(offset, "a name in quotes");
        break;
      }
      if (text[offset] !== close) throw unexpected(text, offset, `"," or "${close}"`);
      open.pop();
      offset += 1;
    }
  }
}

/**
 * Where and why a text is not JSON.
 * @param text a text that JSON.parse refused
 * @returns the first place that no JSON text can continue from; undefined where the text is JSON after all
 */
export function locateJsonError(text: string): JsonError | undefined {
  if (text.trim() === "") return { line: 1, column: 1, problem: "the file is empty" };
  try {
    scan(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const before = text.slice(0, error.offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    let line = 1;
    for (let at = before.indexOf("\n"); at >= 0; at = before.indexOf("\n", at + 1)) line += 1;
    return { line, column: error.offset - lineStart + 1, problem: error.message };
  }
}
