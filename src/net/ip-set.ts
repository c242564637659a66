// Sets of IPv4 and IPv6 addresses. The families never mix: 0.0.0.0/0 holds no IPv6 address and ::/0 no IPv4 address, and
// an IPv4-mapped IPv6 address is IPv6. Canonical, so two halves 0.0.0.0/1 and 128.0.0.0/1 are the same set as 0.0.0.0/0.

import { formatAddress, type Address } from "./address.ts";
import { cidrsOfV4, cidrsOfV6, looksLikeV6, readCidrV4, readCidrV6, V4_END, V6_END } from "./cidr.ts";
import { IntervalSet } from "./interval-set.ts";
import { uniteAll } from "./unite.ts";

const NO_V4 = IntervalSet.empty<number>();
const NO_V6 = IntervalSet.empty<bigint>();
const ALL_V4 = IntervalSet.span(0, V4_END);
const ALL_V6 = IntervalSet.span(0n, V6_END);

export class IpSet {
  static readonly empty = new IpSet(NO_V4, NO_V6);
  static readonly anyV4 = new IpSet(ALL_V4, NO_V6);
  static readonly anyV6 = new IpSet(NO_V4, ALL_V6);
  /** Every address of both families. */
  static readonly any = new IpSet(ALL_V4, ALL_V6);

  readonly v4: IntervalSet<number>;
  readonly v6: IntervalSet<bigint>;

  private constructor(v4: IntervalSet<number>, v6: IntervalSet<bigint>) {
    this.v4 = v4;
    this.v6 = v6;
  }

  /** The set of these addresses; half-open intervals within 0 to 2^32 and 0 to 2^128. */
  static of(v4: IntervalSet<number>, v6: IntervalSet<bigint>): IpSet {
    return v4.isEmpty && v6.isEmpty ? IpSet.empty : new IpSet(v4, v6);
  }

  /** Reads "10.0.0.0/8", "2001:db8::/32" or one address; host bits are masked. Throws AddressError. */
  static cidr(text: string): IpSet {
    if (looksLikeV6(text)) return new IpSet(NO_V4, IntervalSet.span(...readCidrV6(text)));
    return new IpSet(IntervalSet.span(...readCidrV4(text)), NO_V6);
  }

  static address(address: Address): IpSet {
    return address.family === 4
      ? new IpSet(IntervalSet.span(address.value, address.value + 1), NO_V6)
      : new IpSet(NO_V4, IntervalSet.span(address.value, address.value + 1n));
  }

  static addresses(addresses: Iterable<Address>): IpSet {
    return IpSet.unionAll(Array.from(addresses, (address) => IpSet.address(address)));
  }

  static unionAll(sets: readonly IpSet[]): IpSet {
    return uniteAll(sets, IpSet.empty, (a, b) => a.union(b));
  }

  get isEmpty(): boolean {
    return this.v4.isEmpty && this.v6.isEmpty;
  }

  /** Whether every address of both families is in the set. */
  get isAny(): boolean {
    return this.v4.equals(ALL_V4) && this.v6.equals(ALL_V6);
  }

  has(address: Address): boolean {
    return address.family === 4 ? this.v4.has(address.value) : this.v6.has(address.value);
  }

  union(other: IpSet): IpSet {
    if (this === other) return this;
    return this.#with(this.v4.union(other.v4), this.v6.union(other.v6));
  }

  intersect(other: IpSet): IpSet {
    if (this === other) return this;
    return this.#with(this.v4.intersect(other.v4), this.v6.intersect(other.v6));
  }

  /** The addresses of this set that are not in the other. */
  subtract(other: IpSet): IpSet {
    if (this === other) return IpSet.empty;
    return this.#with(this.v4.subtract(other.v4), this.v6.subtract(other.v6));
  }

  equals(other: IpSet): boolean {
    return this === other || (this.v4.equals(other.v4) && this.v6.equals(other.v6));
  }

  isSubsetOf(other: IpSet): boolean {
    return this === other || (this.v4.isSubsetOf(other.v4) && this.v6.isSubsetOf(other.v6));
  }

  overlaps(other: IpSet): boolean {
    return this.v4.overlaps(other.v4) || this.v6.overlaps(other.v6);
  }

  /** The addresses of one family only. */
  family(family: 4 | 6): IpSet {
    return family === 4 ? this.#with(this.v4, NO_V6) : this.#with(NO_V4, this.v6);
  }

  /** How many IPv4 addresses. */
  countV4(): number {
    let count = 0;
    for (const [start, end] of this.v4.spans()) count += end - start;
    return count;
  }

  /** How many IPv6 addresses. */
  countV6(): bigint {
    let count = 0n;
    for (const [start, end] of this.v6.spans()) count += end - start;
    return count;
  }

  /** The lowest IPv4 address, or where there is none the lowest IPv6 address. */
  first(): Address | undefined {
    const [v4] = this.v4.bounds;
    if (v4 !== undefined) return { family: 4, value: v4 };
    const [v6] = this.v6.bounds;
    return v6 === undefined ? undefined : { family: 6, value: v6 };
  }

  /** The shortest list of ranges that is this set, canonical text, IPv4 before IPv6. */
  cidrs(): string[] {
    const v4 = [...this.v4.spans()].flatMap(([start, end]) => cidrsOfV4(start, end));
    const v6 = [...this.v6.spans()].flatMap(([start, end]) => cidrsOfV6(start, end));
    return [...v4, ...v6];
  }

  /** The intervals as "first-last", both included, or one address; IPv4 before IPv6. */
  ranges(): string[] {
    const v4 = [...this.v4.spans()].map(([start, end]) =>
      range({ family: 4, value: start }, { family: 4, value: end - 1 }),
    );
    const v6 = [...this.v6.spans()].map(([start, end]) =>
      range({ family: 6, value: start }, { family: 6, value: end - 1n }),
    );
    return [...v4, ...v6];
  }

  /** Canonical text for maps and digests, not for people: equal sets have equal keys, and only they. */
  key(): string {
    return `${hexKey(this.v4.bounds)}|${hexKey(this.v6.bounds)}`;
  }

  /** Keeps the object where nothing changed, so that the next comparison is one of identity. */
  #with(v4: IntervalSet<number>, v6: IntervalSet<bigint>): IpSet {
    return v4 === this.v4 && v6 === this.v6 ? this : IpSet.of(v4, v6);
  }
}

/**
 * Reads a range as `IpSet.cidr` does, and gives its canonical text beside it: "10.1.2.3/8" is "10.0.0.0/8", and one
 * address is a /32 or a /128. Throws AddressError.
 */
export function parseCidr(text: string): { readonly addresses: IpSet; readonly text: string } {
  const addresses = IpSet.cidr(text);
  return { addresses, text: addresses.cidrs().join() };
}

function range(first: Address, last: Address): string {
  return first.value === last.value ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}

function hexKey(bounds: readonly (number | bigint)[]): string {
  let key = "";
  for (const bound of bounds) key += `${bound.toString(16)},`;
  return key;
}
