import { BlockList } from "node:net";
import * as fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, it } from "vitest";
import { AddressError, formatAddress, IpSet, IntervalSet, parseAddress, parseCidr } from "../../src/net/index.ts";

const setOf = (...cidrs: string[]): IpSet => IpSet.unionAll(cidrs.map((cidr) => IpSet.cidr(cidr)));

const v4Cidr = fc
  .tuple(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), fc.nat(32))
  .map(([parts, length]) => `${parts.join(".")}/${length}`);

const v6Cidr = fc
  .tuple(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), fc.nat(128))
  .map(([value, length]) => `${formatAddress({ family: 6, value })}/${length}`);

describe("reading ranges", () => {
  it.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["100.68.0.18/18", "100.68.0.0/18"],
    ["255.255.255.255/1", "128.0.0.0/1"],
    ["203.0.113.7/0", "0.0.0.0/0"],
    ["203.0.113.7", "203.0.113.7/32"],
    ["2001:DB8::1/32", "2001:db8::/32"],
    ["2001:db8::1", "2001:db8::1/128"],
    ["ffff::/0", "::/0"],
    ["::ffff:0:0/96", "::ffff:0.0.0.0/96"],
  ])("reads %s as %s", (text, canonical) => {
    expect(parseCidr(text).text).toBe(canonical);
    expect(parseCidr(text).addresses.cidrs()).toEqual([canonical]);
  });

  it.each([
    ["010.0.0.1/8", "a part with a leading zero could be read as octal"],
    ["1.2.3/24", "an IPv4 address has four parts"],
    ["0x7f.0.0.1/8", '"x" does not belong in an IPv4 address'],
    ["10.0.0.0/33", "the prefix length is over 32"],
    ["10.0.0.0/4294967297", "the prefix length is over 32"],
    ["10.0.0.0/", "the prefix length is missing"],
    ["10.0.0.0/-1", "a prefix length is written in digits only"],
    ["10.0.0.0/+8", "a prefix length is written in digits only"],
    ["10.0.0.0/8.0", "a prefix length is written in digits only"],
    ["10.0.0.0/ 8", "a prefix length is written in digits only"],
    ["10.0.0.0/8/8", "a prefix length is written in digits only"],
    ["10.0.0.0/08", "a prefix length has no leading zero"],
    ["10.0.0.0/00", "a prefix length has no leading zero"],
    ["10.0.0.0/255.0.0.0", "the prefix length is over 32"],
    ["/8", "an IPv4 address has four parts"],
    ["1::2::3/64", 'an IPv6 address holds "::" only once'],
    ["::/129", "the prefix length is over 128"],
    ["::/", "the prefix length is missing"],
    ["fe80::1%eth0/64", 'a zone id ("%") does not belong in an IPv6 address'],
    [" 10.0.0.0/8", "white space does not belong in an IPv4 address"],
    ["10.0.0.0 /8", "white space does not belong in an IPv4 address"],
  ])("refuses %j: %s", (text, what) => {
    const expected = new AddressError(text, what);
    expect(() => IpSet.cidr(text)).toThrow(expected);
    expect(() => parseCidr(text)).toThrow(expected);
  });

  it("spans what ip-address spans", () => {
    fc.assert(
      fc.property(v4Cidr, (text) => {
        const range = new Address4(text);
        expect(IpSet.cidr(text).ranges().join()).toBe(
          [...new Set([range.startAddress().correctForm(), range.endAddress().correctForm()])].join("-"),
        );
      }),
    );
    fc.assert(
      fc.property(v6Cidr, (text) => {
        const range = new Address6(text);
        expect(IpSet.cidr(text).v6.bounds).toEqual([range.startAddress().bigInt(), range.endAddress().bigInt() + 1n]);
      }),
    );
  });

  it("holds the addresses that a block list of node:net with the same ranges blocks", () => {
    fc.assert(
      fc.property(
        fc.array(v4Cidr, { minLength: 1, maxLength: 6 }),
        fc.array(v6Cidr, { minLength: 1, maxLength: 6 }),
        (v4, v6) => {
          // One list a family: a list of node:net with ::/0 would block IPv4 addresses too; families are apart here.
          const [oracle4, oracle6] = [new BlockList(), new BlockList()];
          for (const text of v4) oracle4.addSubnet(text.split("/")[0] ?? "", Number(text.split("/")[1]), "ipv4");
          for (const text of v6) oracle6.addSubnet(text.split("/")[0] ?? "", Number(text.split("/")[1]), "ipv6");
          const set = setOf(...v4, ...v6);
          // The ends of every range and their neighbours: where membership changes, if anywhere.
          for (const end of set.v4.bounds) {
            for (const value of [end - 1, end].filter((point) => point >= 0 && point < 2 ** 32)) {
              const address = { family: 4, value } as const;
              expect(set.has(address)).toBe(oracle4.check(formatAddress(address), "ipv4"));
            }
          }
          for (const end of set.v6.bounds) {
            for (const value of [end - 1n, end].filter((point) => point >= 0n && point < 1n << 128n)) {
              const address = { family: 6, value } as const;
              expect(set.has(address)).toBe(oracle6.check(formatAddress(address), "ipv6"));
            }
          }
        },
      ),
    );
  });
});

