// One validated profile file -> Profile: lists of roles become rows, names are checked against what the file declares, and everything
// keeps the place where it is written. What the file takes from another one (`extends`) is handed in, built.

import type {
  Condition,
  FactValue,
  Judgement,
  Need,
  ObservedRule,
  PortName,
  Profile,
  Requirement,
  RoleDefinition,
} from "../model/index.ts";
import { TransportSet } from "../net/index.ts";
import { allowsValue, COMMON_FACTS, describeValues, type FactDefinition } from "./facts.ts";
import { nearestHint } from "./nearest.ts";
import type { ConditionFile, ProfileFile, RowFile } from "./schema.ts";
import { readTransport, writePorts, type PortsText, type ProtocolText } from "./transport.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

export interface BuiltProfile {
  readonly profile: Profile;
  readonly facts: ReadonlyMap<string, FactDefinition>;
}

/**
 * @param base the profile that `extends` names
 * Throws UserError where the file names a role or fact that it does not declare, or gives two rows one id.
 */
export function buildProfile(file: ProfileFile, source: YamlSource, base: BuiltProfile | undefined): BuiltProfile {
  return new ProfileBuilder(file, source, base).build();
}

class ProfileBuilder {
  readonly #file: ProfileFile;
  readonly #source: YamlSource;
  readonly #base: BuiltProfile | undefined;
  readonly #roles: ReadonlyMap<string, RoleDefinition>;
  readonly #facts: ReadonlyMap<string, FactDefinition>;

  constructor(file: ProfileFile, source: YamlSource, base: BuiltProfile | undefined) {
    this.#file = file;
    this.#source = source;
    this.#base = base;
    this.#roles = this.#readRoles();
    this.#facts = this.#readFacts();
  }

