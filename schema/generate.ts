// Writes the JSON Schemas beside this file anew: `node schema/generate.ts`. A test fails where they are not what this would write.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { jsonSchemas } from "../src/config/json-schema.ts";
import { loadProfiles } from "../src/profile/load.ts";
import { reportJsonSchema } from "../src/report/json-schema.ts";

const folder = import.meta.dirname;
for (const [name, text] of Object.entries(jsonSchemas(await loadProfiles(join(folder, "../profiles"))))) writeFileSync(join(folder, name), text);
writeFileSync(join(folder, "report.schema.json"), reportJsonSchema());
