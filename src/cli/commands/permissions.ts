// `audit permissions aws`: what an administrator must grant, made from the table of calls that a collection makes.

import { AWS_PERMISSIONS, awsPolicyDocument } from "../../collect/aws/permissions.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import type { PolicyFormat } from "../options.ts";
import { writeStdout } from "../stdout.ts";

/** Prints the IAM policy document, or its actions with the reason for each. */
export async function printAwsPermissions(format: PolicyFormat): Promise<ExitCode> {
  const width = Math.max(...AWS_PERMISSIONS.map(({ action }) => action.length));
  const text =
    format === "json"
      ? JSON.stringify(awsPolicyDocument(), null, 2)
      : AWS_PERMISSIONS.map(({ action, reason }) => `${action.padEnd(width)}  ${reason}`).join("\n");
  await writeStdout(`${text}\n`);
  return EXIT.clean;
}
