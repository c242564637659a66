// What a slip on the command line meets: one line, the nearest name, exit 2.

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BIN, expectUserError, runAudit } from "./support/run-audit.ts";
import { makeWorkFolder } from "./support/work-folder.ts";

describe("help and version", () => {
  it("prints the help on stdout and ends with 0", async () => {
    const run = await runAudit(["--help"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toContain("Usage: audit");
  });

  it("lists what exists and nothing of later releases", async () => {
    const { stdout } = await runAudit(["--help"]);
    for (const command of ["collect", "query", "validate", "profiles", "permissions"])
      expect(stdout).toContain(`\n  ${command}`);
    expect(stdout).not.toMatch(/--baseline|--only-new|--history|--redact|new:|sarif|explain|azure/i);
  });

  it("prints the version", async () => {
    expect(await runAudit(["--version"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });
});

describe("unknown names", () => {
  it.each([
    [["--formt", "html"], /unknown option '--formt'; did you mean --format\?/],
    [["--format", "htlm"], /unknown format 'htlm'; did you mean html\?/],
    [["--format", "sarif"], /unknown format 'sarif'/],
    [["--fail-on", "hihg"], /unknown severity 'hihg'; did you mean high\?/],
    [["--fail-on", "new:high"], /unknown severity 'new:high'/],
    [["colect"], /unknown command 'colect'; did you mean collect\?/],
    [["collect", "--acount", "x"], /unknown option '--acount'; did you mean --account\?/],
    [["profiles", "lst"], /unknown command 'profiles lst'; did you mean profiles list\?/],
    [["permissions", "asw"], /unknown command 'permissions asw'; did you mean permissions aws\?/],
    [["--baseline", "file"], /unknown option '--baseline'/],
    [["--only-new"], /unknown option '--only-new'/],
    [["--redact"], /unknown option '--redact'/],
    [["query", "--snapshot", "x", "--format", "json"], /unknown option '--format'/],
  ])("audit %j", async (args, line) => {
    expectUserError(await runAudit(args), line);
  });
});

describe("flags that do not fit", () => {
  it.each([
    [["--account", "x", "collect"], /--account stands before the command 'collect'; write audit collect first/],
    [["--account"], /option '-a, --account <name>' argument missing/],
    [["--now", "yesterday"], /--now: 'yesterday' is not an ISO time/],
    [["--concurrency", "0"], /--concurrency: '0' is not a number of calls/],
    [["--account", ""], /--account: a name is empty/],
    [["query"], /--snapshot is missing/],
    [["collect", "-a", "x"], /--output is missing/],
    [["profiles", "show"], /missing required argument 'id'/],
  ])("audit %j", async (args, line) => {
    expectUserError(await runAudit(args), line);
  });
});

describe("an installation that lacks parts", () => {
  it("is a defect (4), never findings (1)", () => {
    const work = makeWorkFolder();
    const { path } = work;
    mkdirSync(join(path, "dist/bin"), { recursive: true });
    writeFileSync(join(path, "package.json"), '{"type": "module"}');
    copyFileSync(BIN, join(path, "dist/bin/audit.js"));
    const run = spawnSync(process.execPath, [join(path, "dist/bin/audit.js"), "--version"], { encoding: "utf8" });
    work.remove();
    expect(run.status).toBe(4);
    expect(run.stderr).toContain("ERR_MODULE_NOT_FOUND");
  });
});
