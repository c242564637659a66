import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { locateJsonError } from "../../src/snapshot/json-error.ts";

describe("the place where a text stops being JSON", () => {
  it.each([
    ['{"a":1,}', 1, 8, 'unexpected "}", expected a name in quotes'],
    ['{"a" 1}', 1, 6, 'unexpected "1", expected ":"'],
    ['{\n  "a": [1,\n  tru]}', 3, 3, 'unexpected "t", expected a value'],
    ["[1,2", 1, 5, 'the text ends too early, expected "," or "]"'],
    ['{"a":', 1, 6, "the text ends too early, expected a value"],
    ['["abc', 1, 6, "the text ends within a string"],
    ["[01]", 1, 3, 'unexpected "1", expected "," or "]"'],
    ['{"a":"x\ny"}', 1, 8, "control character in a string (a line break must be written as \\n)"],
    ['["\\x"]', 1, 3, "wrong escape in a string"],
    ['{"a":1]', 1, 7, 'unexpected "]", expected "," or "}"'],
    ['{"a":1}\n{"b":2}', 2, 1, "more text after the end of the JSON value"],
    ["An error occurred", 1, 1, 'unexpected "A", expected a value'],
    ["\u{1F600}", 1, 1, 'unexpected "\u{1F600}", expected a value'],
    ["", 1, 1, "the file is empty"],
    [" \n\n", 1, 1, "the file is empty"],
  ])("of %j is line %i, column %i", (text, line, column, problem) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(locateJsonError(text)).toEqual({ line, column, problem });
  });

  it("is none exactly where JSON.parse takes the text", () => {
    const anyText = fc.oneof(
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), fc.string()).map(([text, at, piece]) => {
        const offset = at % (text.length + 1);
        return text.slice(0, offset) + piece + text.slice(offset);
      }),
      fc.tuple(fc.json(), fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
      fc.string({ unit: fc.constantFrom(...Array.from('{}[],:"\\u0e1-+.tfn \n')) }),
    );
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(anyText, (text) => {
        expect(locateJsonError(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it("is found behind a string of many megabytes and under a million brackets", () => {
    const long = `["${"x".repeat(20_000_000)}",]`;
    expect(locateJsonError(long)).toMatchObject({ column: 20_000_005 });
    expect(locateJsonError("[".repeat(1_000_000))).toMatchObject({ column: 1_000_001 });
  });
});
