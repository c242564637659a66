import type { ExitCode } from "../exit-code.ts";
export async function listProfiles(): Promise<ExitCode> {
  return 0;
}
export async function showProfile(_id: string): Promise<ExitCode> {
  return 0;
}
