import { isIPv4, isIPv6 } from "node:net";
import * as fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, it } from "vitest";
import { AddressError, formatAddress, parseAddress, type Address } from "../../src/net/index.ts";

const MAPPED = 0xffffn;

/** The value of a text, or undefined where it is refused; anything but an AddressError is a defect and surfaces. */
function read(text: string): Address | undefined {
  try {
    return parseAddress(text);
  } catch (error) {
    if (error instanceof AddressError) return undefined;
    throw error;
  }
}

/** Big integers with long runs of zeros, which is where "::" can go wrong. */
const v6Value = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => value * 65536n + BigInt(group), 0n));

const v4Text = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((parts) => parts.join("."));

/** A valid address of which one character was replaced, inserted or dropped, so that it is often nearly right. */
const nearlyAnAddress = fc
  .tuple(
    fc.oneof(
      v4Text,
      fc.ipV6(),
      v6Value.map((value) => formatAddress({ family: 6, value })),
    ),
    fc.nat(40),
    fc.constantFrom("", "0", "1", "9", "a", "F", "g", ":", "::", ".", "/", "%", " ", "-", "x", "٣"),
    fc.nat(1),
  )
  .map(
    ([text, at, insert, drop]) =>
      text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + drop),
  );

describe("reading addresses", () => {
  it("accepts what node:net accepts and refuses what it refuses", () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(nearlyAnAddress, (text) => {
        const address = read(text);
        // Zone ids are not addresses of a rule; node:net lets them pass.
        const expected = text.includes("%") ? undefined : isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined;
        expect(address?.family).toBe(expected);
        if (address === undefined) refused += 1;
        else accepted += 1;
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(accepted, refused)).toBeGreaterThan(300);
  });

  it("reads the value that ip-address reads", () => {
    fc.assert(
      fc.property(v4Text, (text) => {
        expect(parseAddress(text)).toEqual({ family: 4, value: Number(new Address4(text).bigInt()) });
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(parseAddress(text)).toEqual({ family: 6, value: new Address6(text).bigInt() });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ["0.0.0.0", 0],
    ["0.0.0.1", 1],
    ["127.255.255.255", 2 ** 31 - 1],
    ["128.0.0.0", 2 ** 31],
    ["255.255.255.255", 2 ** 32 - 1],
    ["10.1.2.3", 167_838_211],
  ])("reads %s as %d", (text, value) => {
    expect(parseAddress(text)).toEqual({ family: 4, value });
    expect(formatAddress({ family: 4, value })).toBe(text);
  });

  it.each([
    ["::", 0n],
    ["::1", 1n],
    ["0:0:0:0:0:0:0:0", 0n],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", (1n << 128n) - 1n],
    ["1::", 1n << 112n],
    ["1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000n],
    ["::2:3:4:5:6:7:8", 0x0000_0002_0003_0004_0005_0006_0007_0008n],
    ["2001:DB8::00a1", 0x2001_0db8_0000_0000_0000_0000_0000_00a1n],
    ["::ffff:10.0.0.1", 0xffff_0a00_0001n],
    ["64:ff9b::192.0.2.33", 0x0064_ff9b_0000_0000_0000_0000_c000_0221n],
    ["1:2:3:4:5:6:1.2.3.4", 0x0001_0002_0003_0004_0005_0006_0102_0304n],
  ])("reads %s", (text, value) => {
    expect(parseAddress(text)).toEqual({ family: 6, value });
  });

  it("keeps an IPv4-mapped address in the IPv6 family", () => {
    expect(parseAddress("::ffff:10.0.0.1").family).toBe(6);
  });

  it.each([
    ["", "an IPv4 address has four parts"],
    ["1.2.3", "an IPv4 address has four parts"],
    ["1.2.3.4.5", "an IPv4 address has four parts"],
    ["16909060", "a part of an IPv4 address is over 255"],
    ["010.0.0.1", "a part with a leading zero could be read as octal"],
    ["10.0.0.00", "a part with a leading zero could be read as octal"],
    ["0x7f.0.0.1", '"x" does not belong in an IPv4 address'],
    ["256.0.0.1", "a part of an IPv4 address is over 255"],
    ["1..2.3", "a part of the IPv4 address is missing"],
    ["1.2.3.", "a part of the IPv4 address is missing"],
    [".1.2.3", "a part of the IPv4 address is missing"],
    [" 1.2.3.4", "white space does not belong in an IPv4 address"],
    ["1.2.3.4\n", "white space does not belong in an IPv4 address"],
    ["-1.2.3.4", '"-" does not belong in an IPv4 address'],
    ["1.2.3.4%eth0", 'a zone id ("%") does not belong in an IPv4 address'],
    ["fe80::1%eth0", 'a zone id ("%") does not belong in an IPv6 address'],
    ["1::2::3", 'an IPv6 address holds "::" only once'],
    [":::", "a group of the IPv6 address is missing"],
    ["1:2:3:4:5:6:7", "an IPv6 address has eight groups"],
    ["1:2:3:4:5:6:7:8:9", "an IPv6 address has eight groups"],
    ["1:2:3:4::5:6:7:8", '"::" stands for at least one group, and eight are the most'],
    [":1:2:3:4:5:6:7:8", "a group of the IPv6 address is missing"],
    ["1:2:3:4:5:6:7:", "an IPv6 address does not end with a single colon"],
    ["12345::", "a group of an IPv6 address has at most four digits"],
    ["g::", '"g" does not belong in an IPv6 address'],
    ["::1 ", "white space does not belong in an IPv6 address"],
    ["::1.2.3", "an IPv4 address has four parts"],
    ["::01.2.3.4", "a part with a leading zero could be read as octal"],
    ["1.2.3.4::", '":" does not belong in an IPv4 address'],
    ["1:2:3:4:5:6:7:1.2.3.4", "an IPv6 address has eight groups"],
  ])("refuses %j: %s", (text, what) => {
    expect(() => parseAddress(text)).toThrow(new AddressError(text, what));
  });

  it("quotes a hostile text on one short line", () => {
    const error = new AddressError(`\u001b[31m\n${"x".repeat(500)}`, "no");
    expect(error.message.length).toBeLessThan(100);
    expect(error.message).not.toMatch(/\p{Cc}/u);
  });
});

describe("writing addresses", () => {
  it("writes what ip-address writes, RFC 5952", () => {
    fc.assert(
      fc.property(
        v6Value.filter((value) => value >> 32n !== MAPPED),
        (value) => {
          expect(formatAddress({ family: 6, value })).toBe(Address6.fromBigInt(value).correctForm());
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("is read back as the same address", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          v6Value,
          v6Value.map((value) => (MAPPED << 32n) | (value & 0xffffffffn)),
        ),
        (value) => {
          expect(parseAddress(formatAddress({ family: 6, value }))).toEqual({ family: 6, value });
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.maxSafeNat().map((n) => n % 2 ** 32),
        (value) => {
          expect(parseAddress(formatAddress({ family: 4, value }))).toEqual({ family: 4, value });
        },
      ),
    );
  });

  it.each([
    ["2001:0db8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:DB8::ABCD", "2001:db8::abcd"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["1:0:0:0:0:0:0:0", "1::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::ffff:a00:1", "::ffff:10.0.0.1"],
    ["::a00:1", "::a00:1"],
  ])("writes %s as %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });
});
