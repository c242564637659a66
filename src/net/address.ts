// IPv4 and IPv6 addresses as text and as values. Reading is strict: what two programs could read as different addresses is an
// error (octal 010.0.0.1, short 1.2.3, hexadecimal 0x7f...), and so are zone ids and white space. Writing follows RFC 5952.
// The families are never mixed: ::ffff:10.0.0.1 is an IPv6 address here, not 10.0.0.1.

export type Address = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint };

/** A text that is no address or no range; the message quotes it and says what is wrong. */
export class AddressError extends Error {
  override readonly name: string = "AddressError";

  constructor(text: string, what: string) {
    super(`${JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)}: ${what}`);
  }
}

/** Reads one address: four decimal parts, or RFC 4291 text with an optional IPv4 tail. Throws AddressError. */
export function parseAddress(text: string): Address {
  return text.includes(":")
    ? { family: 6, value: readIPv6(text, text.length) }
    : { family: 4, value: readIPv4(text, 0, text.length) };
}

/** Canonical text: RFC 5952, with a dotted IPv4 tail for IPv4-mapped addresses (its section 5). */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatIPv4(address.value) : formatIPv6(address.value);
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COLON = 58;

/** Reads the four decimal parts that fill `text` from `from` to `to`. */
export function readIPv4(text: string, from: number, to: number): number {
  let value = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (digits > 0 && part === 0) throw new AddressError(text, "a part with a leading zero could be read as octal");
      part = part * 10 + code - ZERO;
      digits += 1;
      if (part > 255) throw new AddressError(text, "a part of an IPv4 address is over 255");
    } else if (code === DOT) {
      if (digits === 0) throw new AddressError(text, "a part of the IPv4 address is missing");
      value = value * 256 + part;
      part = 0;
      digits = 0;
      dots += 1;
    } else {
      throw new AddressError(text, `${describeCharacter(text, i)} does not belong in an IPv4 address`);
    }
  }
  if (dots !== 3) throw new AddressError(text, "an IPv4 address has four parts");
  if (digits === 0) throw new AddressError(text, "a part of the IPv4 address is missing");
  return value * 256 + part;
}

/** Reads the IPv6 address that fills `text` up to `to`. */
export function readIPv6(text: string, to: number): bigint {
  const groups: number[] = [];
  // How many groups stand before "::", which fills the address up to eight.
  let gap = -1;
  let i = 0;
  if (text.startsWith("::")) {
    gap = 0;
    i = 2;
  }
  while (i < to) {
    const end = groupEnd(text, i, to);
    if (end < to && text.charCodeAt(end) === DOT) {
      const tail = readIPv4(text, i, to);
      groups.push(Math.floor(tail / 65536), tail % 65536);
      break;
    }
    groups.push(readGroup(text, i, end));
    if (end === to) break;
    i = end + 1;
    if (i === to) throw new AddressError(text, "an IPv6 address does not end with a single colon");
    if (text.charCodeAt(i) === COLON) {
      if (gap >= 0) throw new AddressError(text, 'an IPv6 address holds "::" only once');
      gap = groups.length;
      i += 1;
    }
  }
  const missing = 8 - groups.length;
  if (gap < 0 && missing !== 0) throw new AddressError(text, "an IPv6 address has eight groups");
  if (gap >= 0 && missing < 1)
    throw new AddressError(text, '"::" stands for at least one group, and eight are the most');
  if (gap >= 0) groups.splice(gap, 0, ...ZERO_GROUPS.slice(0, missing));
  return joinGroups(groups);
}

const ZERO_GROUPS: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0];

/** Where the run of hexadecimal digits ends; a colon, a dot or the end must follow. */
function groupEnd(text: string, from: number, to: number): number {
  for (let i = from; i < to; i += 1) {
    const code = text.charCodeAt(i);
    if (code === COLON || code === DOT) return i;
    if (hexDigit(code) < 0) {
      throw new AddressError(text, `${describeCharacter(text, i)} does not belong in an IPv6 address`);
    }
  }
  return to;
}

function readGroup(text: string, from: number, to: number): number {
  if (from === to) throw new AddressError(text, "a group of the IPv6 address is missing");
  if (to - from > 4) throw new AddressError(text, "a group of an IPv6 address has at most four digits");
  let group = 0;
  for (let i = from; i < to; i += 1) group = group * 16 + hexDigit(text.charCodeAt(i));
  return group;
}

/** The value of a hexadecimal digit, negative where it is none. */
function hexDigit(code: number): number {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Joins eight groups by halves of 32 bits, so that only the last steps are done on slow big integers. */
function joinGroups(groups: readonly number[]): bigint {
  const word = (i: number): bigint => BigInt((groups[i] as number) * 65536 + (groups[i + 1] as number));
  return (((word(0) << 32n) | word(2)) << 64n) | ((word(4) << 32n) | word(6));
}

function describeCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === "%") return 'a zone id ("%")';
  return /\s/u.test(character) ? "white space" : JSON.stringify(character);
}

function formatIPv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function formatIPv6(value: bigint): string {
  // RFC 5952, 5: the prefix ::ffff:0:0/96 tells that an IPv4 address is embedded.
  if (value >> 32n === 0xffffn) return `::ffff:${formatIPv4(Number(value & 0xffffffffn))}`;
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  const zeros = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (zeros.length < 2) return hex.join(":");
  return `${hex.slice(0, zeros.start).join(":")}::${hex.slice(zeros.start + zeros.length).join(":")}`;
}

/** The first of the longest runs of zero groups. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  }
  return best;
}
