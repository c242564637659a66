// Which profiles the AWS configuration files of this machine name. Only the names: what they say is for the SDK to read.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Names of profiles, as `aws configure list-profiles` gives them: `[default]` and `[profile NAME]` of the config file, `[NAME]`
 * of the credentials file. A file that is not there names none.
 * @param environment AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE count
 */
export function awsProfiles(environment: NodeJS.ProcessEnv): readonly string[] {
  const config = environment["AWS_CONFIG_FILE"] ?? join(homedir(), ".aws/config");
  const credentials = environment["AWS_SHARED_CREDENTIALS_FILE"] ?? join(homedir(), ".aws/credentials");
  const named = sectionsOf(config).flatMap((section) => {
    if (section === "default") return [section];
    const name = /^profile\s+(.+)$/.exec(section)?.[1];
    return name === undefined ? [] : [unquote(name)];
  });
  return [...new Set([...named, ...sectionsOf(credentials).map(unquote)])];
}

function sectionsOf(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return [];
  }
  return [...text.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].map(([, section = ""]) => section.trim());
}

function unquote(name: string): string {
  return name.trim().replace(/^(["'])(.*)\1$/, "$2");
}
