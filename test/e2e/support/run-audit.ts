// Spawns the built command as a user would, and the common shape of a user's error.

import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";

export const ROOT = join(import.meta.dirname, "../../..");
export const BIN = join(ROOT, "dist/bin/audit.js");

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets the child as soon as it runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Nothing of the machine's own cloud configuration reaches a test. */
function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|PORTOLAN_|NO_COLOR|FORCE_COLOR|HTTPS?_PROXY|CI$)/i.test(name),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    AWS_CONFIG_FILE: "/nonexistent/config",
    AWS_SHARED_CREDENTIALS_FILE: "/nonexistent/credentials",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Runs `audit` with the arguments and waits for its end. */
export async function runAudit(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  options.started?.(child);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A command that ends before it has read its input is not at fault here.
  child.stdin.on("error", () => undefined).end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** A user's error: exit 2, exactly one line on stderr, no stack, nothing on stdout. */
export function expectUserError(run: Run, line: RegExp): void {
  expect(run.stderr).toMatch(/^audit: [^\n]+\n$/);
  expect(run.stderr).toMatch(line);
  expect(run.stderr).not.toMatch(/\n\s+at |Error:/);
  expect(run.stdout).toBe("");
  expect(run.code).toBe(2);
}
