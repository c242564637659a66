// A process environment in which the AWS SDK finds test keys and nothing of the machine's own: no profile, no proxy, no region,
// no metadata service.

import { join } from "node:path";
import { vi } from "vitest";
import { folderOf } from "./folder.ts";

const CLEARED = [
  "AWS_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_EC2",
  "AWS_ENDPOINT_URL_STS",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "ALL_PROXY",
  "all_proxy",
  "NO_PROXY",
  "no_proxy",
];

/**
 * Sets the environment of the SDK until `vi.unstubAllEnvs()`.
 * @param settings variables of the test; `config` is the text of the AWS configuration file
 */
export function stubAwsEnvironment({
  config = "",
  ...settings
}: Readonly<Record<string, string>> & { readonly config?: string }): void {
  for (const name of CLEARED) vi.stubEnv(name, undefined);
  const folder = folderOf({ config, credentials: "" });
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(folder, "credentials"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIATEST");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
}
