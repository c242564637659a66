// `audit query`: flows from stdin, one a line, answers to stdout, one a line, in order and as they come. A line that is no
// flow answers with an error in its place; the rest goes on, and the run ends with exit code 2.

import { createQuery } from "../../engine/query.ts";
import { WorldBuilder } from "../../engine/world.ts";
import { UserError } from "../../model/index.ts";
import { locateJsonError } from "../../snapshot/json-error.ts";
import { loadSnapshot } from "../../snapshot/load.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { lineBatches } from "../lines.ts";
import { writeStdout } from "../stdout.ts";
import type { TalkFlags } from "../program.ts";

export interface QueryOptions extends TalkFlags {
  readonly snapshot?: string;
}

/** Answers every line of stdin. */
export async function query(options: QueryOptions): Promise<ExitCode> {
  if (options.snapshot === undefined) {
    throw new UserError("--snapshot is missing", { hint: "write audit query --snapshot FILE < flows.ndjson" });
  }
  const builder = new WorldBuilder();
  await loadSnapshot(options.snapshot, builder);
  const ask = createQuery(builder.build());
  let code: ExitCode = EXIT.clean;
  for await (const { first, lines } of lineBatches(process.stdin)) {
    const answers = lines.map((line, index) => {
      const answer = answerLine(line, first + index, ask);
      if ("error" in answer) code = EXIT.usage;
      return `${JSON.stringify(answer)}\n`;
    });
    await writeStdout(answers.join(""));
  }
  return code;
}

/** The answer to one line, or what is wrong with it and where. */
function answerLine(line: string, lineNumber: number, ask: (flow: unknown) => object): object {
  const at = (column: number, problem: string): object => ({ error: `<stdin>:${lineNumber}:${column} ${problem}` });
  let flow: unknown;
  try {
    flow = JSON.parse(line);
  } catch {
    if (line.trim() === "") return at(1, "the line is empty; a flow was expected");
    const error = locateJsonError(line);
    return at(error?.column ?? 1, error?.problem ?? "this is not JSON");
  }
  try {
    return ask(flow);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint === undefined ? "" : `; ${error.hint}`;
    return at(columnOf(line, error.message), `${error.message}${hint}`);
  }
}

/** 1-based column of the key that a message about a flow begins with or quotes; 1 where it speaks of the flow as a whole. */
function columnOf(line: string, message: string): number {
  const key = /^unknown key ("(?:[^"\\]|\\.)*")/.exec(message)?.[1] ?? `"${/^\w+/.exec(message)?.[0] ?? ""}"`;
  return line.indexOf(key) + 1 || 1;
}
