// `audit collect`: facts in, snapshot out; nothing is judged. The file appears when it is whole, or not at all.

import { isFailure, scopeId, UserError } from "../../model/index.ts";
import type { FactConsumer } from "../../snapshot/facts.ts";
import { SnapshotWriter } from "../../snapshot/ndjson-writer.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { checkWritable } from "../output.ts";
import { packageVersion } from "../package-root.ts";
import type { CloudFlags, TalkFlags } from "../program.ts";
import { readFacts } from "../read-facts.ts";
import { createTalk } from "../talk.ts";
import { settleTask, type TaskOptions } from "../task.ts";

export interface CollectOptions extends Omit<TaskOptions, "snapshot">, CloudFlags, TalkFlags {
  readonly output?: string;
}

const ENDINGS = /\.ndjson(\.gz|\.zst)?$/;

/** Collects into a snapshot file. Exit code 3 where a call failed: the file is whole and says which. */
export async function collect(options: CollectOptions): Promise<ExitCode> {
  const talk = createTalk(process.stderr, options);
  const { output } = options;
  if (output === undefined)
    throw new UserError("--output is missing", { hint: "write audit collect -a NAME -o NAME.ndjson.gz" });
  if (output !== "-" && !ENDINGS.test(output)) {
    throw new UserError(`--output: ${output} does not end like a snapshot`, {
      hint: "write NAME.ndjson, .ndjson.gz or .ndjson.zst",
    });
  }
  if (options.account === undefined)
    throw new UserError("--account is missing", { hint: "write audit collect -a NAME -o NAME.ndjson.gz" });
  const task = await settleTask(options, talk);
  if (output !== "-") await checkWritable(output);
  const writer = new SnapshotWriter(output === "-" ? process.stdout : output, { toolVersion: packageVersion() });
  const failed = new Set<string>();
  try {
    await readFacts(task, noting(writer, failed), options, talk);
  } catch (error) {
    writer.discard();
    throw error;
  }
  await writer.close();
  if (output !== "-") talk.note(`snapshot: ${output}`);
  if (failed.size === 0) return EXIT.clean;
  talk.always(`audit: incomplete: not every call was answered in ${[...failed].toSorted().join(", ")}`);
  return EXIT.incomplete;
}

/** A consumer that notes the scopes of failed calls on their way to `consumer`. */
function noting(consumer: FactConsumer, failed: Set<string>): FactConsumer {
  return {
    start: (header) => consumer.start(header),
    item: (scope, type, item) => consumer.item(scope, type, item),
    call: (record) => {
      if (isFailure(record.outcome)) failed.add(scopeId(record.scope));
      consumer.call(record);
    },
    skipped: (subject, reason) => consumer.skipped(subject, reason),
    warning: (warning) => consumer.warning(warning),
    end: () => consumer.end(),
  };
}
