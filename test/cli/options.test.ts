import { describe, expect, it } from "vitest";
import { UserError } from "../../src/model/index.ts";
import { parseConcurrency, parseFailOn, parseFormats, parseList, parseNow } from "../../src/cli/options.ts";

function lineOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.toLine();
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseFormats", () => {
  it("takes comma lists and repetitions, each format once, in the order of asking", () => {
    expect(parseFormats("html", parseFormats("json,html"))).toEqual(["json", "html"]);
  });

  it("knows markdown by both of its names, in any letter case", () => {
    expect(parseFormats("Markdown,md")).toEqual(["md"]);
  });

  it("offers the nearest name for an unknown one", () => {
    expect(lineOf(() => parseFormats("jsn"))).toMatch(/^--format: unknown format 'jsn'; did you mean json\?$/);
  });

  it("does not take an empty part of a comma list for a format", () => {
    expect(lineOf(() => parseFormats("md,"))).toMatch(/^--format: unknown format ''/);
  });
});

describe("parseFailOn", () => {
  it("takes every severity and none", () => {
    expect(["critical", "high", "medium", "low", "informational", "none"].map(parseFailOn)).toHaveLength(6);
  });

  it("does not take the severities of later releases", () => {
    expect(lineOf(() => parseFailOn("new:high"))).toMatch(/^--fail-on: unknown severity 'new:high'/);
  });
});

describe("parseNow", () => {
  it("takes a day as its first instant in UTC", () => {
    expect(parseNow("2027-03-31").toISOString()).toBe("2027-03-31T00:00:00.000Z");
  });

  it("takes a time with its zone", () => {
    expect(parseNow("2027-03-31T12:00:00+02:00").toISOString()).toBe("2027-03-31T10:00:00.000Z");
  });

  it.each(["2027-02-30", "2027-13-01", "31.03.2027", "2027-03-31T12:00", "1774915200", "", "2027-03-31T25:00:00Z"])(
    "refuses %j",
    (text) => {
      expect(lineOf(() => parseNow(text))).toContain("is not an ISO time; write 2027-03-31");
    },
  );
});

describe("parseConcurrency", () => {
  it.each(["0", "65", "-1", "1.5", "four", "", "1e1"])("refuses %j", (text) => {
    expect(lineOf(() => parseConcurrency(text))).toContain("write 1 to 64");
  });

  it("takes a number of calls", () => {
    expect(parseConcurrency("12")).toBe(12);
  });
});

describe("parseList", () => {
  it("gathers names of a repeatable flag, each once", () => {
    const parse = parseList("--account");
    expect(parse("prod", parse("test, prod"))).toEqual(["test", "prod"]);
  });

  it("refuses an empty name", () => {
    expect(lineOf(() => parseList("--account")("a,,b"))).toMatch(/^--account: a name is empty/);
  });
});
