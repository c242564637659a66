// The shape of portolan.yml as zod; schema/portolan.schema.json is generated from it, so descriptions are for editors, too. What refers
// to something else (networks, accounts, profiles, roles, facts) is checked where it is resolved.

import { z } from "zod";
import { portsSchema, protocolSchema } from "../profile/transport.ts";

const text = z.string().min(1);
const texts = z.union([text, z.array(text).min(1)]);
const date = z.iso.date("must be a date such as 2027-03-31");

/** Names appear in reports, in ids of findings and in names of files. */
const name = z
  .string()
  // A check and no pattern: without the u flag, JSON Schema validators read \p as the letter p.
  .refine(
    (value) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@+-]{0,99}$/u.test(value),
    "must begin with a letter or a digit and hold up to 100 letters, digits, spaces and . _ @ + -",
  );

const cidrs = texts.describe("CIDRs or addresses, IPv4 or IPv6");
const networkNames = texts.describe("Names under networks");

/** Everything named must hold; cidrs and networks name addresses instead and stand alone. */
const selectorShape = {
  tags: z
    .record(text, z.string())
    .optional()
    .describe('Tags of the machine or the interface; every one must match, "*" = the tag exists'),
  security_groups: texts.optional().describe("Ids or names of groups; the interface carries one of them"),
  names: texts.optional().describe("Names of machines or interfaces; * stands for any run of characters"),
  subnets: texts.optional().describe("Ids of subnets"),
  load_balancers: texts.optional().describe("Names or ARNs of load balancers"),
  ids: texts.optional().describe("Ids of machines or interfaces"),
  cidrs: cidrs.optional(),
  networks: networkNames.optional(),
};

const selector = z
  .strictObject(selectorShape)
  .meta({ id: "selector", description: "Everything named must hold; a list of selectors is their union" });
const roleSelector = z
  .strictObject({
    ...selectorShape,
    seen_as: texts
      .optional()
      .describe("CIDRs or networks under which the role arrives where it is not seen privately (NAT, VPN)"),
  })
  .meta({ id: "roleSelector" });

const roleBinding = z
  .union([z.literal("none"), roleSelector, z.array(roleSelector).min(1)])
  .meta({ id: "roleBinding", description: "Who holds the role; none = it does not exist here" });

const allowed = {
  protocol: protocolSchema,
  ports: portsSchema.optional(),
  reason: text,
  owner: text,
};

const clusterAllow = z.strictObject({
  from: z.union([selector, z.array(selector).min(1)]),
  to: texts.describe("Role or roles of the cluster"),
  ...allowed,
});

const generalAllow = z.strictObject({
  from: z.union([selector, z.array(selector).min(1)]),
  to: z.union([selector, z.array(selector).min(1)]).describe("Endpoints of no cluster"),
  ...allowed,
});

const source = z
  .strictObject({
    provider: z.enum(["aws", "azure"]).optional(),
    aws_profile: text
      .optional()
      .describe("Profile of the AWS configuration files; the default credential chain where left out"),
    role_arn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/,
        "must be the ARN of a role, such as arn:aws:iam::111122223333:role/audit",
      )
      .optional()
      .describe("Role to assume"),
    external_id: text.optional().describe("External id that the role asks for"),
    regions: z
      .array(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d+$/, "must be a region such as eu-west-1"))
      .min(1)
      .optional()
      .describe("Every enabled region where left out"),
    subscriptions: z.array(text).min(1).optional().describe("Azure subscription ids or names"),
    snapshot: text.optional().describe("Facts from a file or folder instead of a cloud; relative to this file"),
  })
  .meta({ id: "source" });

const cluster = z.strictObject({
  name,
  accounts: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Accounts that the cluster's machines are in; all where left out"),
  profiles: z.array(z.string()).min(1).describe("Profiles that it is held against; they add up"),
  facts: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("What the conditions of the profiles ask about"),
  roles: z.record(z.string(), roleBinding).optional(),
  allow: z.array(clusterAllow).optional().describe("What is permitted besides the profiles"),
});

const waiver = z.strictObject({
  cluster: text.optional(),
  role: text.optional(),
  security_groups: texts.optional(),
  peer: z
    .strictObject({ cidrs: cidrs.optional(), networks: networkNames.optional() })
    .describe("Whose traffic is accepted"),
  protocol: protocolSchema,
  ports: portsSchema.optional(),
  owner: text,
  reason: text,
  ticket: text.optional(),
  expires: date.describe("The last day on which it holds"),
});

const knownGap = z.strictObject({
  account: text.describe("Name of the account, or its id"),
  call: text.describe("The provider's name of the call, such as DescribeNetworkAcls"),
  owner: text,
  reason: text,
  expires: date.describe("The last day on which it holds"),
});

export const configSchema = z.strictObject({
  version: z.literal(1),
  networks: z.record(name, cidrs).optional().describe("Address ranges by name; reports show the names"),
  accounts: z
    .record(name, z.union([source, z.array(source).min(1)]))
    .optional()
    .describe("Where facts come from: one source or several"),
  clusters: z.array(cluster).optional(),
  allow: z.array(generalAllow).optional().describe("What is permitted to endpoints of no cluster"),
  waivers: z.array(waiver).optional().describe("Accepted findings: exact traffic, owner, reason, expiry"),
  known_gaps: z
    .array(knownGap)
    .optional()
    .describe("Calls that are known to fail; counted in the headline, not in the exit code"),
});

export type ConfigFile = z.output<typeof configSchema>;
export type ClusterFile = z.output<typeof cluster>;
export type SelectorFile = z.output<typeof roleSelector>;
export type SourceFile = z.output<typeof source>;
