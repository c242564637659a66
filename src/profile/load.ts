// The profile library: every *.yaml below a folder, read once, checked against each other and looked up by id. Which folder is the
// caller's to say; nothing here knows where the package lies.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  compareCodeUnits,
  UserError,
  type PortName,
  type Position,
  type Profile,
  type RoleDefinition,
} from "../model/index.ts";
import { PROTOCOL_CELLS, type TransportSet } from "../net/index.ts";
import { buildProfile, type BuiltProfile } from "./build.ts";
import { COMMON_FACTS, type FactDefinition } from "./facts.ts";
import { nearestHint } from "./nearest.ts";
import { profileSchema, type ProfileFile } from "./schema.ts";
import { validate } from "./validate.ts";
import { YamlSource } from "./yaml-source.ts";

export interface ProfileLibrary {
  /** The profile of an id. Throws UserError that offers the nearest id; `position` is where the id was written. */
  get(id: string, position?: Position): Profile;
  /** All profiles, sorted by id. */
  list(): readonly Profile[];
  readonly baseline: Profile;
  /** Port names of all profiles, the most specific (fewest ports) first. */
  readonly portNames: readonly PortName[];
  /** The observed-rules profiles, sorted by id. */
  readonly observed: readonly Profile[];
  /** Every fact that any profile asks about, by name. */
  readonly facts: ReadonlyMap<string, FactDefinition>;
  /** Every role that any profile defines, by name. */
  readonly roles: ReadonlyMap<string, RoleDefinition>;
}

interface LoadedFile {
  readonly file: ProfileFile;
  readonly source: YamlSource;
}

/**
 * Reads all profiles below a folder. Throws UserError where one is malformed, where two disagree on what a role or a fact is, or where
 * the folder holds no baseline.
 * @param folder an absolute or relative path; errors name files as they are found below it
 */
export async function loadProfiles(folder: string): Promise<ProfileLibrary> {
  const files = new Map<string, LoadedFile>();
  for (const name of await profileFiles(folder)) {
    const path = join(folder, name);
    const source = YamlSource.read(path);
    const file = validate(source, profileSchema);
    const expected = name.replaceAll("\\", "/").replace(/\.yaml$/, "");
    if (file.id !== expected) throw source.error(["id"], `the id must be the file's path: ${expected}`);
    files.set(file.id, { file, source });
  }
  return new Library(files, folder);
}

async function profileFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true });
    return names.filter((name) => name.endsWith(".yaml")).sort(compareCodeUnits);
  } catch (error) {
    throw new UserError("the folder of profiles cannot be read", { position: { file: folder }, cause: error });
  }
}

class Library implements ProfileLibrary {
  readonly baseline: Profile;
  readonly portNames: readonly PortName[];
  readonly observed: readonly Profile[];
  readonly facts: ReadonlyMap<string, FactDefinition>;
  readonly roles: ReadonlyMap<string, RoleDefinition>;
  readonly #profiles = new Map<string, Profile>();

  constructor(files: ReadonlyMap<string, LoadedFile>, folder: string) {
    const built = new Map<string, BuiltProfile>();
    for (const id of files.keys()) this.#profiles.set(id, buildWithBase(id, files, built, []).profile);
    const all = this.list();
    const [baseline] = all.filter((profile) => profile.kind === "baseline");
    if (baseline === undefined)
      throw new UserError("no profile of kind baseline is among the profiles", { position: { file: folder } });
    this.baseline = baseline;
    this.observed = all.filter((profile) => profile.kind === "observed-rules");
    // Extending profiles repeat what they took over: by name, the first counts.
    const names = new Map(all.flatMap((profile) => profile.portNames).map((port) => [port.name, port]));
    this.portNames = [...names.values()].sort(
      (a, b) => size(a.transport) - size(b.transport) || compareCodeUnits(a.name, b.name),
    );
    this.roles = agreed("role", all, (profile) => profile.roles, sameRole, files);
    this.facts = agreed(
      "fact",
      all,
      (profile) => [...COMMON_FACTS, ...(built.get(profile.id)?.facts.values() ?? [])],
      sameFact,
      files,
    );
  }

  get(id: string, position?: Position): Profile {
    const profile = this.#profiles.get(id);
    if (profile !== undefined) return profile;
    const hint = nearestHint(id, [...this.#profiles.keys()]);
    throw new UserError(`unknown profile ${JSON.stringify(id)}`, {
      ...(position === undefined ? {} : { position }),
      hint: hint ?? "list them with `audit profiles list`",
    });
  }

  list(): readonly Profile[] {
    return [...this.#profiles.values()].sort((a, b) => compareCodeUnits(a.id, b.id));
  }
}

function buildWithBase(
  id: string,
  files: ReadonlyMap<string, LoadedFile>,
  built: Map<string, BuiltProfile>,
  under: readonly string[],
): BuiltProfile {
  const known = built.get(id);
  if (known !== undefined) return known;
  const loaded = files.get(id);
  if (loaded === undefined) throw new Error(`profile ${id} was not loaded`);
  const { file, source } = loaded;
  const chain = [...under, id];
  let base: BuiltProfile | undefined;
  if (file.extends !== undefined) {
    if (!files.has(file.extends))
      throw source.error(
        ["extends"],
        `unknown profile ${JSON.stringify(file.extends)}`,
        nearestHint(file.extends, [...files.keys()]),
      );
    if (chain.includes(file.extends))
      throw source.error(["extends"], `profiles extend each other in a circle: ${[...chain, file.extends].join(", ")}`);
    base = buildWithBase(file.extends, files, built, chain);
  }
  const profile = buildProfile(file, source, base);
  built.set(id, profile);
  return profile;
}

/** Definitions of all profiles by name. A cluster may follow several profiles, so one name must mean one thing. */
function agreed<T extends { readonly name: string }>(
  what: "role" | "fact",
  profiles: readonly Profile[],
  definitions: (profile: Profile) => readonly T[],
  same: (a: T, b: T) => boolean,
  files: ReadonlyMap<string, LoadedFile>,
): Map<string, T> {
  const found = new Map<string, { definition: T; profile: string }>();
  for (const profile of profiles) {
    for (const definition of definitions(profile)) {
      const first = found.get(definition.name);
      if (first === undefined) found.set(definition.name, { definition, profile: profile.id });
      else if (!same(first.definition, definition)) {
        const message = `${what} ${definition.name} is defined otherwise in ${first.profile}`;
        throw files.get(profile.id)?.source.error([`${what}s`, definition.name], message) ?? new Error(message);
      }
    }
  }
  return new Map([...found].map(([name, { definition }]) => [name, definition]));
}

function sameRole(a: RoleDefinition, b: RoleDefinition): boolean {
  return a.title === b.title && a.kind === b.kind && (a.unionOf ?? []).join() === (b.unionOf ?? []).join();
}

function sameFact(a: FactDefinition, b: FactDefinition): boolean {
  return a.title === b.title && String(a.values) === String(b.values) && a.defaultValue === b.defaultValue;
}

/** How many points of all protocols a transport has. */
function size(transport: TransportSet): number {
  let points = 0;
  for (const cell of PROTOCOL_CELLS) for (const [start, end] of transport.cells[cell].spans()) points += end - start;
  return points;
}
