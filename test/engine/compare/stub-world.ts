import type { Endpoint, EffectivePolicy, World, Rule, RuleSet, Grant, DirectionPolicy } from "../../../src/model/index.ts";
import { IpSet, parseAddress, TransportSet, TrafficSet, IntervalSet } from "../../../src/net/index.ts";

export class WorldBuilder {
  items: [string, any][] = [];
  start() {} call(r: any) { this.calls.push(r); } skipped() {} warning() {} end() {}
  calls: any[] = [];
  item(_s: any, t: string, i: any) { this.items.push([t, i]); }
  build(): World {
    const of = (t: string): any[] => this.items.filter(([x]) => x === t).map(([, i]) => i);
    const inst = new Map(of("Instances").map((i) => [i.InstanceId, i]));
    const scope = { provider: "aws", account: "111122223333", region: "eu-west-1" } as const;
    const tags = (l: any[]) => Object.fromEntries((l ?? []).map((t) => [t.Key, t.Value]));
    const endpoints: Endpoint[] = of("NetworkInterfaces").filter((e) => inst.get(e.Attachment.InstanceId).State.Name !== "terminated").map((e) => {
      const i = inst.get(e.Attachment.InstanceId); const t = tags(i.Tags);
      return { id: e.NetworkInterfaceId, scope, networkId: e.VpcId, subnetId: e.SubnetId, name: t.Name, machine: { id: i.InstanceId, name: t.Name, state: i.State.Name, tags: t }, primary: true,
        privateAddresses: [parseAddress(e.PrivateIpAddress), ...e.Ipv6Addresses.map((x: any) => parseAddress(x.Ipv6Address))], prefixes: [], publicAddresses: e.Association ? [{ address: parseAddress(e.Association.PublicIp), private: parseAddress(e.PrivateIpAddress) }] : [],
        groupIds: e.Groups.map((g: any) => g.GroupId), interfaceType: "interface", filteredByGroups: true, tags: {}, standIn: false };
    }).sort((a, b) => a.id < b.id ? -1 : 1);
    const pls = new Map(of("PrefixListEntries").map((p) => [p.PrefixListId, IpSet.unionAll(p.Entries.map((x: any) => IpSet.cidr(x.Cidr)))]));
    const ruleSets = new Map<string, RuleSet>();
    for (const g of of("SecurityGroups")) {
      const rules: Rule[] = [];
      for (const [d, list] of [["ingress", g.IpPermissions], ["egress", g.IpPermissionsEgress]] as const) for (const p of list) {
        const ax = p.ToPort >= p.FromPort ? IntervalSet.span(p.FromPort, p.ToPort + 1) : IntervalSet.empty<number>();
        const transport = p.IpProtocol === "-1" ? TransportSet.all : p.IpProtocol === "icmp" ? TransportSet.icmp(p.FromPort) : p.IpProtocol === "tcp" ? TransportSet.tcp(ax) : TransportSet.udp(ax);
        const peer = p.UserIdGroupPairs ? { kind: "security-group" as const, groupId: p.UserIdGroupPairs[0].GroupId } : p.PrefixListIds ? { kind: "prefix-list" as const, prefixListId: p.PrefixListIds[0].PrefixListId } : { kind: "cidr" as const, text: "", addresses: IpSet.cidr(p.Ipv6Ranges?.[0].CidrIpv6 ?? p.IpRanges[0].CidrIp) };
        rules.push({ direction: d, action: "allow", priority: 0, transport, peer });
      }
      ruleSets.set(g.GroupId, { id: g.GroupId, kind: "security-group", semantics: "union-of-allows", scope, name: g.GroupName, description: "", networkId: g.VpcId, tags: tags(g.Tags), rules });
    }
    const dirPolicy = (e: Endpoint, d: "ingress" | "egress"): DirectionPolicy => {
      const grants: Grant[] = [];
      for (const id of e.groupIds) { const rs = ruleSets.get(id)!; for (const rule of rs.rules) if (rule.direction === d) {
        let def = IpSet.empty, poss = IpSet.empty, unk: string | undefined;
        if (rule.peer.kind === "cidr") def = poss = rule.peer.addresses;
        else if (rule.peer.kind === "security-group") { const gid = rule.peer.groupId; def = poss = IpSet.unionAll(endpoints.filter((x) => x.networkId === e.networkId && x.groupIds.includes(gid)).map((x) => IpSet.addresses(x.privateAddresses))); }
        else if (rule.peer.kind === "prefix-list") { const s = pls.get(rule.peer.prefixListId); if (s) def = poss = s; else { poss = IpSet.anyV4; unk = "the entries of pl-1 could not be read"; } }
        grants.push({ rule, ruleSet: rs, definite: TrafficSet.box(def, rule.transport), possible: TrafficSet.box(poss, rule.transport), ...(unk ? { unknown: unk } : {}) });
      } }
      return { definite: TrafficSet.unionAll(grants.map((g) => g.definite)), possible: TrafficSet.unionAll(grants.map((g) => g.possible)), grants: () => grants, unknowns: [] };
    };
    const vpcs = new Map(of("Vpcs").map((v) => [v.VpcId, IpSet.cidr(v.CidrBlock)]));
    return {
      endpoints, ruleSets, loadBalancers: [],
      policy: (e): EffectivePolicy => ({ ingress: dirPolicy(e, "ingress"), egress: dirPolicy(e, "egress") }),
      policyKey: (e) => e.groupIds.join(",") + e.subnetId,
      sight: (v, o) => v.networkId === o.networkId ? { kind: "private", addresses: IpSet.addresses(o.privateAddresses), primary: [o.privateAddresses[0]!, ...o.privateAddresses.filter((a) => a.family === 6)] } : { kind: "none", reason: "no connection" },
      route: (a, b) => a.networkId === b.networkId ? { route: "reachable", reason: "" } : { route: "unreachable", reason: "no connection" },
      exposure: (e, f) => (f === 4 ? e.publicAddresses.length > 0 : false) ? { route: "reachable", reason: "" } : { route: "unreachable", reason: "" },
      networkRanges: (e) => ({ network: vpcs.get(e.networkId) ?? IpSet.empty, connected: IpSet.empty, subnet: e.privateAddresses[0] ? IpSet.cidr(e.subnetId.split("-").at(-1) + ".0/24") : IpSet.empty }),
      usage: (id) => endpoints.some((e) => e.groupIds.includes(id)) ? "used" : this.calls.length > 0 ? "unused" : "unknown",
      staleReferences: () => [],
    };
  }
}