/** How many ranges the booleans of a block of 2^n addresses need at least: one if all are in, else what both halves need. */
function leastRanges(members: readonly boolean[]): number {
  if (members.every((member) => member)) return 1;
  if (members.length === 1) return 0;
  const middle = members.length / 2;
  return leastRanges(members.slice(0, middle)) + leastRanges(members.slice(middle));
}

describe("writing ranges", () => {
  const bases = [
    ["the first IPv4 addresses", 4, 0n],
    ["the last IPv4 addresses", 4, (1n << 32n) - 8n],
    ["the middle of IPv4", 4, 1n << 31n],
    ["the first IPv6 addresses", 6, 0n],
    ["the last IPv6 addresses", 6, (1n << 128n) - 8n],
  ] as const;

  it.each(bases)("covers every subset of eight of %s with the least ranges", (_, family, base) => {
    for (let bits = 0; bits < 256; bits += 1) {
      const members = Array.from({ length: 8 }, (_unused, i) => ((bits >> i) & 1) === 1);
      const addresses = members.flatMap((member, i) => (member ? [base + BigInt(i)] : []));
      const set = IpSet.addresses(
        addresses.map((value) => (family === 4 ? { family, value: Number(value) } : { family, value })),
      );
      const cidrs = set.cidrs();
      expect(cidrs.length).toBe(leastRanges(members));
      const covered = cidrs.flatMap((cidr) => {
        const range = family === 4 ? new Address4(cidr) : new Address6(cidr);
        const first = range.startAddress().bigInt();
        return Array.from(
          { length: Number(range.endAddress().bigInt() - first) + 1 },
          (_unused, i) => first + BigInt(i),
        );
      });
      expect(covered).toEqual(addresses);
    }
  });

  it("needs sixty-two ranges for everything between the first and the last IPv4 address", () => {
    const inner = IpSet.of(IntervalSet.span(1, 2 ** 32 - 1), IntervalSet.empty());
    expect(inner.cidrs().length).toBe(62);
    expect(inner.countV4()).toBe(2 ** 32 - 2);
  });

  it("lists IPv4 before IPv6, each in order", () => {
    const set = setOf("2001:db8::/32", "192.168.0.0/16", "10.0.0.0/8", "::1");
    expect(set.cidrs()).toEqual(["10.0.0.0/8", "192.168.0.0/16", "::1/128", "2001:db8::/32"]);
    expect(set.ranges()).toEqual([
      "10.0.0.0-10.255.255.255",
      "192.168.0.0-192.168.255.255",
      "::1",
      "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    ]);
  });
});

describe("IpSet", () => {
  it("knows that two halves are the Internet", () => {
    expect(setOf("0.0.0.0/1", "128.0.0.0/1").equals(IpSet.anyV4)).toBe(true);
    expect(setOf("8000::/1", "::/1").equals(IpSet.anyV6)).toBe(true);
    expect(setOf("0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1").isAny).toBe(true);
    expect(setOf("0.0.0.0/1", "128.0.0.0/1").cidrs()).toEqual(["0.0.0.0/0"]);
  });

  it("tells all but one address from all", () => {
    const rest = IpSet.any.subtract(setOf("203.0.113.7"));
    expect(rest.isAny).toBe(false);
    expect(rest.countV4()).toBe(2 ** 32 - 1);
    expect(rest.countV6()).toBe(1n << 128n);
    expect(rest.has(parseAddress("203.0.113.7"))).toBe(false);
    expect(rest.union(setOf("203.0.113.7/32")).isAny).toBe(true);
  });

  it("never mixes the families", () => {
    expect(IpSet.anyV4.overlaps(IpSet.anyV6)).toBe(false);
    expect(IpSet.anyV4.has(parseAddress("::1"))).toBe(false);
    expect(IpSet.anyV6.has(parseAddress("0.0.0.1"))).toBe(false);
    expect(IpSet.cidr("::ffff:0:0/96").overlaps(IpSet.anyV4)).toBe(false);
    expect(IpSet.any.family(4)).toEqual(IpSet.anyV4);
    expect(IpSet.any.family(6)).toEqual(IpSet.anyV6);
    expect(IpSet.anyV4.family(6).isEmpty).toBe(true);
    expect(IpSet.any.isSubsetOf(IpSet.anyV4)).toBe(false);
    expect(IpSet.any.isSubsetOf(IpSet.anyV6)).toBe(false);
    expect(IpSet.any.equals(IpSet.anyV4) || IpSet.any.equals(IpSet.anyV6)).toBe(false);
  });

  it("applies every operation to both families", () => {
    const a = setOf("10.0.0.0/9", "2001:db8::/33");
    const b = setOf("10.0.0.0/8", "2001:db8::/32");
    expect(a.union(b).cidrs()).toEqual(b.cidrs());
    expect(a.intersect(b).cidrs()).toEqual(a.cidrs());
    expect(b.subtract(a).cidrs()).toEqual(["10.128.0.0/9", "2001:db8:8000::/33"]);
    expect([a.isSubsetOf(b), b.isSubsetOf(a)]).toEqual([true, false]);
  });

  it("counts across intervals", () => {
    expect(setOf("10.0.0.0/24", "10.0.2.0/31", "10.9.9.9").countV4()).toBe(256 + 2 + 1);
    expect(setOf("2001:db8::/64", "::1").countV6()).toBe((1n << 64n) + 1n);
    expect([IpSet.empty.countV4(), IpSet.empty.countV6()]).toEqual([0, 0n]);
  });

  it("names its lowest address, IPv4 first", () => {
    expect(setOf("::1", "10.0.0.0/8", "9.9.9.9").first()).toEqual(parseAddress("9.9.9.9"));
    expect(setOf("2001:db8::/32", "fc00::/7").first()).toEqual(parseAddress("2001:db8::"));
    expect(IpSet.any.first()).toEqual(parseAddress("0.0.0.0"));
    expect(IpSet.empty.first()).toBeUndefined();
  });

  it("collects addresses, duplicates and neighbours", () => {
    const addresses = ["10.0.0.1", "10.0.0.0", "10.0.0.1", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];
    expect(IpSet.addresses(addresses.map(parseAddress)).cidrs()).toEqual([
      "10.0.0.0/31",
      "::/128",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
    ]);
  });

  it("has one key for a set, and another for every other", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(15), { maxLength: 8 }), fc.array(fc.nat(15), { maxLength: 8 }), (a, b) => {
        const make = (values: readonly number[]): IpSet =>
          IpSet.unionAll(values.map((value) => (value < 8 ? setOf(`10.0.0.${value}`) : setOf(`::${value}`))));
        const same = a.every((value) => b.includes(value)) && b.every((value) => a.includes(value));
        expect(make(a).key() === make(b).key()).toBe(same);
        expect(make(a).equals(make(b))).toBe(same);
      }),
    );
    expect(IpSet.cidr("0.0.0.1").key()).not.toBe(IpSet.cidr("::1").key());
  });
});
