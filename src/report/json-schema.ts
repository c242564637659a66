// The published shape of the JSON report. The renderer writes the result as it is; this says what a reader may rely on, and a test holds the
// two together.

import { z } from "zod";
import { SEVERITIES } from "../model/index.ts";

const severity = z.enum(SEVERITIES);
const traffic = z.array(z.strictObject({ peer: z.string(), protocol: z.string(), ports: z.string() }));
const id = z.string().regex(/^[0-9a-f]{16}$/u);
const ending = { owner: z.string(), reason: z.string(), expires: z.string() };
const route = z.enum(["reachable", "unreachable", "unknown"]);

const finding = z.strictObject({
  id: id.describe("The same for the same cause in every run"),
  digest: id.describe("Of the exact traffic: differs when the size of the cause changed"),
  kind: z.enum(["missing", "excess", "unknown", "hygiene"]),
  rule: z.string().describe("Stable name of the rule of judging"),
  severity,
  title: z.string(),
  reason: z.string(),
  cluster: z.string().nullable(),
  role: z.string().nullable(),
  scope: z.string().describe("provider/account/region"),
  resources: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      kind: z.enum(["endpoint", "security-group", "network-acl", "prefix-list", "role"]),
      scope: z.string(),
    }),
  ),
  traffic,
  parts: z.array(z.strictObject({ class: z.string(), severity, traffic, reason: z.string() })),
  witness: z
    .strictObject({
      from: z.string(),
      to: z.string(),
      protocol: z.string(),
      port: z.int().nullable(),
      text: z.string(),
    })
    .nullable(),
  evidence: z.array(
    z.strictObject({
      resource: z.string(),
      name: z.string(),
      rule: z.string().nullable(),
      text: z.string(),
      description: z.string(),
    }),
  ),
  sources: z.array(z.strictObject({ profile: z.string(), row: z.string(), text: z.string() })),
  route: route.nullable(),
  waiver: z.strictObject({ ...ending, ticket: z.string().nullable() }).nullable(),
  fix: z.null(),
});

const count = z.int().nonnegative();

export const reportSchema = z.strictObject({
  schema: z.literal("portolan-report/1"),
  tool: z.strictObject({ name: z.literal("portolan"), version: z.string() }),
  collectedAt: z.string().nullable(),
  complete: z.boolean().describe("False where something that was asked for failed, was denied or was cut"),
  coverage: z.strictObject({
    scopes: z.array(
      z.strictObject({
        scope: z.string(),
        calls: z.array(z.strictObject({ call: z.string(), outcome: z.string(), items: count })),
      }),
    ),
    failed: z.array(
      z.strictObject({
        scope: z.string(),
        call: z.string(),
        outcome: z.enum(["failed", "denied", "cut"]),
        error: z.string(),
        subject: z.string().nullable(),
        knownGap: z.strictObject(ending).nullable(),
      }),
    ),
    skipped: z.array(z.strictObject({ subject: z.string(), reason: z.string() })),
    not_asked: z.array(z.strictObject({ scope: z.string(), call: z.string(), reason: z.string() })),
  }),
  summary: z.strictObject({
    critical: count,
    high: count,
    medium: count,
    low: count,
    informational: count,
    unknown: count.describe("Findings of kind unknown, also counted in their severity"),
    not_judged: count.describe("Rows of the matrices that were not judged"),
  }),
  clusters: z.array(
    z.strictObject({
      name: z.string(),
      documents: z.array(
        z.strictObject({
          profile: z.string(),
          title: z.string(),
          version: z.string(),
          date: z.string(),
          url: z.string().nullable(),
        }),
      ),
      roles: z.array(
        z.strictObject({
          role: z.string(),
          title: z.string(),
          status: z.enum(["bound", "not bound", "none", "empty", "addresses"]),
          members: z.array(z.string()),
        }),
      ),
      facts: z.array(
        z.strictObject({
          fact: z.string(),
          value: z.string(),
          origin: z.enum(["configuration", "derived", "assumed", "not set"]),
          reason: z.string(),
        }),
      ),
    }),
  ),
  cells: z.array(
    z.strictObject({
      cluster: z.string(),
      profile: z.string(),
      row: z.string(),
      from: z.string(),
      to: z.string(),
      protocol: z.string(),
      ports: z.string(),
      need: z.enum(["required", "any-of", "allowed"]),
      status: z.enum(["satisfied", "missing", "wider", "local", "unknown", "not_judged", "not_applicable"]),
      reason: z.string(),
      purpose: z.string(),
      findings: z.array(id),
    }),
  ),
  findings: z.array(finding),
  hygiene: z.array(finding).describe("Empty unless asked for; never in the exit code"),
  recognised: z.array(
    z.strictObject({
      resource: z.string(),
      name: z.string(),
      scope: z.string(),
      profile: z.string(),
      rules: z.array(
        z.strictObject({
          rule: z.string(),
          text: z.string(),
          status: z.enum(["present", "absent", "narrower", "extra"]),
        }),
      ),
    }),
  ),
  notes: z.array(z.string()),
  lastLine: z.string(),
});

/** The JSON Schema (draft 7) of the JSON report, as the file schema/report.schema.json holds it. */
export function reportJsonSchema(): string {
  const schema = { ...z.toJSONSchema(reportSchema, { target: "draft-07" }), title: "A report of Portolan" };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
