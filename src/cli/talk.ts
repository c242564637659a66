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
  progress(text: string): void;
}

export interface TalkOptions {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
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
  // A terminal that tells no width (a bare pseudo-terminal) would have a line wrapped without end.
  const onTerminal = stream.isTTY && stream.columns > 0 && process.env["CI"] === undefined;
  const spinner = onTerminal && !options.quiet ? new Spinner(stream) : undefined;
  const say = (text: string): void => {
    spinner?.pause();
    stream.write(`${toPlainLine(text)}\n`);
  };
  return {
    note: (text) => (options.quiet ? undefined : say(text)),
    detail: (text) => (options.verbose ? say(text) : undefined),
    always: say,
    progress: (text) => spinner?.show(toPlainLine(text)),
  };
}

/** A line that says what is going on and goes away; its library is loaded when there is something to show. */
class Spinner {
  readonly #stream: NodeJS.WriteStream;
  #text = "";
  #ora: { text: string; readonly isSpinning: boolean; start(): unknown; stop(): unknown } | undefined;
  #loading = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(text: string): void {
    this.#text = text;
    if (this.#ora !== undefined) this.#draw();
    else if (text !== "" && !this.#loading) {
      this.#loading = true;
      void this.#load();
    }
  }

  /** Leaves the line free until there is news. */
  pause(): void {
    if (this.#ora?.isSpinning === true) this.#ora.stop();
  }

  async #load(): Promise<void> {
    const { default: ora } = await import("ora");
    this.#ora = ora({ stream: this.#stream, discardStdin: false });
    this.#draw();
  }

  #draw(): void {
    if (this.#ora === undefined) return;
    this.#ora.text = this.#text;
    if (this.#text === "") this.pause();
    else if (!this.#ora.isSpinning) this.#ora.start();
  }
}
