// One security group while a story is being told: rules are added one by one and come out twice, as DescribeSecurityGroups and as
// DescribeSecurityGroupRules give them. The two views cannot disagree because both are made from the same entries.

import type { GroupPair, IpPermission, SecurityGroupRule } from "./aws-shapes.ts";
import { tagsOf } from "./aws-shapes.ts";
import { idOf } from "./ids.ts";

/** Who a rule names: a CIDR of either family, another group, or a prefix list. */
export type Source =
  | string
  | Group
  | { readonly prefixList: string }
  /** A group of a peered VPC, as the API shows it: without its owner once it is gone. */
  | {
      readonly peered: {
        readonly id: string;
        readonly vpcId: string;
        readonly peeringId: string;
        readonly owner?: string;
      };
    };

export interface RuleText {
  readonly protocol: "tcp" | "udp" | "icmp" | "icmpv6" | "-1";
  /** One port or an inclusive range; absent for "-1". */
  readonly ports?: number | readonly [number, number];
  readonly from: readonly Source[];
  readonly description?: string;
}

interface Entry {
  readonly egress: boolean;
  readonly protocol: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly source: Source;
  readonly description: string | undefined;
}

export interface GroupIdentity {
  readonly story: string;
  readonly account: string;
  readonly region: string;
  readonly vpcId: string;
  readonly vpcName: string;
  readonly name: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

export class Group {
  readonly id: string;
  readonly identity: GroupIdentity;
  readonly #entries: Entry[] = [];

  constructor(identity: GroupIdentity) {
    this.identity = identity;
    this.id = idOf("sg", identity.story, identity.vpcName, identity.name);
  }

  /** Adds ingress rules: one for every source. */
  allow(text: RuleText): this {
    return this.#add(false, text);
  }

  /** Adds egress rules: one for every destination. */
  allowOut(text: RuleText): this {
    return this.#add(true, text);
  }

  /** Id of the rule for one source, for stories that speak of it. */
  ruleId(entry: Entry): string {
    return idOf(
      "sgr",
      this.id,
      String(entry.egress),
      entry.protocol,
      String(entry.from),
      String(entry.to),
      sourceText(entry.source),
    );
  }

  /** The rules so far, in words and by id. */
  rules(): { readonly id: string; readonly text: string; readonly egress: boolean }[] {
    return this.#entries.map((entry) => {
      const ports =
        entry.from === undefined ? "" : entry.from === entry.to ? ` ${entry.from}` : ` ${entry.from}-${entry.to}`;
      const source = entry.source instanceof Group ? entry.source.identity.name : sourceText(entry.source);
      const text = `${this.identity.name}: ${entry.protocol}${ports} ${entry.egress ? "to" : "from"} ${source}`;
      return { id: this.ruleId(entry), text, egress: entry.egress };
    });
  }

  /** Takes a rule out again. */
  remove(ruleId: string): void {
    const at = this.#entries.findIndex((entry) => this.ruleId(entry) === ruleId);
    if (at < 0) throw new Error(`${this.identity.name} has no rule ${ruleId}`);
    this.#entries.splice(at, 1);
  }

  #add(egress: boolean, { protocol, ports, from, description }: RuleText): this {
    const [first, last] =
      ports === undefined ? [undefined, undefined] : typeof ports === "number" ? [ports, ports] : ports;
    for (const source of from) this.#entries.push({ egress, protocol, from: first, to: last, source, description });
    return this;
  }

  describe(): Record<string, unknown> {
    const { account, region, vpcId, name, description, tags } = this.identity;
    return {
      GroupId: this.id,
      IpPermissionsEgress: permissions(
        this.#entries.filter((entry) => entry.egress),
        account,
      ),
      Tags: tagsOf(tags),
      VpcId: vpcId,
      SecurityGroupArn: `arn:aws:ec2:${region}:${account}:security-group/${this.id}`,
      OwnerId: account,
      GroupName: name,
      Description: description,
      IpPermissions: permissions(
        this.#entries.filter((entry) => !entry.egress),
        account,
      ),
    };
  }

  describeRules(): SecurityGroupRule[] {
    const { account, region } = this.identity;
    return this.#entries.map((entry) => {
      const id = this.ruleId(entry);
      return {
        SecurityGroupRuleId: id,
        GroupId: this.id,
        GroupOwnerId: account,
        IsEgress: entry.egress,
        IpProtocol: entry.protocol,
        FromPort: entry.from ?? -1,
        ToPort: entry.to ?? -1,
        ...ruleSource(entry.source, account),
        ...(entry.description === undefined ? {} : { Description: entry.description }),
        SecurityGroupRuleArn: `arn:aws:ec2:${region}:${account}:security-group-rule/${id}`,
        Tags: [],
      };
    });
  }
}

/** Groups entries by protocol and ports, as DescribeSecurityGroups does. */
function permissions(entries: readonly Entry[], account: string): IpPermission[] {
  const found = new Map<string, IpPermission>();
  for (const { protocol, from, to, source, description } of entries) {
    const key = `${protocol} ${from} ${to}`;
    let permission = found.get(key);
    if (permission === undefined) {
      permission = {
        IpProtocol: protocol,
        ...(from === undefined ? {} : { FromPort: from }),
        ...(to === undefined ? {} : { ToPort: to }),
        UserIdGroupPairs: [],
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
      };
      found.set(key, permission);
    }
    const said = description === undefined ? {} : { Description: description };
    if (typeof source === "string") {
      if (source.includes(":")) permission.Ipv6Ranges.push({ ...said, CidrIpv6: source });
      else permission.IpRanges.push({ ...said, CidrIp: source });
    } else if ("prefixList" in source) permission.PrefixListIds.push({ ...said, PrefixListId: source.prefixList });
    else permission.UserIdGroupPairs.push({ ...said, ...pairOf(source, account) });
  }
  return [...found.values()];
}

function pairOf(
  source: Group | Extract<Source, { readonly peered: unknown }>,
  account: string,
): Omit<GroupPair, "Description"> {
  if (source instanceof Group) return { UserId: account, GroupId: source.id };
  const { id, vpcId, peeringId, owner } = source.peered;
  return {
    ...(owner === undefined ? {} : { UserId: owner }),
    GroupId: id,
    VpcId: vpcId,
    VpcPeeringConnectionId: peeringId,
    PeeringStatus: "active",
  };
}

function ruleSource(
  source: Source,
  account: string,
): Pick<SecurityGroupRule, "CidrIpv4" | "CidrIpv6" | "PrefixListId" | "ReferencedGroupInfo"> {
  if (typeof source === "string") return source.includes(":") ? { CidrIpv6: source } : { CidrIpv4: source };
  if ("prefixList" in source) return { PrefixListId: source.prefixList };
  return { ReferencedGroupInfo: pairOf(source, account) };
}

function sourceText(source: Source): string {
  if (typeof source === "string") return source;
  if ("prefixList" in source) return source.prefixList;
  return source instanceof Group ? source.id : source.peered.id;
}
