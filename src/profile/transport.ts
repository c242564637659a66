// Protocol and ports as profiles and the configuration write them, as a zod shape and as a TransportSet.

import { z } from "zod";
import { ALL_PORTS, parsePorts, PortError, TransportSet } from "../net/index.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

export const protocolSchema = z
  .union([z.enum(["tcp", "udp", "icmp", "icmpv6", "all"]), z.int().min(0).max(255)])
  .meta({ id: "protocol", description: "tcp, udp, icmp, icmpv6, all, or the number of any other IP protocol" });

const portSchema = z.int().min(0).max(65_535);

export const portsSchema = z
  .union([portSchema, z.string(), z.array(z.union([portSchema, z.string()])).min(1)])
  .meta({ id: "ports", description: 'A port, a range such as "8000-8080", a list of both, or "all"' });

export type ProtocolText = z.output<typeof protocolSchema>;
export type PortsText = z.output<typeof portsSchema>;

/** Where the two values stand, for errors. */
export interface TransportPlace {
  readonly source: YamlSource;
  /** The mapping that holds `protocol` and `ports`. */
  readonly path: YamlPath;
}

/**
 * The transport that a protocol and its ports name. tcp and udp need ports ("all" for all of them), other protocols have none.
 * Throws UserError where they do not go together or the ports are malformed.
 */
export function readTransport(
  protocol: ProtocolText,
  ports: PortsText | undefined,
  { source, path }: TransportPlace,
): TransportSet {
  const number = typeof protocol === "number" ? protocol : NUMBERS[protocol];
  if (number === NUMBERS.tcp || number === NUMBERS.udp) {
    if (ports === undefined) throw source.error(path, `"ports" is missing`, 'give a port, a range, a list or "all"');
    const set = readPorts(ports, source, [...path, "ports"]);
    return number === NUMBERS.tcp ? TransportSet.tcp(set) : TransportSet.udp(set);
  }
  if (ports !== undefined && !readPorts(ports, source, [...path, "ports"]).equals(ALL_PORTS)) {
    throw source.error([...path, "ports"], `protocol ${protocol} has no ports`, 'leave "ports" out');
  }
  return number === undefined ? TransportSet.all : TransportSet.protocol(number);
}

const NUMBERS = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58, all: undefined } as const;

function readPorts(ports: PortsText, source: YamlSource, path: YamlPath): typeof ALL_PORTS {
  const text = Array.isArray(ports) ? ports.join(",") : String(ports);
  try {
    return parsePorts(text);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    throw source.error(path, `ports: ${error.message}`);
  }
}

/** Ports as a person reads them: "22, 30000-32767", "all", "" where the protocol has none. */
export function writePorts(ports: PortsText | undefined): string {
  return ports === undefined ? "" : Array.isArray(ports) ? ports.join(", ") : String(ports);
}
