import { describe, expect, it } from "vitest";
import { exitCodeOf, type FailOn } from "../../src/cli/exit-code.ts";
import type { AuditResult, FailedCall, Finding, Severity } from "../../src/model/index.ts";

type Judged = Pick<AuditResult, "coverage" | "findings">;

const denied: FailedCall = {
  scope: "aws/111122223333/eu-west-1",
  call: "DescribeNetworkAcls",
  outcome: "denied",
  error: "UnauthorizedOperation",
  subject: null,
  knownGap: null,
};
const known: FailedCall = {
  ...denied,
  knownGap: { owner: "sre", reason: "no permission there", expires: "2027-01-31" },
};

function finding(severity: Severity, waived = false): Finding {
  const waiver = waived ? { owner: "sre", reason: "accepted", expires: "2027-01-31", ticket: null } : null;
  return { severity, waiver } as Finding;
}

function judged(findings: readonly Finding[], failed: readonly FailedCall[] = []): Judged {
  return { findings, coverage: { scopes: [], failed, skipped: [], not_asked: [] } };
}

describe("exitCodeOf", () => {
  it("is 0 without findings", () => {
    expect(exitCodeOf(judged([]), "informational")).toBe(0);
  });

  it.each<[Severity, FailOn, number]>([
    ["medium", "medium", 1],
    ["high", "medium", 1],
    ["low", "medium", 0],
    ["low", "low", 1],
    ["critical", "none", 0],
    ["informational", "informational", 1],
    ["high", "critical", 0],
  ])("gives for a %s finding with --fail-on %s the code %i", (severity, failOn, code) => {
    expect(exitCodeOf(judged([finding(severity)]), failOn)).toBe(code);
  });

  it("does not count what a waiver accepts", () => {
    expect(exitCodeOf(judged([finding("critical", true)]), "low")).toBe(0);
    expect(exitCodeOf(judged([finding("critical", true), finding("low")]), "low")).toBe(1);
  });

  it("puts incomplete before findings, whatever the threshold", () => {
    expect(exitCodeOf(judged([finding("critical")], [denied]), "medium")).toBe(3);
    expect(exitCodeOf(judged([], [denied]), "none")).toBe(3);
  });

  it("does not take a known gap of the configuration for incomplete", () => {
    expect(exitCodeOf(judged([], [known]), "medium")).toBe(0);
    expect(exitCodeOf(judged([finding("high")], [known]), "medium")).toBe(1);
    expect(exitCodeOf(judged([], [known, denied]), "medium")).toBe(3);
  });
});
