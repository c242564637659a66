// `audit validate`: whether the configuration is right and, with a snapshot, what each role matched and which endpoints no role
// holds. A role that matches nothing is an error here; an audit only reports it.

import { join } from "node:path";
import { bindRoles, type ClusterRoles, type Role } from "../../engine/compare/roles.ts";
import { WorldBuilder } from "../../engine/world.ts";
import { type Endpoint, UserError, type World } from "../../model/index.ts";
import { loadProfiles } from "../../profile/load.ts";
import { loadSnapshot } from "../../snapshot/load.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { writeStdout } from "../stdout.ts";
import { packageRoot } from "../package-root.ts";
import type { TalkFlags } from "../program.ts";
import { formatColumns } from "../table.ts";
import { createTalk } from "../talk.ts";
import { openConfig } from "../task.ts";

export interface ValidateOptions extends TalkFlags {
  readonly config?: string;
  readonly snapshot?: string;
}

/** Checks; prints what it found. Throws UserError for the first mistake of the configuration or the snapshot. */
export async function validate(options: ValidateOptions): Promise<ExitCode> {
  const talk = createTalk(process.stderr, options);
  const library = await loadProfiles(join(packageRoot(), "profiles"));
  const config = openConfig(options.config, library, talk);
  if (config === undefined)
    throw new UserError("there is no portolan.yml here or above", { hint: "name one with --config" });
  const plan = config.planFor();
  const accounts = Object.keys(config.accounts);
  await writeStdout(
    `${config.file}: ${count(accounts.length, "account")}, ${count(plan.clusters.length, "cluster")}; no mistake found\n`,
  );
  if (options.snapshot === undefined) return EXIT.clean;

  const builder = new WorldBuilder();
  await loadSnapshot(options.snapshot, builder);
  const world = builder.build();
  const clusters = plan.clusters.map((cluster) => bindRoles(cluster, world));
  await writeStdout(clusters.map(describeCluster).join("") + describeUnheld(unheld(world, clusters)));
  const empty = clusters.flatMap((bound) => emptyRoles(bound));
  for (const error of empty) talk.always(`audit: ${error.toLine()}`);
  return empty.length === 0 ? EXIT.clean : EXIT.usage;
}

function describeCluster({ cluster, roles }: ClusterRoles): string {
  const rows = [...roles.values()]
    .filter(({ kind }) => kind !== "external")
    .map((role) => [role.name, role.status, membersOf(role)]);
  return `\nCluster ${cluster.name} (${cluster.profiles.map(({ id }) => id).join(", ")})\n${formatColumns([["ROLE", "STATUS", "MATCHED"], ...rows], "  ")}`;
}

const SHOWN = 8;

function membersOf({ endpoints, addressLabels }: Role): string {
  const all = [...endpoints.map(nameOf), ...addressLabels];
  const rest = all.length - SHOWN;
  const shown = all.slice(0, SHOWN).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function nameOf({ id, name }: Endpoint): string {
  return name === "" ? id : `${name} (${id})`;
}

/** Endpoints that no role of any cluster holds: the baseline judges them. */
function unheld(world: World, clusters: readonly ClusterRoles[]): readonly Endpoint[] {
  return world.endpoints.filter((endpoint) => !clusters.some(({ rolesOf }) => rolesOf.has(endpoint)));
}

function describeUnheld(endpoints: readonly Endpoint[]): string {
  if (endpoints.length === 0) return "\nEvery endpoint holds a role.\n";
  const rows = endpoints.map((endpoint) => [
    endpoint.id,
    endpoint.name,
    endpoint.interfaceType,
    endpoint.groupIds.join(","),
  ]);
  return `\n${count(endpoints.length, "endpoint")} held by no role; the baseline judges them\n${formatColumns([["ENDPOINT", "NAME", "TYPE", "GROUPS"], ...rows], "  ")}`;
}

function emptyRoles({ cluster, roles }: ClusterRoles): readonly UserError[] {
  return [...roles.values()]
    .filter(({ status, name }) => status === "empty" && cluster.roles[name] !== undefined)
    .map(({ name }) => {
      const binding = cluster.roles[name];
      return new UserError(`role ${name} of cluster ${cluster.name} matches nothing in the snapshot`, {
        ...(binding?.kind === "bound" && { position: binding.position }),
        hint: "correct its selector, or say none if the role does not exist",
      });
    });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
