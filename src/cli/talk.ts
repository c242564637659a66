// The talk of a run, on stderr: never part of the product. Whatever it says may quote hostile text (names, descriptions,
// a broken file), so nothing that a terminal would obey passes.

export interface Talk {
  /** What a person should know; silenced by --quiet. */
  note(text: string): void;
  /** What helps to find out why; only with --verbose. */
  detail(text: string): void;
  /** Always said. */
  always(text: string): void;
  /** Shows what is going on, on a terminal only; give "" to clear it. */
  progress(text: string): Promise<void>;
}

export interface TalkOptions {
  readonly quiet: boolean;
  readonly verbose: boolean;
}

// C0 and C1 controls, DEL, the line separators and the marks that turn the direction of text.
// oxlint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** One line of harmless text: every run of control characters is one space. */
export function toPlainLine(text: string): string {
  return text.replaceAll(OBEYED, " ").trim();
}

/** Talks to `stream`, a terminal or not. */
export function createTalk(stream: NodeJS.WriteStream, options: TalkOptions): Talk {
  const onTerminal = stream.isTTY && process.env["CI"] === undefined;
  let spinner: { text: string; stop(): unknown } | undefined;
  const say = (text: string): void => {
    spinner?.stop();
    spinner = undefined;
    stream.write(`${toPlainLine(text)}\n`);
  };
  return {
    note: (text) => (options.quiet ? undefined : say(text)),
    detail: (text) => (options.verbose ? say(text) : undefined),
    always: say,
    async progress(text) {
      if (!onTerminal || options.quiet) return;
      if (text === "") {
        spinner?.stop();
        spinner = undefined;
      } else if (spinner === undefined) {
        const { default: ora } = await import("ora");
        spinner = ora({ text: toPlainLine(text), stream, discardStdin: false }).start();
      } else {
        spinner.text = toPlainLine(text);
      }
    },
  };
}
