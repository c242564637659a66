// The JSON Schemas under schema/, which editors complete from: generated from the zod shapes, with the names that the shipped profiles
// know put in. draft-07, because that is what the YAML support of editors reads best.

import { z } from "zod";
import type { ProfileLibrary } from "../profile/load.ts";
import { profileSchema } from "../profile/schema.ts";
import { configSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** File name below schema/ -> its content, ending in a line break. */
export function jsonSchemas(library: ProfileLibrary): Readonly<Record<string, string>> {
  return {
    "portolan.schema.json": write(configJsonSchema(library)),
    "profile.schema.json": write({ ...convert(profileSchema), title: "A profile of Portolan" }),
  };
}

function convert(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: "draft-07", io: "input" });
}

/** Unknown profiles, roles and facts are errors, so the schema lists those that exist. */
function configJsonSchema(library: ProfileLibrary): JsonSchema {
  const schema = convert(configSchema);
  const cluster = propertiesOf(schema, "clusters");
  const profiles = library.list().filter((profile) => profile.kind === "requirements");
  const roles = [...library.roles.values()].filter((role) => role.kind !== "external" && role.unionOf === undefined);
  cluster["profiles"] = {
    ...(cluster["profiles"] as JsonSchema),
    items: { type: "string", enum: profiles.map(({ id }) => id) },
  };
  cluster["roles"] = {
    type: "object",
    description: "Who holds which role. Rows of a role that is not here are not judged",
    properties: Object.fromEntries(
      roles.map(({ name, title }) => [name, { title, allOf: [{ $ref: "#/definitions/roleBinding" }] }]),
    ),
    additionalProperties: false,
  };
  cluster["facts"] = {
    type: "object",
    description: (cluster["facts"] as JsonSchema).description ?? "",
    properties: Object.fromEntries(
      [...library.facts.values()].map(({ name, title, values, defaultValue }) => [
        name,
        {
          description: title,
          ...(values === "port" ? { type: "integer", minimum: 1, maximum: 65_535 } : { enum: [...values] }),
          ...(defaultValue === undefined ? {} : { default: defaultValue }),
        },
      ]),
    ),
    additionalProperties: false,
  };
  return { ...schema, title: "Configuration of Portolan (portolan.yml)" };
}

/** The properties of the items of a list at the top of a schema; changing them changes the schema. */
function propertiesOf(schema: JsonSchema, list: string): Record<string, unknown> {
  const items = (schema.properties?.[list] as JsonSchema | undefined)?.items as JsonSchema | undefined;
  if (items?.properties === undefined) throw new Error(`the schema has no list ${list} of objects`);
  return items.properties;
}

function write(schema: JsonSchema): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
