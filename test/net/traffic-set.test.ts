import { describe, expect, it } from "vitest";
import { IpSet, parseAddress, parsePorts, TrafficSet, TransportSet, type TrafficBox } from "../../src/net/index.ts";

const box = (cidrs: string, transport: TransportSet): TrafficBox => ({
  peers: IpSet.unionAll(cidrs.split(" ").map((cidr) => IpSet.cidr(cidr))),
  transport,
});
const tcp = (ports: string): TransportSet => TransportSet.tcp(parsePorts(ports));
const udp = (ports: string): TransportSet => TransportSet.udp(parsePorts(ports));
const setOf = (...boxes: TrafficBox[]): TrafficSet => TrafficSet.fromBoxes(boxes);

/** The set as people see it. */
const shown = (set: TrafficSet): string[] =>
  set.boxes().map(({ peers, transport }) => `${transport.describe()} from ${peers.cidrs().join(" ")}`);

describe("TrafficSet", () => {
  it("knows that rules for 0.0.0.0/1 and 128.0.0.0/1 open a port to the Internet", () => {
    const halves = setOf(box("0.0.0.0/1", tcp("2380")), box("128.0.0.0/1", tcp("2380")));
    expect(halves.equals(setOf(box("0.0.0.0/0", tcp("2380"))))).toBe(true);
    expect(shown(halves)).toEqual(["tcp 2380 from 0.0.0.0/0"]);
  });

  it("knows that 2000-2400 contains 2379", () => {
    const wide = setOf(box("10.0.0.0/8", tcp("2000-2400")));
    expect(setOf(box("10.0.3.0/24", tcp("2379"))).isSubsetOf(wide)).toBe(true);
    expect(setOf(box("10.0.3.0/24", tcp("2379-2401"))).isSubsetOf(wide)).toBe(false);
    expect(setOf(box("10.0.3.0/24", udp("2379"))).overlaps(wide)).toBe(false);
  });

  it("takes rules for 80-89 and 90-99 for one rule for 80-99", () => {
    const split = setOf(box("10.0.0.0/8", tcp("90-99")), box("10.0.0.0/8", tcp("80-89")));
    expect([...split.slabs()].map(({ lo, hi }) => [lo, hi])).toEqual([[80, 100]]);
  });

  it("is everything for everybody only with both families and all protocols", () => {
    const all = setOf(box("0.0.0.0/0", TransportSet.all), box("::/0", TransportSet.all));
    expect(all.equals(TrafficSet.all)).toBe(true);
    expect(shown(all)).toEqual(["all traffic from 0.0.0.0/0 ::/0"]);
    expect(setOf(box("0.0.0.0/0", TransportSet.all)).equals(TrafficSet.all)).toBe(false);
    const everyNamed = TransportSet.unionAll([tcp("all"), udp("all"), TransportSet.icmp(), TransportSet.icmpv6()]);
    expect(setOf(box("0.0.0.0/0 ::/0", everyNamed)).equals(TrafficSet.all)).toBe(false);
    expect(TrafficSet.all.has(parseAddress("203.0.113.7"), "other", 132)).toBe(true);
  });

  it("keeps tcp from 0 to 0 to port 0, and icmp type 8 with any code to type 8", () => {
    const set = setOf(box("10.0.0.0/8", tcp("0")), box("10.0.0.0/8", TransportSet.icmp(8)));
    const peer = parseAddress("10.1.2.3");
    expect([set.has(peer, "tcp", 0), set.has(peer, "tcp", 1)]).toEqual([true, false]);
    expect([set.has(peer, "icmp", 8 * 256 + 255), set.has(peer, "icmp", 0), set.has(peer, "icmp", 9 * 256)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("leaves the remainder where a narrower part is taken away", () => {
    const rest = setOf(box("10.0.0.0/8", tcp("1-100"))).subtract(setOf(box("10.0.0.0/9", tcp("50"))));
    expect(shown(rest)).toEqual(["tcp 1-49, 51-100 from 10.0.0.0/8", "tcp 50 from 10.128.0.0/9"]);
  });

  it("closes up again when what was taken away comes back", () => {
    const whole = setOf(box("10.0.0.0/8", tcp("1-100")));
    const part = setOf(box("10.0.0.0/9", tcp("50")));
    expect(whole.subtract(part).union(part).equals(whole)).toBe(true);
    expect([...whole.subtract(part).union(part).slabs()].length).toBe(1);
  });

  it("shows few boxes to people: one for each set of peers, in the order of their first port", () => {
    const set = setOf(
      box("10.0.0.0/8", tcp("2379-2380")),
      box("10.0.0.0/8", udp("8472")),
      box("0.0.0.0/0 ::/0", tcp("80,443")),
      box("10.0.0.0/8", tcp("22")),
      box("192.168.0.0/16", tcp("22")),
    );
    expect(shown(set)).toEqual([
      "tcp 22 from 10.0.0.0/8 192.168.0.0/16",
      "tcp 80, 443 from 0.0.0.0/0 ::/0",
      "tcp 2379-2380, udp 8472 from 10.0.0.0/8",
    ]);
  });

  it("shows slabs by cell and then by port", () => {
    const set = setOf(
      box("10.0.0.0/8", TransportSet.protocol(50)),
      box("10.0.0.0/8", udp("53")),
      box("10.0.0.0/8", tcp("443,22")),
      box("10.0.0.0/8", TransportSet.icmpv6(1)),
      box("10.0.0.0/8", TransportSet.icmp(3, 4)),
    );
    expect([...set.slabs()].map(({ cell, lo, hi }) => [cell, lo, hi])).toEqual([
      ["tcp", 22, 23],
      ["tcp", 443, 444],
      ["udp", 53, 54],
      ["icmp", 772, 773],
      ["icmpv6", 256, 512],
      ["other", 50, 51],
    ]);
  });

  it("tells who may use one port", () => {
    const set = setOf(box("10.0.0.0/8", tcp("20-30")), box("192.168.0.0/16", tcp("22")));
    expect(set.peersFor("tcp", 22).cidrs()).toEqual(["10.0.0.0/8", "192.168.0.0/16"]);
    expect(set.peersFor("tcp", 30).cidrs()).toEqual(["10.0.0.0/8"]);
    expect(set.peersFor("tcp", 31).isEmpty).toBe(true);
    expect(set.peersFor("tcp", 19).isEmpty).toBe(true);
    expect(set.peersFor("udp", 22).isEmpty).toBe(true);
  });

  it("is empty without peers or without transports, and says so by one object", () => {
    expect(TrafficSet.box(IpSet.empty, TransportSet.all)).toBe(TrafficSet.empty);
    expect(TrafficSet.box(IpSet.any, TransportSet.empty)).toBe(TrafficSet.empty);
    expect(TrafficSet.fromBoxes([])).toBe(TrafficSet.empty);
    expect(setOf(box("10.0.0.0/8", TransportSet.empty), { peers: IpSet.empty, transport: TransportSet.all })).toBe(
      TrafficSet.empty,
    );
    expect(TrafficSet.all.subtract(setOf(box("0.0.0.0/0 ::/0", TransportSet.all)))).toBe(TrafficSet.empty);
    expect(setOf(box("10.0.0.0/8", tcp("22"))).restrictPeers(IpSet.cidr("11.0.0.0/8"))).toBe(TrafficSet.empty);
    expect(TrafficSet.empty.boxes()).toEqual([]);
    expect(TrafficSet.empty.key()).toBe("");
  });

  it("has a key that never changes between versions, because digests are made of it", () => {
    const set = setOf(box("10.0.0.0/8 2001:db8::/32", tcp("22")), box("255.255.255.255", TransportSet.protocol(255)));
    expect(set.key()).toBe(
      "tcp:22-23=a000000,b000000,|20010db8000000000000000000000000,20010db9000000000000000000000000,;" +
        "other:255-256=ffffffff,100000000,|;",
    );
  });
});
