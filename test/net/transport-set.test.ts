import { describe, expect, it } from "vitest";
import { ALL_PORTS, IntervalSet, parsePorts, PROTOCOL_CELLS, TransportSet } from "../../src/net/index.ts";

const tcp = (ports: string): TransportSet => TransportSet.tcp(parsePorts(ports));
const udp = (ports: string): TransportSet => TransportSet.udp(parsePorts(ports));
const protocols = (...numbers: number[]): TransportSet =>
  TransportSet.unionAll(numbers.map((number) => TransportSet.protocol(number)));

describe("TransportSet", () => {
  it("is everything when every protocol from 0 to 255 is in it, and not when one is missing", () => {
    const numbers = Array.from({ length: 256 }, (_, number) => number);
    expect(protocols(...numbers).equals(TransportSet.all)).toBe(true);
    for (const missing of [0, 1, 6, 17, 50, 58, 255]) {
      const rest = protocols(...numbers.filter((number) => number !== missing));
      expect(rest.equals(TransportSet.all)).toBe(false);
      expect(TransportSet.all.subtract(rest).equals(TransportSet.protocol(missing))).toBe(true);
    }
  });

  it("does not take tcp, udp and icmp together for everything", () => {
    const named = TransportSet.unionAll([tcp("all"), udp("all"), TransportSet.icmp(), TransportSet.icmpv6()]);
    expect(named.equals(TransportSet.all)).toBe(false);
    expect(TransportSet.all.subtract(named).entries()).toEqual([{ protocol: "other", ports: "all" }]);
  });

  it.each([
    [1, TransportSet.icmp()],
    [6, tcp("all")],
    [17, udp("all")],
    [58, TransportSet.icmpv6()],
  ])("gives protocol %d its own cell", (number, expected) => {
    expect(TransportSet.protocol(number).equals(expected)).toBe(true);
    expect(TransportSet.protocol(number).cells.other.isEmpty).toBe(true);
  });

  it.each([-1, 256, 1.5, Number.NaN])("refuses protocol number %d", (number) => {
    expect(() => TransportSet.protocol(number)).toThrow("protocol numbers run from 0 to 255");
  });

  it("has tcp from port 0 to port 0 as port 0 only", () => {
    expect(tcp("0-0").entries()).toEqual([{ protocol: "tcp", ports: "0" }]);
    expect([tcp("0").has("tcp", 0), tcp("0").has("tcp", 1), tcp("0").has("udp", 0)]).toEqual([true, false, false]);
  });

  it("has icmp type 8 with any code as one type, not as a range from 8 to -1", () => {
    const echo = TransportSet.icmp(8, -1);
    expect(echo.cells.icmp.bounds).toEqual([8 * 256, 9 * 256]);
    expect(echo.equals(TransportSet.icmp(8))).toBe(true);
    expect(echo.entries()).toEqual([{ protocol: "icmp", ports: "8/any" }]);
    expect(TransportSet.icmp(0, 0).entries()).toEqual([{ protocol: "icmp", ports: "0/0" }]);
    expect(TransportSet.icmp(-1, -1).entries()).toEqual([{ protocol: "icmp", ports: "all" }]);
    expect(TransportSet.icmp(255, 255).cells.icmp.bounds).toEqual([65535, 65536]);
  });

  it("keeps icmp for IPv4 and for IPv6 apart", () => {
    expect(TransportSet.icmp().overlaps(TransportSet.icmpv6())).toBe(false);
    expect(TransportSet.icmpv6(135).entries()).toEqual([{ protocol: "icmpv6", ports: "135/any" }]);
  });

  it.each([
    [256, -1],
    [8, 256],
    [8, -2],
    [1.5, 0],
  ])("refuses icmp type %d code %d", (type, code) => {
    expect(() => TransportSet.icmp(type, code)).toThrow("run from 0 to 255");
  });

  it("keeps the cells apart in every operation", () => {
    for (const cell of PROTOCOL_CELLS) {
      const axis = cell === "other" ? IntervalSet.span(50, 52) : IntervalSet.span(22, 24);
      const one = TransportSet.fromCells({ [cell]: axis });
      const rest = TransportSet.all.subtract(one);
      expect(rest.overlaps(one)).toBe(false);
      expect([TransportSet.all.overlaps(one), one.overlaps(TransportSet.all), one.overlaps(one)]).toEqual([
        true,
        true,
        true,
      ]);
      expect(one.isSubsetOf(rest)).toBe(false);
      expect(one.isSubsetOf(TransportSet.all)).toBe(true);
      expect(TransportSet.all.isSubsetOf(rest)).toBe(false);
      expect(rest.equals(TransportSet.all)).toBe(false);
      expect(rest.union(one).equals(TransportSet.all)).toBe(true);
      expect(TransportSet.all.intersect(one).cells[cell].bounds).toEqual(axis.bounds);
      expect(one.subtract(TransportSet.all).isEmpty).toBe(true);
      expect(PROTOCOL_CELLS.filter((other) => one.has(other, axis.bounds[0] ?? -1))).toEqual([cell]);
    }
  });

  it("is empty without anything in it", () => {
    expect(TransportSet.empty.isEmpty).toBe(true);
    expect(TransportSet.unionAll([]).isEmpty).toBe(true);
    expect(tcp("22").intersect(udp("22")).isEmpty).toBe(true);
    expect(TransportSet.empty.entries()).toEqual([]);
  });

  it("writes entries in canonical words and order", () => {
    const all = TransportSet.unionAll([
      protocols(132, 50, 51),
      TransportSet.icmpv6(1),
      udp("8472"),
      tcp("2379-2380, 22"),
    ]);
    expect(all.entries()).toEqual([
      { protocol: "tcp", ports: "22, 2379-2380" },
      { protocol: "udp", ports: "8472" },
      { protocol: "icmpv6", ports: "1/any" },
      { protocol: "50-51", ports: "all" },
      { protocol: "132", ports: "all" },
    ]);
    expect(TransportSet.all.entries()).toEqual([{ protocol: "all", ports: "all" }]);
  });

  it.each([
    [TransportSet.all, "all traffic"],
    [TransportSet.empty, "nothing"],
    [tcp("2379-2380").union(udp("8472")), "tcp 2379-2380, udp 8472"],
    [tcp("all").union(protocols(50)), "all tcp, protocol 50"],
    [protocols(50, 51), "protocols 50-51"],
    [TransportSet.all.subtract(tcp("all")), "all udp, all icmp, all icmpv6, all other protocols"],
    [TransportSet.icmp(3, 4).union(TransportSet.icmp(8)), "icmp 3/4, 8/any"],
  ])("describes itself in one line (row %#)", (set, text) => {
    expect(set.describe()).toBe(text);
  });

  it.each([
    [[3 * 256 + 2, 7 * 256 + 2], "3/2-255, 4-6/any, 7/0-1"],
    [[3 * 256 + 2, 3 * 256 + 6], "3/2-5"],
    [[3 * 256, 3 * 256 + 6], "3/0-5"],
    [[3 * 256 + 250, 4 * 256], "3/250-255"],
    [[3 * 256 + 255, 4 * 256 + 1], "3/255, 4/0"],
    [[3 * 256, 5 * 256], "3-4/any"],
    [[3 * 256, 4 * 256 + 1], "3/any, 4/0"],
    [[0, 65535], "0-254/any, 255/0-254"],
  ] as const)("writes the icmp interval %j as %s", ([start, end], text) => {
    expect(TransportSet.fromCells({ icmp: IntervalSet.span(start, end) }).entries()).toEqual([
      { protocol: "icmp", ports: text },
    ]);
  });

  it("takes a port set as it is", () => {
    expect(TransportSet.tcp(ALL_PORTS).entries()).toEqual([{ protocol: "tcp", ports: "all" }]);
    expect(TransportSet.tcpPort(6443).cells.tcp.bounds).toEqual([6443, 6444]);
  });
});
