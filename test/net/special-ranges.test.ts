import { describe, expect, it } from "vitest";
import { IpSet, parseAddress, PRIVATE, PUBLIC_V4, PUBLIC_V6 } from "../../src/net/index.ts";

describe("special ranges", () => {
  it.each([
    "1.0.0.0",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "223.255.255.255",
  ])("counts %s as public", (text) => {
    expect(PUBLIC_V4.has(parseAddress(text))).toBe(true);
  });

  it.each(["192.0.2.1", "198.51.100.1", "203.0.113.7"])(
    "counts %s as public, though it is for documentation",
    (text) => {
      expect(PUBLIC_V4.has(parseAddress(text))).toBe(true);
    },
  );

  it.each([
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.168.0.1",
    "198.18.0.0",
    "198.19.255.255",
    "224.0.0.0",
    "240.0.0.0",
    "255.255.255.255",
  ])("does not count %s as public", (text) => {
    expect(PUBLIC_V4.has(parseAddress(text))).toBe(false);
  });

  it("has global unicast as public IPv6 and unique local addresses as private", () => {
    expect(PUBLIC_V6.cidrs()).toEqual(["2000::/3"]);
    expect(PRIVATE.family(6).cidrs()).toEqual(["fc00::/7"]);
    expect(PRIVATE.family(4).cidrs()).toEqual(["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"]);
  });

  it("keeps public and private apart", () => {
    expect(PRIVATE.overlaps(PUBLIC_V4.union(PUBLIC_V6))).toBe(false);
    expect(PUBLIC_V4.isSubsetOf(IpSet.anyV4)).toBe(true);
  });
});
