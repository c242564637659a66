// The product on stdout: written whole before the program ends, and to whoever still reads. Loaded for `--help` too, so it imports
// nothing.

/** An error of the operating system, with its code: ENOENT, EPIPE ... */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string" && "syscall" in error;
}

/** Writes the product to stdout and waits until it has left. A reader that has gone away (`| head`) is no error. */
export async function writeStdout(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error === null || error === undefined || isBrokenPipe(error)) resolve();
      else reject(error);
    });
  });
}

/** The reader of a pipe has gone away. */
export function isBrokenPipe(error: unknown): boolean {
  return isSystemError(error) && error.code === "EPIPE";
}
