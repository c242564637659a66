// The shape of a profile file as zod. schema/profile.schema.json is generated from it, so descriptions are for editors, too.
// What refers to other parts of a file (roles, facts) or to other files is checked in build.ts and load.ts.

import { z } from "zod";
import { SEVERITIES } from "../model/index.ts";
import { portsSchema, protocolSchema } from "./transport.ts";

const text = z.string().min(1);
const oneOrMore = <T extends z.ZodType>(item: T): z.ZodUnion<readonly [T, z.ZodArray<T>]> =>
  z.union([item, z.array(item).min(1)]);

/** Names of roles, facts and ports: they become keys, parts of ids and words of reports. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*$/, "must be lower-case letters and digits, with _ or - between");
const id = z
  .string()
  .regex(
    /^[a-z0-9]+(?:[-.][a-z0-9]+)*(?:\/[a-z0-9]+(?:[-.][a-z0-9]+)*)*$/,
    "must be lower-case letters and digits, with -, . or / between",
  );
const date = z.iso.date("must be a date such as 2018-11-05");
const factValue = z.union([z.string(), z.number(), z.boolean()]);

const condition = z
  .record(name, z.union([factValue, z.array(factValue).min(1), z.strictObject({ not: oneOrMore(factValue) })]))
  .meta({
    id: "condition",
    description: "Holds where every fact named has (one of) the value(s); {not: value} for any other value",
  });

const role = z.strictObject({
  title: text.describe("As the document names it"),
  kind: z
    .enum(["infrastructure", "client", "external"])
    .describe(
      "infrastructure: nodes and load balancers; client: people and workloads outside; external: places on the Internet",
    ),
  union_of: z
    .array(name)
    .min(1)
    .optional()
    .describe("Everything that holds one of these roles; such a role is not bound by itself"),
});

const fact = z.strictObject({
  title: text,
  values: z
    .union([z.enum(["boolean", "port"]), z.array(factValue).min(1)])
    .describe("boolean, port (1 to 65535), or the list of values"),
  default: factValue.optional().describe("Assumed where a configuration does not state the fact; reports say so"),
});

const row = z.strictObject({
  id: z
    .string()
    .min(1)
    .optional()
    .describe("Unique in the profile; made of roles, protocol and ports where it is left out"),
  from: oneOrMore(name)
    .optional()
    .describe("Who opens the connection; with a list on either side, every pair is a row"),
  to: oneOrMore(name).optional().describe("Who listens"),
  local: oneOrMore(name).optional().describe("Instead of from and to: traffic of a node of this role to itself"),
  protocol: oneOrMore(protocolSchema).optional(),
  ports: portsSchema.optional(),
  port_fact: name.optional().describe("The fact that gives the port where the document gives none"),
  ports_text: text.optional().describe("The document's words where it gives no number"),
  need: z
    .union([z.enum(["required", "allowed"]), z.strictObject({ any_of: name })])
    .optional()
    .describe(
      "required (where left out), allowed (a ceiling, never missing), or {any_of: NAME}: at least one of the rows of that name",
    ),
  essential: z.boolean().optional().describe("The cluster cannot live without it"),
  when: condition.optional(),
  severity: z.enum(SEVERITIES).optional().describe("Of the finding that it is missing; wins over the computed one"),
  purpose: text.describe("What the traffic is for, in one line"),
  source: text.optional().describe("Line or cell of the document; its row and column where left out"),
  footnotes: oneOrMore(z.int()).optional().describe("Numbers of the document's notes on this cell"),
  notes: z.array(text).optional().describe("Documented contradictions that shaped the row: C16"),
});

const judgement = z.strictObject({
  id: text.describe("The documented contradiction: C9"),
  to: z.array(name).min(1).optional().describe("Receiving roles; every role of the profile where left out"),
  unless_roles: z.array(name).optional().describe("Only endpoints that hold none of these roles"),
  from: z
    .union([z.enum(["any", "own-nodes", "outside", "internet"]), z.array(name).min(1)])
    .describe("Who sends: the cluster's own nodes, anybody else, the Internet as a whole, or members of roles"),
  protocol: oneOrMore(protocolSchema),
  ports: portsSchema.optional(),
  severity: z.enum(SEVERITIES),
  reason: text,
  when: condition.optional(),
});

const observed = z.strictObject({
  id: z.string().min(1).optional(),
  direction: z.enum(["ingress", "egress"]).optional().describe("ingress where left out"),
  protocol: protocolSchema,
  ports: portsSchema.optional(),
  peers: oneOrMore(z.enum(["any-ipv4", "any-ipv6", "self"])),
  purpose: text,
});

const portName = z.strictObject({
  name: name.describe("Part of the ids of findings: change none"),
  title: text,
  class: z.enum(["critical", "elevated", "other"]).optional().describe("other where left out"),
  protocol: oneOrMore(protocolSchema),
  ports: portsSchema.optional(),
});

export const profileSchema = z.strictObject({
  id: id.describe("The file's path below profiles/, without its ending"),
  title: text,
  kind: z.enum(["requirements", "observed-rules", "baseline", "port-names"]),
  extends: id
    .optional()
    .describe(
      "Another profile whose roles, facts, rows, pairs, judgements and notes this one takes over; a row of the same id replaces",
    ),
  source: z.strictObject({
    document: text,
    section: text,
    version: text,
    commit: text.optional(),
    date,
    url: z.url({ protocol: /^https$/, error: "must be an https address" }).optional(),
  }),
  roles: z.record(name, role).optional(),
  facts: z.record(name, fact).optional(),
  footnotes: z
    .record(z.string(), text)
    .optional()
    .describe("The document's own notes, by number, in words of the project"),
  rows: z.array(row).optional(),
  closed: z
    .array(z.strictObject({ from: oneOrMore(name), to: oneOrMore(name) }))
    .optional()
    .describe('Role pairs for which the document is complete; "any" as from = whoever it is'),
  judgements: z.array(judgement).optional(),
  port_names: z.array(portName).optional(),
  recognise: z
    .strictObject({ group_names: z.array(text).optional(), tag_keys: z.array(text).optional() })
    .optional()
    .describe("observed-rules: what the driver's groups are known by"),
  observed: z.array(observed).optional(),
  notes: z.array(text).optional(),
});

export type ProfileFile = z.output<typeof profileSchema>;
export type ConditionFile = z.output<typeof condition>;
export type RowFile = z.output<typeof row>;
