// Ranges with a prefix length: reading one, and the shortest list of them that covers an interval.

import { AddressError, formatAddress, readIPv4, readIPv6 } from "./address.ts";

export const V4_END = 2 ** 32;
export const V6_END = 1n << 128n;

/** How many addresses an IPv4 range holds, by its prefix length. */
const V4_SIZES = Array.from({ length: 33 }, (_, prefixLength) => 2 ** (32 - prefixLength));

/** The half-open interval of an IPv4 range; host bits are masked, a plain address is a /32. Throws AddressError. */
export function readCidrV4(text: string): [start: number, end: number] {
  const slash = text.indexOf("/");
  const address = readIPv4(text, 0, slash < 0 ? text.length : slash);
  const size = V4_SIZES[readPrefixLength(text, slash, 32)] as number;
  const start = address - (address % size);
  return [start, start + size];
}

/** The half-open interval of an IPv6 range; host bits are masked, a plain address is a /128. Throws AddressError. */
export function readCidrV6(text: string): [start: bigint, end: bigint] {
  const slash = text.indexOf("/");
  const address = readIPv6(text, slash < 0 ? text.length : slash);
  const hostBits = BigInt(128 - readPrefixLength(text, slash, 128));
  const start = (address >> hostBits) << hostBits;
  return [start, start + (1n << hostBits)];
}

/** Throws AddressError where the text is no range and no address; builds nothing. */
export function checkCidr(text: string): void {
  if (looksLikeV6(text)) readCidrV6(text);
  else readCidrV4(text);
}

/** Whether the text can only be an IPv6 address or range. */
export function looksLikeV6(text: string): boolean {
  return text.includes(":");
}

/** The digits after the slash, without sign or leading zero; `most` where there is no slash. */
function readPrefixLength(text: string, slash: number, most: number): number {
  if (slash < 0) return most;
  if (slash + 1 === text.length) throw new AddressError(text, "the prefix length is missing");
  let length = 0;
  for (let i = slash + 1; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) throw new AddressError(text, "a prefix length is written in digits only");
    if (i > slash + 1 && length === 0) throw new AddressError(text, "a prefix length has no leading zero");
    length = length * 10 + digit;
    if (length > most) throw new AddressError(text, `the prefix length is over ${most}`);
  }
  return length;
}

/** The least number of ranges that cover [start, end), in order: each the largest that begins there and still fits. */
export function cidrsOfV4(start: number, end: number): string[] {
  return blocks(BigInt(start), BigInt(end), 32).map(
    (block) => `${formatAddress({ family: 4, value: Number(block.start) })}/${block.prefixLength}`,
  );
}

/** As `cidrsOfV4`, for IPv6. */
export function cidrsOfV6(start: bigint, end: bigint): string[] {
  return blocks(start, end, 128).map(
    (block) => `${formatAddress({ family: 6, value: block.start })}/${block.prefixLength}`,
  );
}

function blocks(start: bigint, end: bigint, bits: number): { start: bigint; prefixLength: number }[] {
  const result: { start: bigint; prefixLength: number }[] = [];
  let at = start;
  while (at < end) {
    let hostBits = at === 0n ? bits : trailingZeros(at);
    while (at + (1n << BigInt(hostBits)) > end) hostBits -= 1;
    result.push({ start: at, prefixLength: bits - hostBits });
    at += 1n << BigInt(hostBits);
  }
  return result;
}

function trailingZeros(value: bigint): number {
  return (value & -value).toString(2).length - 1;
}
