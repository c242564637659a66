// Names of the profiles in the AWS configuration files, for trying an account's name as one and for offering the nearest.
// Reads section headers only: no key, no secret and no setting leaves the files.

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { compareCodeUnits } from "../../model/index.ts";

async function headersOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return [...text.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].map(([, header = ""]) => header.trim());
}

/**
 * @param environment AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE move the files
 * @returns names, sorted; empty where there are no files
 */
export async function awsProfiles(environment: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const folder = join(homedir(), ".aws");
  const config = await headersOf(environment["AWS_CONFIG_FILE"] ?? join(folder, "config"));
  const credentials = await headersOf(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials"));
  // AWS: profiles are "[profile NAME]" in the configuration and "[NAME]" in the credentials; other sections are no profiles.
  const named = config
    .filter((header) => header === "default" || /^profile\s/.test(header))
    .map((header) => header.replace(/^profile\s+/, ""));
  return [...new Set([...named, ...credentials])].toSorted(compareCodeUnits);
}
