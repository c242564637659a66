// Errors a user can cause. They print as one line and end the program with exit code 2.
// Whatever is not a UserError is a defect: it prints with its stack and ends with exit code 4.

export interface Position {
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

export class UserError extends Error {
  override readonly name: string = "UserError";
  readonly position: Position | undefined;
  /** What to do about it, printed after the message. */
  readonly hint: string | undefined;

  /**
   * @param message what is wrong, without position and without hint
   * @param options where it is (file, 1-based line and column) and what to do
   */
  constructor(message: string, options: { position?: Position; hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.position = options.position;
    this.hint = options.hint;
  }

  /** The whole error as one line: `file:line:column: message; hint`. */
  toLine(): string {
    const { position, hint } = this;
    const where =
      position === undefined
        ? ""
        : [position.file, position.line, position.column].filter((part) => part !== undefined).join(":") + ": ";
    return `${where}${this.message}${hint === undefined ? "" : `; ${hint}`}`;
  }
}

/** Ends an exhaustive switch: a value of a union that no case names is a defect. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
