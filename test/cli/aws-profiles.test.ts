import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { awsProfiles } from "../../src/cli/aws-profiles.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portolan-profiles-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("names the profiles of both files, each once, and no other section", () => {
  const config = join(folder, "config");
  const credentials = join(folder, "credentials");
  writeFileSync(
    config,
    '[default]\nregion = eu-west-1\n[profile prod]\r\n  [ profile "two words" ]\n[sso-session corp]\n[services local]\n# [profile comment]\n',
  );
  writeFileSync(credentials, "[default]\naws_access_key_id = x\n[ci]\n");
  expect(awsProfiles({ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials })).toEqual([
    "default",
    "prod",
    "two words",
    "ci",
  ]);
});

it("names none where the files are missing", () => {
  const missing = join(folder, "missing");
  expect(awsProfiles({ AWS_CONFIG_FILE: missing, AWS_SHARED_CREDENTIALS_FILE: missing })).toEqual([]);
});
