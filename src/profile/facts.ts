// What facts there are and which values they may have, so that a configuration cannot state nonsense about them.

import type { FactValue } from "../model/index.ts";

export interface FactDefinition {
  readonly name: string;
  readonly title: string;
  /** The values it may have; "port" = a whole number from 1 to 65535. */
  readonly values: readonly FactValue[] | "port";
  /** Assumed where a configuration does not state the fact. */
  readonly defaultValue?: FactValue;
}

/** Facts that concern every profile, whatever it says: docs/judging.md, 1. */
export const COMMON_FACTS: readonly FactDefinition[] = [
  {
    name: "ip_families",
    title: "Address families in which the cluster's nodes talk to each other",
    values: ["ipv4", "ipv6", "dual"],
  },
];

/** Whether the fact may have the value. */
export function allowsValue(fact: FactDefinition, value: FactValue): boolean {
  if (fact.values !== "port") return fact.values.includes(value);
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

/** "none, proxy or passthrough", "a port from 1 to 65535". */
export function describeValues(fact: FactDefinition): string {
  if (fact.values === "port") return "a port from 1 to 65535";
  const words = fact.values.map(String);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
