import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  lstatSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileNamePart, planDestinations, writeWhole } from "../../src/cli/output.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-output-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("planDestinations", () => {
  it("gives HTML a file of its own and sends another format to stdout", async () => {
    expect(await planDestinations(["html", "json"], undefined, "prod")).toEqual([
      { format: "html", path: "portolan-prod.html" },
      { format: "json", path: undefined },
    ]);
  });

  it("does not send two formats to one stdout", async () => {
    await expect(planDestinations(["md", "json"], undefined, "prod")).rejects.toThrow("need a folder");
    await expect(planDestinations(["md", "json"], "-", "prod")).rejects.toThrow("need a folder");
  });

  it("takes a name that ends in a slash for a folder, there or not", async () => {
    expect(await planDestinations(["md", "json"], `${folder}/new/deep/`, "prod")).toEqual([
      { format: "md", path: join(folder, "new/deep/portolan-prod.md") },
      { format: "json", path: join(folder, "new/deep/portolan-prod.json") },
    ]);
  });

  it("takes what is a folder for a folder", async () => {
    expect(await planDestinations(["text"], folder, "prod")).toEqual([
      { format: "text", path: join(folder, "portolan-prod.txt") },
    ]);
  });

  it("does not put several formats into one file", async () => {
    await expect(planDestinations(["md", "html"], join(folder, "report.md"), "prod")).rejects.toThrow("need a folder");
  });

  it("finds out at once that the folder of a file is missing", async () => {
    await expect(planDestinations(["md"], join(folder, "missing/report.md"), "prod")).rejects.toThrow(
      "there is no folder",
    );
  });

  it("finds out at once that a file stands where a folder is asked for", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(planDestinations(["md"], join(folder, "file/"), "prod")).rejects.toThrow("is not a folder");
    await expect(planDestinations(["md"], join(folder, "file/deeper/"), "prod")).rejects.toThrow("is not a folder");
  });
});

describe("fileNamePart", () => {
  it("keeps a name inside its folder", () => {
    expect(fileNamePart("../../etc/passwd")).toBe("etc-passwd");
    expect(fileNamePart("prod eu/west\n1")).toBe("prod-eu-west-1");
    expect(fileNamePart("..")).toBe("report");
  });
});

describe("writeWhole", () => {
  it("writes for its owner's eyes only and leaves nothing beside the report", async () => {
    await writeWhole([{ path: join(folder, "a/report.md"), text: "whole" }]);
    expect(readdirSync(join(folder, "a"))).toEqual(["report.md"]);
    expect(statSync(join(folder, "a/report.md")).mode & 0o777).toBe(0o600);
  });

  it("replaces an older report", async () => {
    const path = join(folder, "report.md");
    writeFileSync(path, "older", { mode: 0o644 });
    await writeWhole([{ path, text: "newer" }]);
    expect(readFileSync(path, "utf8")).toBe("newer");
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("leaves no report at all when one of several cannot be written", async () => {
    writeFileSync(join(folder, "first.md"), "older");
    const files = [
      { path: join(folder, "first.md"), text: "first" },
      { path: join(folder, "first.md/second.json"), text: "second" },
    ];
    await expect(writeWhole(files)).rejects.toThrow(/cannot write .*first\.md/);
    expect(readFileSync(join(folder, "first.md"), "utf8")).toBe("older");
    expect(readdirSync(folder)).toEqual(["first.md"]);
  });

  it("follows a link and leaves it a link", async () => {
    writeFileSync(join(folder, "real.md"), "older");
    symlinkSync(join(folder, "real.md"), join(folder, "link.md"));
    await writeWhole([{ path: join(folder, "link.md"), text: "newer" }]);
    expect(lstatSync(join(folder, "link.md")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real.md"), "utf8")).toBe("newer");
  });

  it("writes into a device instead of replacing it", async () => {
    await writeWhole([{ path: "/dev/null", text: "gone" }]);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});
