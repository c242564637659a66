import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALL_PORTS, formatPorts, IntervalSet, parsePorts, PortError, type PortSet } from "../../src/net/index.ts";

describe("ports", () => {
  it.each([
    ["22", [22, 23]],
    ["22,80,30000-32767", [22, 23, 80, 81, 30000, 32768]],
    ["80, 22", [22, 23, 80, 81]],
    ["2379-2380,2379", [2379, 2381]],
    ["0-9,10-19", [0, 20]],
    ["0", [0, 1]],
    ["65535", [65535, 65536]],
    ["0-65535", [0, 65536]],
    ["all", [0, 65536]],
    [" all ", [0, 65536]],
  ])("reads %j", (text, bounds) => {
    expect(parsePorts(text).bounds).toEqual(bounds);
  });

  it.each([
    "",
    "22,",
    "-1",
    "22-",
    "0x16",
    "022",
    "65536",
    "70000-80000",
    "1-65536",
    "30-20",
    "2 2",
    "22-23-24",
    "http",
    "1e3",
    "ALL",
    "all,22",
  ])("refuses %j", (text) => {
    expect(() => parsePorts(text)).toThrow(PortError);
  });

  it("says which part is wrong", () => {
    expect(() => parsePorts("22, 90-80")).toThrow('"90-80": the range ends before it begins');
    expect(() => parsePorts("22, 65536")).toThrow('"65536": the last port is 65535');
  });

  it.each([
    [
      IntervalSet.of([
        [22, 23],
        [80, 91],
      ]),
      "22, 80-90",
    ],
    [ALL_PORTS, "all"],
    [IntervalSet.span(0, 65535), "0-65534"],
    [IntervalSet.empty<number>(), "none"],
  ] as const)("writes a set as text (row %#)", (set, text) => {
    expect(formatPorts(set)).toBe(text);
  });

  it("reads back what it writes", () => {
    const ports: fc.Arbitrary<PortSet> = fc
      .array(fc.tuple(fc.nat(65535), fc.nat(65535)), { minLength: 1, maxLength: 6 })
      .map((pairs) => IntervalSet.of(pairs.map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b) + 1])));
    fc.assert(
      fc.property(ports, (set) => {
        expect(parsePorts(formatPorts(set)).bounds).toEqual(set.bounds);
      }),
    );
  });
});
