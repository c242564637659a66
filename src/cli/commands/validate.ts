import type { ExitCode } from "../exit-code.ts";
export interface ValidateOptions {
  readonly account?: readonly string[];
}
export async function validate(options: ValidateOptions): Promise<ExitCode> {
  console.log(JSON.stringify(options));
  return 0;
}
