// The command line: its commands and their flags. Bodies are imported when a command is run, so that `--help` loads no SDK
// and no engine. A flag appears here when it works; nothing is listed ahead of its time.

import { Command } from "commander";
import { UserError } from "../model/index.ts";
import type { AuditOptions } from "./commands/audit.ts";
import type { CollectOptions } from "./commands/collect.ts";
import type { QueryOptions } from "./commands/query.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import type { ExitCode } from "./exit-code.ts";
import {
  parseConcurrency,
  parseFailOn,
  parseFormats,
  parseList,
  parseNow,
  parsePolicyFormat,
  type PolicyFormat,
  unknownName,
} from "./options.ts";

const EXAMPLES = `
Examples:
  audit --account demo --format html              a demonstration; needs no cloud and no configuration
  audit --account prod --format html,md -o out/   an audit of the account prod of portolan.yml
  audit --snapshot answers/ --format md           the same from files: AWS CLI answers or a snapshot
  audit collect --account prod -o prod.ndjson.gz  only gather
  audit query --snapshot prod.ndjson.gz < flows   what the filters say of each flow

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 usage, configuration or input, 3 incomplete, 4 a defect.
`;

export interface TalkFlags {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

export interface CloudFlags {
  readonly region?: readonly string[];
  readonly concurrency?: number;
}

/** Runs one command and gives the exit code. */
export type Finish = (code: Promise<ExitCode>) => Promise<void>;

/**
 * Builds the program.
 *
 * @param version what `--version` prints
 * @param finish receives each command's exit code
 */
export function buildProgram(version: string, finish: Finish): Command {
  const program = new Command("audit")
    .description("Charts which ports of a cloud can be reached from where, and holds that against the documentation.")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    // The caller prints errors, each as one line.
    .configureOutput({ outputError: () => undefined })
    .addHelpText("after", EXAMPLES)
    .hook("preSubcommand", (root, command) => rejectFlagsBefore(root, command));

  withTalk(
    withCloud(
      program
        .option(
          "-a, --account <name>",
          "account of the configuration, or an AWS profile; repeatable",
          parseList("--account"),
        )
        .option("-c, --config <file>", "the configuration; else portolan.yml is looked for upward")
        .option("--snapshot <path>", "judge these files, a snapshot or a folder of CLI answers, instead of a cloud")
        .option(
          "-f, --format <name>",
          "text, html, md or json; repeatable, or a comma list (default: text)",
          parseFormats,
        )
        .option("-o, --output <path>", "a file, - for stdout, or a folder (exists or ends in /)")
        .option(
          "--fail-on <severity>",
          "exit 1 from this severity: critical, high, medium, low, informational, none",
          parseFailOn,
          "medium",
        )
        .option("--now <time>", "ISO time against which waivers and known gaps run (default: the clock)", parseNow)
        .option("--hygiene", "add a section about unused, stale, redundant and identical groups and rules"),
    ),
  )
    // Takes what is no command, so that the nearest one can be offered.
    .argument("[command]")
    .usage("[options] | <command> [options]")
    .action(async (word: string | undefined, options: AuditOptions) => {
      if (word !== undefined) throw unknownCommand(program, word);
      const { audit } = await import("./commands/audit.ts");
      await finish(audit(options));
    });

  withTalk(
    withCloud(
      program
        .command("collect")
        .description("gather the facts of an account into a snapshot file")
        .option(
          "-a, --account <name>",
          "account of the configuration, or an AWS profile; repeatable",
          parseList("--account"),
        )
        .option("-o, --output <file>", "the snapshot: .ndjson, .ndjson.gz or .ndjson.zst")
        .option("-c, --config <file>", "the configuration; else portolan.yml is looked for upward"),
    ),
  ).action(async (options: CollectOptions) => {
    const { collect } = await import("./commands/collect.ts");
    await finish(collect(options));
  });

  withTalk(
    program
      .command("query")
      .description("answer, for each flow of stdin (NDJSON), whether the filters let it through and by which rule")
      .option("--snapshot <path>", "a snapshot or a folder of CLI answers"),
  ).action(async (options: QueryOptions) => {
    const { query } = await import("./commands/query.ts");
    await finish(query(options));
  });

  withTalk(
    program
      .command("validate")
      .description("check the configuration and, with a snapshot, what each role matches")
      .option("-c, --config <file>", "the configuration; else portolan.yml is looked for upward")
      .option("--snapshot <path>", "a snapshot or a folder of CLI answers"),
  ).action(async (options: ValidateOptions) => {
    const { validate } = await import("./commands/validate.ts");
    await finish(validate(options));
  });

  const profiles = program
    .command("profiles")
    .description("the documented requirements that ship with the program")
    .usage("list | show <id>")
    .argument("[command]")
    .action(async (word: string | undefined) => {
      if (word !== undefined) throw unknownCommand(profiles, word);
      const { listProfiles } = await import("./commands/profiles.ts");
      await finish(listProfiles());
    });
  profiles
    .command("list")
    .description("every profile with its document and date")
    .action(async () => {
      const { listProfiles } = await import("./commands/profiles.ts");
      await finish(listProfiles());
    });
  profiles
    .command("show")
    .description("one profile: its document, roles, facts and rows")
    .argument("<id>", "for example rancher-2.0/node-pools")
    .action(async (id: string) => {
      const { showProfile } = await import("./commands/profiles.ts");
      await finish(showProfile(id));
    });

  const permissions = program
    .command("permissions")
    .description("what a provider must allow for an audit")
    .usage("aws")
    .argument("[provider]")
    .action((word: string | undefined) => {
      if (word !== undefined) throw unknownCommand(permissions, word);
      throw new UserError("permissions: which provider?", { hint: "write audit permissions aws" });
    });
  permissions
    .command("aws")
    .description("the least-privilege IAM policy")
    .option("-f, --format <name>", "json (the policy document) or text (its actions)", parsePolicyFormat, "json")
    .action(async (options: { readonly format: PolicyFormat }) => {
      const { printAwsPermissions } = await import("./commands/permissions.ts");
      await finish(printAwsPermissions(options.format));
    });

  return program;
}

function withCloud(command: Command): Command {
  return command
    .option("--region <name>", "only this region of live accounts; repeatable", parseList("--region"))
    .option("--concurrency <n>", "calls in flight side by side (default: 16)", parseConcurrency);
}

function withTalk(command: Command): Command {
  return command
    .option("-q, --quiet", "no talk on stderr but errors")
    .option("-v, --verbose", "more talk on stderr")
    .option("--no-color", "no colours (NO_COLOR is honoured too)");
}

/** The audit's own flags stand alone; before another command they would be dropped in silence. */
function rejectFlagsBefore(root: Command, command: Command): void {
  const given = root.options.find((option) => root.getOptionValueSource(option.attributeName()) === "cli");
  if (given === undefined) return;
  throw new UserError(`${given.long ?? given.flags} stands before the command '${command.name()}'`, {
    hint: `write audit ${command.name()} first, then its flags`,
  });
}

/** What was typed where a command of `parent` belongs. */
function unknownCommand(parent: Command, word: string): UserError {
  const names = parent.commands.map((command) => command.name());
  const path = parent.parent === null ? word : `${parent.name()} ${word}`;
  return unknownName(
    "unknown command",
    path,
    names.map((name) => (parent.parent === null ? name : `${parent.name()} ${name}`)),
  );
}