  build(): BuiltProfile {
    const file = this.#file;
    const base = this.#base?.profile;
    const { document, section, version, commit, date, url } = file.source;
    const factDefaults: Record<string, FactValue> = {};
    for (const { name, defaultValue } of this.#facts.values()) {
      if (defaultValue !== undefined) factDefaults[name] = defaultValue;
    }
    const { recognise } = file;
    const profile: Profile = {
      id: file.id,
      title: file.title,
      source: {
        document,
        section,
        version: commit === undefined ? version : `${version} (${commit})`,
        date,
        ...(url === undefined ? {} : { url }),
      },
      kind: file.kind,
      roles: [...this.#roles.values()],
      factDefaults,
      rows: this.#mergeRows(base?.rows ?? []),
      closed: [...(base?.closed ?? []), ...this.#readClosed()],
      // Its own verdicts come first: the first that matches wins.
      judgements: [...this.#readJudgements(), ...(base?.judgements ?? [])],
      portNames: [...this.#readPortNames(), ...(base?.portNames ?? [])],
      ...(recognise === undefined
        ? {}
        : { recognise: { groupNames: recognise.group_names ?? [], tagKeys: recognise.tag_keys ?? [] } }),
      observed: this.#readObserved(),
      notes: [...(base?.notes ?? []), ...(file.notes ?? [])],
    };
    return { profile, facts: this.#facts };
  }

  #readRoles(): Map<string, RoleDefinition> {
    const roles = new Map((this.#base?.profile.roles ?? []).map((role) => [role.name, role]));
    for (const [name, { title, kind, union_of: unionOf }] of Object.entries(this.#file.roles ?? {})) {
      roles.set(name, { name, title, kind, ...(unionOf === undefined ? {} : { unionOf }) });
    }
    for (const { name, unionOf } of roles.values()) {
      for (const [index, part] of (unionOf ?? []).entries()) {
        const path = ["roles", name, "union_of", index];
        if (roles.get(part)?.unionOf !== undefined)
          throw this.#source.error(path, `${part} is a union itself`, "name roles that are bound");
        if (!roles.has(part)) throw this.#unknown("role", part, [...roles.keys()], path);
      }
    }
    return roles;
  }

  #readFacts(): Map<string, FactDefinition> {
    const facts = new Map(this.#base?.facts ?? []);
    for (const [name, { title, values, default: defaultValue }] of Object.entries(this.#file.facts ?? {})) {
      const allowed = values === "boolean" ? [true, false] : values;
      const fact: FactDefinition = {
        name,
        title,
        values: allowed,
        ...(defaultValue === undefined ? {} : { defaultValue }),
      };
      if (defaultValue !== undefined && !allowsValue(fact, defaultValue)) {
        throw this.#source.error(["facts", name, "default"], `the default of ${name} must be ${describeValues(fact)}`);
      }
      facts.set(name, fact);
    }
    return facts;
  }

  /** Rows of the file added to those of its base; one of the same id takes the place of the base's. */
  #mergeRows(inherited: readonly Requirement[]): Requirement[] {
    const rows = new Map(inherited.map((row) => [row.id, row]));
    const own = new Set<string>();
    for (const [index, row] of (this.#file.rows ?? []).entries()) {
      for (const requirement of this.#expandRow(row, ["rows", index])) {
        if (own.has(requirement.id)) {
          throw this.#source.error(
            ["rows", index],
            `two rows have the id ${requirement.id}`,
            "give one of them an id of its own",
          );
        }
        own.add(requirement.id);
        rows.set(requirement.id, requirement);
      }
    }
    return [...rows.values()];
  }

  #expandRow(row: RowFile, path: YamlPath): Requirement[] {
    const pairs = this.#pairsOf(row, path);
    const protocols: readonly (ProtocolText | undefined)[] =
      row.protocol === undefined ? [undefined] : listOf(row.protocol);
    const total = pairs.length * protocols.length;
    if (row.id !== undefined && total > 1)
      throw this.#source.error(
        [...path, "id"],
        "one id cannot name several rows",
        "leave it out or write the rows out",
      );
    if (row.port_fact !== undefined) this.#knownFact(row.port_fact, [...path, "port_fact"]);
    const common = {
      ...(row.port_fact === undefined ? {} : { portFact: row.port_fact }),
      ...(row.severity === undefined ? {} : { severity: row.severity }),
      need: needOf(row),
      essential: row.essential ?? false,
      when: this.#readCondition(row.when, [...path, "when"]),
      purpose: row.purpose,
      notes: row.notes ?? [],
      position: this.#source.position(path),
    };
    return pairs.flatMap(([from, to, local]) =>
      protocols.map((protocol): Requirement => ({
        id: row.id ?? idOf(from, to, protocol, row),
        from,
        to,
        transport: this.#rowTransport(row, protocol, path),
        protocolText: protocol === undefined ? "" : protocolText(protocol),
        portsText: row.ports_text ?? writePorts(row.ports),
        local,
        source: row.source ?? this.#cellText(from, to),
        ...common,
        ...this.#footnoteText(row, from, to, path),
      })),
    );
  }

  #pairsOf(row: RowFile, path: YamlPath): [from: string, to: string, local: boolean][] {
    if (row.local !== undefined) {
      if (row.from !== undefined || row.to !== undefined)
        throw this.#source.error(path, "a row has either `local` or `from` and `to`");
      return this.#knownRoles(row.local, [...path, "local"]).map((role) => [role, role, true]);
    }
    if (row.from === undefined || row.to === undefined)
      throw this.#source.error(path, "a row needs `from` and `to`, or `local` for a node to itself");
    const to = this.#knownRoles(row.to, [...path, "to"]);
    return this.#knownRoles(row.from, [...path, "from"], ["any"]).flatMap((from) =>
      to.map((role): [string, string, boolean] => [from, role, false]),
    );
  }

  #rowTransport(row: RowFile, protocol: ProtocolText | undefined, path: YamlPath): TransportSet | undefined {
    if (row.ports === undefined && (row.port_fact !== undefined || row.ports_text !== undefined)) return undefined;
    if (protocol === undefined)
      throw this.#source.error(path, `"protocol" is missing`, "or say with ports_text that the document gives none");
    return readTransport(protocol, row.ports, { source: this.#source, path });
  }

  /** The row and column of a matrix, as the document heads them. */
  #cellText(from: string, to: string): string {
    return `row ${this.#roles.get(from)?.title ?? from}, column ${this.#roles.get(to)?.title ?? to}`;
  }

  #footnoteText(row: RowFile, from: string, to: string, path: YamlPath): { source?: string } {
    if (row.footnotes === undefined) return {};
    const numbers = listOf(row.footnotes);
    for (const number of numbers) {
      if (this.#file.footnotes?.[String(number)] === undefined && this.#file.extends === undefined) {
        throw this.#source.error([...path, "footnotes"], `there is no note ${number} under footnotes`);
      }
    }
    return { source: `${row.source ?? this.#cellText(from, to)}, note ${numbers.join(" and ")}` };
  }

  #readClosed(): { from: string; to: string }[] {
    return (this.#file.closed ?? []).flatMap(({ from, to }, index) => {
      const senders = this.#knownRoles(from, ["closed", index, "from"], ["any"]);
      const receivers = this.#knownRoles(to, ["closed", index, "to"]);
      return senders.flatMap((sender) => receivers.map((receiver) => ({ from: sender, to: receiver })));
    });
  }

