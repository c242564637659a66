import type { ExitCode, FailOn } from "../exit-code.ts";
import type { Format } from "../options.ts";

export interface AuditOptions {
  readonly account?: readonly string[];
}
export async function audit(options: AuditOptions): Promise<ExitCode> {
  console.log(JSON.stringify(options));
  return 0;
}
