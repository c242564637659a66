// AWS protocol and port fields -> TransportSet. AWS, IpPermission: -1 or a number other than tcp, udp, icmp and icmpv6 means all ports,
// "regardless of any port range"; for icmp FromPort is the type and ToPort the code; icmpv6 may leave the range out.

import { ALL_PORTS, IntervalSet, TransportSet } from "../../net/index.ts";

const NUMBERS: Readonly<Record<string, number>> = { "-1": -1, all: -1, tcp: 6, udp: 17, icmp: 1, icmpv6: 58 };

/** Equal transports are one object: a million rules share a few hundred. By protocol as written, then by its two numbers. */
const interned = new Map<string, Map<number, TransportSet | string>>();

/**
 * @returns the transports that the fields name, or in words why they name none
 */
export function transportOf(protocol: string, from: number | undefined, to: number | undefined): TransportSet | string {
  let known = interned.get(protocol);
  if (known === undefined) {
    known = new Map<number, TransportSet | string>();
    if (interned.size < 1000) interned.set(protocol, known);
  }
  const key = (from ?? -2) * 1_000_000 + (to ?? -2);
  let transport = known.get(key);
  if (transport === undefined) {
    transport = build(protocol, from, to);
    known.set(key, transport);
  }
  return transport;
}

/** The IANA number of a protocol field, -1 for everything; undefined where it is neither a known name nor a number. */
export function protocolNumber(protocol: string): number | undefined {
  const named = NUMBERS[protocol.toLowerCase()];
  if (named !== undefined) return named;
  const number = /^\d{1,3}$/u.test(protocol) ? Number(protocol) : Number.NaN;
  return number <= 255 ? number : undefined;
}

function build(protocol: string, from: number | undefined, to: number | undefined): TransportSet | string {
  const number = protocolNumber(protocol);
  if (number === undefined) return `the protocol ${JSON.stringify(protocol)} is not known`;
  switch (number) {
    case -1:
      return TransportSet.all;
    case 6:
    case 17: {
      // Absent and -1 are not what AWS documents for tcp and udp; emulators and templates write them for "all ports".
      const ports = from === undefined || to === undefined || from === -1 ? ALL_PORTS : portRange(from, to);
      if (typeof ports === "string") return ports;
      return number === 6 ? TransportSet.tcp(ports) : TransportSet.udp(ports);
    }
    case 1:
    case 58: {
      const type = from ?? -1;
      // Type -1 forces code -1.
      const code = type === -1 ? -1 : (to ?? -1);
      if (type < -1 || type > 255 || code < -1 || code > 255) return `ICMP type ${type} code ${code} does not exist`;
      return number === 1 ? TransportSet.icmp(type, code) : TransportSet.icmpv6(type, code);
    }
    default:
      return TransportSet.protocol(number);
  }
}

function portRange(from: number, to: number): IntervalSet<number> | string {
  if (from < 0 || to > 65_535 || from > to) return `ports ${from} to ${to} are no range`;
  return IntervalSet.span(from, to + 1);
}