  #readJudgements(): Judgement[] {
    return (this.#file.judgements ?? []).map((judgement, index) => {
      const path = ["judgements", index];
      const { from } = judgement;
      return {
        id: judgement.id,
        to: judgement.to === undefined ? [] : this.#knownRoles(judgement.to, [...path, "to"]),
        // A role that the profile lacks is fine here: the endpoint may hold it through another profile of its cluster.
        unlessRoles: judgement.unless_roles ?? [],
        peers: Array.isArray(from) ? { roles: this.#knownRoles(from, [...path, "from"]) } : from,
        transport: this.#unionTransport(judgement.protocol, judgement.ports, path),
        severity: judgement.severity,
        reason: judgement.reason,
        when: this.#readCondition(judgement.when, [...path, "when"]),
      };
    });
  }

  #readPortNames(): PortName[] {
    return (this.#file.port_names ?? []).map((port, index) => ({
      name: port.name,
      title: port.title,
      portClass: port.class ?? "other",
      transport: this.#unionTransport(port.protocol, port.ports, ["port_names", index]),
    }));
  }

  #readObserved(): ObservedRule[] {
    return (this.#file.observed ?? []).flatMap((rule, index) => {
      const path = ["observed", index];
      const transport = readTransport(rule.protocol, rule.ports, { source: this.#source, path });
      const direction = rule.direction ?? "ingress";
      const ports = writePorts(rule.ports);
      const words = [protocolText(rule.protocol), ports].filter((word) => word !== "").join(" ");
      const peers = listOf(rule.peers);
      return peers.map((peer): ObservedRule => {
        const id = rule.id ?? [direction, ...words.split(" ")].join("-");
        return {
          id: peers.length === 1 ? id : `${id}-${peer}`,
          direction,
          transport,
          portsText: words,
          peer,
          purpose: rule.purpose,
        };
      });
    });
  }

  #unionTransport(
    protocols: ProtocolText | readonly ProtocolText[],
    ports: PortsText | undefined,
    path: YamlPath,
  ): TransportSet {
    return TransportSet.unionAll(
      listOf(protocols).map((protocol) => readTransport(protocol, ports, { source: this.#source, path })),
    );
  }

  #readCondition(condition: ConditionFile | undefined, path: YamlPath): Condition | undefined {
    if (condition === undefined) return undefined;
    const facts = Object.entries(condition).map(([name, wanted]) => {
      const fact = this.#knownFact(name, [...path, name], "key");
      const negated = typeof wanted === "object" && !Array.isArray(wanted);
      const values = listOf(negated ? wanted.not : wanted);
      for (const value of values) {
        if (!allowsValue(fact, value))
          throw this.#source.error(
            [...path, name],
            `${name} is never ${JSON.stringify(value)}`,
            `it is ${describeValues(fact)}`,
          );
      }
      return { fact: name, values, negated };
    });
    return { facts };
  }

  #knownRoles(names: string | readonly string[], path: YamlPath, others: readonly string[] = []): readonly string[] {
    const list = listOf(names);
    for (const [index, name] of list.entries()) {
      if (this.#roles.has(name) || others.includes(name)) continue;
      throw this.#unknown(
        "role",
        name,
        [...this.#roles.keys(), ...others],
        Array.isArray(names) ? [...path, index] : path,
      );
    }
    return list;
  }

  #knownFact(name: string, path: YamlPath, at: "value" | "key" = "value"): FactDefinition {
    const fact = this.#facts.get(name) ?? COMMON_FACTS.find((common) => common.name === name);
    if (fact === undefined) throw this.#unknown("fact", name, [...this.#facts.keys()], path, at);
    return fact;
  }

  #unknown(what: string, name: string, known: readonly string[], path: YamlPath, at: "value" | "key" = "value"): Error {
    return this.#source.error(path, `unknown ${what} ${JSON.stringify(name)}`, nearestHint(name, known), at);
  }
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Traffic of a node to itself is never required as a network rule (docs/judging.md, 1). */
function needOf({ need, local }: RowFile): Need {
  if (typeof need === "object") return { kind: "any-of", name: need.any_of };
  return { kind: need ?? (local === undefined ? "required" : "allowed") };
}

function protocolText(protocol: ProtocolText): string {
  return typeof protocol === "number" ? `protocol ${protocol}` : protocol;
}

/** "control_plane-etcd-tcp-2379": stable as long as the row says the same. */
function idOf(from: string, to: string, protocol: ProtocolText | undefined, row: RowFile): string {
  const roles = row.local === undefined ? [short(from), short(to)] : [short(to), "local"];
  const ports = writePorts(row.ports).replaceAll(", ", "+");
  return [...roles, ...(protocol === undefined ? [] : [String(protocol)]), ...(ports === "" ? [] : [ports])].join("-");
}

function short(role: string): string {
  return role.replace(/_nodes$/, "");
}
