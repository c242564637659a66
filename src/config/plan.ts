// What is judged without any configuration. A module of its own, so that nothing of reading YAML comes along.

import type { AuditPlan } from "../model/index.ts";
import type { ProfileLibrary } from "../profile/load.ts";

/** The plan without any configuration: the baseline judges every endpoint. */
export function defaultPlan(library: ProfileLibrary): AuditPlan {
  const { baseline, portNames, observed } = library;
  return { clusters: [], allow: [], baseline, portNames, observed, networks: [], waivers: [], knownGaps: [] };
}
