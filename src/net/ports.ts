// Sets of ports 0 to 65535, as text and as values. A port set is an IntervalSet of numbers, half-open like every other.

import { IntervalSet } from "./interval-set.ts";

export type PortSet = IntervalSet<number>;

/** One past the last point of the 16-bit axis: ports, and type*256+code of ICMP. */
const AXIS_END = 65_536;

export const ALL_PORTS: PortSet = IntervalSet.span(0, AXIS_END);

/** A text that is no list of ports; the message quotes the part that is wrong. */
export class PortError extends Error {
  override readonly name: string = "PortError";
}

/** Reads "22, 80, 30000-32767" (ends included) or "all". Throws PortError. */
export function parsePorts(text: string): PortSet {
  if (text.trim() === "all") return ALL_PORTS;
  return IntervalSet.unionAll(text.split(",").map((part) => parseRange(part.trim())));
}

function parseRange(part: string): PortSet {
  const match = /^(0|[1-9]\d{0,4})(?:-(0|[1-9]\d{0,4}))?$/u.exec(part);
  if (match === null)
    throw new PortError(`${JSON.stringify(part)} is neither a port, nor a range such as 8000-8080, nor "all"`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? first);
  if (last >= AXIS_END || first >= AXIS_END) throw new PortError(`${JSON.stringify(part)}: the last port is 65535`);
  if (last < first) throw new PortError(`${JSON.stringify(part)}: the range ends before it begins`);
  return IntervalSet.span(first, last + 1);
}

/** The text that `parsePorts` reads: "22, 80, 30000-32767" or "all"; "none" for the empty set. */
export function formatPorts(ports: PortSet): string {
  if (ports.isEmpty) return "none";
  if (ports.equals(ALL_PORTS)) return "all";
  return formatNumbers(ports);
}

/** Numbers and ranges of numbers, ends included: "22, 80, 30000-32767". */
function formatNumbers(numbers: IntervalSet<number>): string {
  return Array.from(numbers.spans(), ([start, end]) => formatRun(start, end)).join(", ");
}

/** A half-open run of numbers with its ends included: "22" or "22-25". */
export function formatRun(start: number, end: number): string {
  return end - start === 1 ? `${start}` : `${start}-${end - 1}`;
}
