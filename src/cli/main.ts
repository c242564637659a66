// From arguments to an exit code. Every way out passes here: errors that a user can cause print as one line and end with 2,
// anything else is a defect of the program, prints with its stack and ends with 4.

import { writeSync } from "node:fs";
import { CommanderError } from "commander";
import { UserError } from "../model/index.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { isBrokenPipe } from "./stdout.ts";
import { packageVersion } from "./package-root.ts";
import { buildProgram } from "./program.ts";
import { toPlainLine } from "./talk.ts";

/** Runs the command line. `args` are those after the program's name. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  process.on("uncaughtException", endAsDefect);
  // A reader that goes away (`audit | head`) ends the writing, not the run.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => (isBrokenPipe(error) ? undefined : endAsDefect(error)));
  }
  let code: ExitCode = EXIT.clean;
  const program = buildProgram(packageVersion(), async (running) => {
    code = await running;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) return reportUsage(error);
  if (error instanceof UserError) {
    process.stderr.write(`audit: ${toPlainLine(error.toLine())}\n`);
    return EXIT.usage;
  }
  process.stderr.write(`${describeDefect(error)}\n`);
  return EXIT.defect;
}

function reportUsage(error: CommanderError): ExitCode {
  if (error.exitCode === 0) return EXIT.clean;
  // Help that was shown instead of running something has said what there is to say.
  if (error.code !== "commander.help") {
    const text = error.message
      .replace(/^error: /, "")
      .replace(/\s*\(Did you mean (one of )?(.*)\?\)$/s, "; did you mean $2?");
    process.stderr.write(`audit: ${toPlainLine(text)}\n`);
  }
  return EXIT.usage;
}

function describeDefect(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `audit: a defect in Portolan, please report it with these lines\n${text}`;
}

/** For what no promise carries: the state is unknown, and exit code 1 would read as findings. */
function endAsDefect(error: unknown): void {
  writeSync(2, `${describeDefect(error)}\n`);
  // oxlint-disable-next-line no-restricted-properties -- the text was written synchronously
  process.exit(EXIT.defect);
}
