// What the exit code says, decided in one place (docs/judging.md, 5):
//   0 clean; 1 findings at or above --fail-on; 2 usage, configuration or input; 3 incomplete; 4 a defect.
// 3 comes before 1: a threshold must never hide that something was not seen.

import { isAtLeast, SEVERITIES, type AuditResult, type Severity } from "../model/index.ts";

export const EXIT = { clean: 0, findings: 1, usage: 2, incomplete: 3, defect: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** `none`: findings never fail the run. */
export type FailOn = Severity | "none";

/** What `--fail-on` accepts, worst first. */
export const FAIL_ON: readonly FailOn[] = [...SEVERITIES, "none"];

/**
 * The exit code of an audit. Known gaps of the configuration do not make it incomplete; waived findings and hygiene do not
 * count as findings.
 */
export function exitCodeOf(
  result: Pick<AuditResult, "coverage" | "findings">,
  failOn: FailOn,
): typeof EXIT.clean | typeof EXIT.findings | typeof EXIT.incomplete {
  if (result.coverage.failed.some((call) => call.knownGap === null)) return EXIT.incomplete;
  if (failOn === "none") return EXIT.clean;
  const failing = result.findings.some((finding) => finding.waiver === null && isAtLeast(finding.severity, failOn));
  return failing ? EXIT.findings : EXIT.clean;
}
