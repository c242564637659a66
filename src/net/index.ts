// The set algebra: everything that is decided exactly is decided with these sets. It imports nothing.

export { AddressError, formatAddress, parseAddress, type Address } from "./address.ts";
export { checkCidr } from "./cidr.ts";
export { IntervalSet } from "./interval-set.ts";
export { IpSet, parseCidr } from "./ip-set.ts";
export { ALL_PORTS, formatPorts, parsePorts, PortError, type PortSet } from "./ports.ts";
export { PRIVATE, PUBLIC_V4, PUBLIC_V6 } from "./special-ranges.ts";
export { TrafficSet, type TrafficBox } from "./traffic-set.ts";
export { PROTOCOL_CELLS, TransportSet, type ProtocolCell } from "./transport-set.ts";
