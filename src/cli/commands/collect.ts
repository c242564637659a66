import type { ExitCode } from "../exit-code.ts";
export interface CollectOptions {
  readonly account?: readonly string[];
}
export async function collect(options: CollectOptions): Promise<ExitCode> {
  console.log(JSON.stringify(options));
  return 0;
}
