// One flow as `audit query` reads it: checked field by field, with messages that say what is wrong and what would be right.

import { UserError } from "../model/index.ts";
import type { ProtocolCell } from "../net/index.ts";

export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly cell: ProtocolCell;
  /** Port, type*256+code, or protocol number, by cell. */
  readonly axis: number;
}

const CELLS: Readonly<Record<number, ProtocolCell>> = { 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6" };
const NAMES: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  esp: 50,
  ah: 51,
  gre: 47,
  sctp: 132,
};
const KEYS = new Set(["from", "to", "protocol", "port", "from_port", "type", "code"]);

/**
 * @param line the parsed JSON of one line
 * @throws UserError where it is no flow
 */
export function parseFlow(line: unknown): Flow {
  if (typeof line !== "object" || line === null || Array.isArray(line)) {
    throw new UserError("a flow is an object", {
      hint: 'such as {"from":"203.0.113.7","to":"eni-0a1b","protocol":"tcp","port":2379}',
    });
  }
  const flow = line as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(flow).find((key) => !KEYS.has(key));
  if (stranger !== undefined)
    throw new UserError(`unknown key ${JSON.stringify(stranger)}`, { hint: `a flow has ${[...KEYS].join(", ")}` });
  const number = protocolOf(flow["protocol"]);
  const cell = CELLS[number] ?? "other";
  numberIn(flow, "from_port", 65_535, false);
  return { from: endOf(flow, "from"), to: endOf(flow, "to"), cell, axis: axisOf(flow, cell, number) };
}

function axisOf(flow: Readonly<Record<string, unknown>>, cell: ProtocolCell, number: number): number {
  switch (cell) {
    case "tcp":
    case "udp":
      return numberIn(flow, "port", 65_535, true);
    case "icmp":
    case "icmpv6":
      return numberIn(flow, "type", 255, true) * 256 + numberIn(flow, "code", 255, false);
    case "other":
      return number;
  }
}

function endOf(flow: Readonly<Record<string, unknown>>, key: "from" | "to"): string {
  const value = flow[key];
  if (typeof value !== "string" || value === "")
    throw new UserError(`${key} is missing`, { hint: "an address or the id of an endpoint" });
  return value;
}

function protocolOf(value: unknown): number {
  const number =
    typeof value === "string"
      ? (NAMES[value.toLowerCase()] ?? (/^\d{1,3}$/u.test(value) ? Number(value) : undefined))
      : value;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= 255) return number;
  throw new UserError(value === undefined ? "protocol is missing" : `protocol ${JSON.stringify(value)} is not known`, {
    hint: "a name such as tcp, udp, icmp, icmpv6, or a number from 0 to 255",
  });
}

function numberIn(flow: Readonly<Record<string, unknown>>, key: string, most: number, isNeeded: boolean): number {
  const value = flow[key];
  if (value === undefined) {
    if (isNeeded) throw new UserError(`${key} is missing`, { hint: `a whole number from 0 to ${most}` });
    return 0;
  }
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new UserError(`${key} ${JSON.stringify(value)} is out of range`, { hint: `a whole number from 0 to ${most}` });
}
