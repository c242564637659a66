// One account in one region while a story is being told. Every method adds one thing and answers what other things refer to it by;
// `files` gives the folder of AWS CLI answers. Nothing is random and nothing depends on the order of the clock.

import { tagsOf } from "./aws-shapes.ts";
import { hexOf, idOf } from "./ids.ts";
import {
  describeInstance,
  describeInterface,
  describeTerminated,
  type InstanceText,
  type InterfaceText,
  type Requester,
} from "./interfaces.ts";
import {
  describeDefaultAcl,
  describeRouteTable,
  describeSubnet,
  describeVpc,
  type Hop,
  type Place,
  type Subnet,
  type Vpc,
} from "./network.ts";
import { Group } from "./security-group.ts";

type Json = Record<string, unknown>;

export class Estate {
  readonly place: Place;
  readonly #groups: Group[] = [];
  readonly #instances: Json[] = [];
  readonly #interfaces: Json[] = [];
  readonly #vpcs: Vpc[] = [];
  readonly #subnets: Subnet[] = [];
  readonly #routeTables: Json[] = [];
  readonly #internetGateways: Json[] = [];
  readonly #natGateways: Json[] = [];
  readonly #peerings: Json[] = [];
  readonly #prefixLists: Json[] = [];
  readonly #prefixListEntries = new Map<string, Json>();
  readonly #loadBalancers: Json[] = [];
  readonly #targetGroups: Json[] = [];
  readonly #stale: Json[] = [];

  constructor(place: Place) {
    this.place = place;
  }

  vpc(name: string, cidr: string, ipv6?: string): Vpc {
    const vpc: Vpc = { name, id: idOf("vpc", this.place.story, name), cidr, ipv6 };
    this.#vpcs.push(vpc);
    const own = this.group(vpc, "default", "default VPC security group");
    own.allow({ protocol: "-1", from: [own] });
    return vpc;
  }

  subnet(
    vpc: Vpc,
    name: string,
    cidr: string,
    zone: "a" | "b" | "c",
    options: { ipv6?: string; publicByDefault?: boolean } = {},
  ): Subnet {
    const subnet: Subnet = {
      name,
      id: idOf("subnet", this.place.story, name),
      vpc,
      cidr,
      ipv6: options.ipv6,
      zone,
      publicByDefault: options.publicByDefault ?? false,
    };
    this.#subnets.push(subnet);
    return subnet;
  }

  internetGateway(vpc: Vpc): string {
    const id = idOf("igw", this.place.story, vpc.name);
    this.#internetGateways.push({
      Attachments: [{ State: "available", VpcId: vpc.id }],
      InternetGatewayId: id,
      OwnerId: this.place.account,
      Tags: tagsOf({ Name: vpc.name }),
    });
    return id;
  }

  natGateway(name: string, subnet: Subnet, privateIp: string, publicIp: string): string {
    const { story, account } = this.place;
    const id = idOf("nat", story, name);
    this.#natGateways.push({
      CreateTime: "2026-09-14T07:58:31+00:00",
      NatGatewayAddresses: [
        {
          AllocationId: idOf("eipalloc", story, name),
          NetworkInterfaceId: idOf("eni", story, name),
          PrivateIp: privateIp,
          PublicIp: publicIp,
          AssociationId: idOf("eipassoc", story, name),
          IsPrimary: true,
          Status: "succeeded",
        },
      ],
      NatGatewayId: id,
      State: "available",
      SubnetId: subnet.id,
      VpcId: subnet.vpc.id,
      Tags: tagsOf({ Name: name }),
      ConnectivityType: "public",
    });
    this.interface(
      { name, subnet, groups: [], privateIp, publicIp },
      {
        type: "nat_gateway",
        description: `Interface for NAT Gateway ${id}`,
        requesterId: account,
        owner: "amazon-aws",
      },
    );
    return id;
  }

  /** @param subnets `main` for the table of every subnet that names no other */
  routeTable(
    name: string,
    vpc: Vpc,
    subnets: readonly Subnet[] | "main",
    routes: readonly (readonly [string, Hop])[],
  ): void {
    this.#routeTables.push(describeRouteTable(this.place, name, vpc, subnets, routes));
  }

  /** An active peering inside the account. */
  peering(name: string, requester: Vpc, accepter: Vpc): string {
    const id = idOf("pcx", this.place.story, name);
    const side = (vpc: Vpc): Json => ({
      CidrBlock: vpc.cidr,
      ...(vpc.ipv6 === undefined ? {} : { Ipv6CidrBlockSet: [{ Ipv6CidrBlock: vpc.ipv6 }] }),
      CidrBlockSet: [{ CidrBlock: vpc.cidr }],
      OwnerId: this.place.account,
      PeeringOptions: {
        AllowDnsResolutionFromRemoteVpc: true,
        AllowEgressFromLocalClassicLinkToRemoteVpc: false,
        AllowEgressFromLocalVpcToRemoteClassicLink: false,
      },
      VpcId: vpc.id,
      Region: this.place.region,
    });
    this.#peerings.push({
      AccepterVpcInfo: side(accepter),
      RequesterVpcInfo: side(requester),
      Status: { Code: "active", Message: "Active" },
      Tags: tagsOf({ Name: name }),
      VpcPeeringConnectionId: id,
    });
    return id;
  }

  /**
   * A group as AWS makes it: nothing in, everything out, in the families of its VPC.
   * @param options `olderThanIpv6` for a group that was there before its VPC had IPv6: AWS adds nothing afterwards
   */
  group(
    vpc: Vpc,
    name: string,
    description: string,
    options: { readonly tags?: Readonly<Record<string, string>>; readonly olderThanIpv6?: boolean } = {},
  ): Group {
    const group = new Group({
      ...this.place,
      vpcId: vpc.id,
      vpcName: vpc.name,
      name,
      description,
      tags: options.tags ?? {},
    });
    const hasIpv6 = vpc.ipv6 !== undefined && options.olderThanIpv6 !== true;
    group.allowOut({ protocol: "-1", from: ["0.0.0.0/0", ...(hasIpv6 ? ["::/0"] : [])] });
    this.#groups.push(group);
    return group;
  }

  instance(text: InstanceText): void {
    this.#instances.push(describeInstance(this.place, text));
    this.interface(text);
  }

  terminatedInstance(name: string, tags: Readonly<Record<string, string>>): void {
    this.#instances.push(describeTerminated(this.place, name, tags));
  }

  /** An interface that is not a machine's: a load balancer's, a database's. */
  interface(text: InterfaceText, requester?: Requester): void {
    this.#interfaces.push(describeInterface(this.place, text, requester));
  }

  /** An application load balancer with one interface in each subnet, and the target group of its listener. */
  applicationLoadBalancer(
    name: string,
    scheme: "internet-facing" | "internal",
    groups: readonly Group[],
    nodes: readonly { readonly subnet: Subnet; readonly privateIp: string; readonly publicIp?: string }[],
    target: { readonly protocol: "HTTP" | "HTTPS"; readonly port: number },
  ): void {
    const { account, region, story } = this.place;
    const path = `app/${name}/${hexOf(16, "alb", story, name)}`;
    const arn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/${path}`;
    const [first] = nodes;
    if (first === undefined) throw new Error(`load balancer ${name} stands in no subnet`);
    this.#loadBalancers.push({
      LoadBalancerArn: arn,
      DNSName: `${name}-${parseInt(hexOf(7, "dns", story, name), 16)}.${region}.elb.amazonaws.com`,
      CanonicalHostedZoneId: "Z32O12XQLNTSW2",
      CreatedTime: "2026-09-14T08:20:44.120000+00:00",
      LoadBalancerName: name,
      Scheme: scheme,
      VpcId: first.subnet.vpc.id,
      State: { Code: "active" },
      Type: "application",
      AvailabilityZones: nodes.map(({ subnet }) => ({
        ZoneName: `${region}${subnet.zone}`,
        SubnetId: subnet.id,
        LoadBalancerAddresses: [],
      })),
      SecurityGroups: groups.map((group) => group.id),
      IpAddressType: "ipv4",
    });
    this.#targetGroups.push({
      TargetGroupArn: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/${hexOf(16, "tg", story, name)}`,
      TargetGroupName: name,
      Protocol: target.protocol,
      Port: target.port,
      VpcId: first.subnet.vpc.id,
      HealthCheckProtocol: target.protocol,
      HealthCheckPort: "traffic-port",
      HealthCheckEnabled: true,
      HealthCheckIntervalSeconds: 30,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 5,
      UnhealthyThresholdCount: 2,
      HealthCheckPath: "/healthz",
      Matcher: { HttpCode: "200" },
      LoadBalancerArns: [arn],
      TargetType: "instance",
      ProtocolVersion: "HTTP1",
      IpAddressType: "ipv4",
    });
    for (const { subnet, privateIp, publicIp } of nodes) {
      this.interface(
        { name: `${name}-${subnet.name}`, subnet, groups, privateIp, ...(publicIp === undefined ? {} : { publicIp }) },
        { type: "interface", description: `ELB ${path}`, requesterId: "amazon-elb", owner: "amazon-elb" },
      );
    }
  }

  /** A customer's prefix list; without `entries` the list is known and what it holds is not. */
  prefixList(
    name: string,
    entries: readonly (readonly [cidr: string, description: string])[] | undefined,
    owner = this.place.account,
  ): string {
    const { region, story } = this.place;
    const id = idOf("pl", story, name);
    this.#prefixLists.push({
      PrefixListId: id,
      AddressFamily: "IPv4",
      State: "create-complete",
      PrefixListArn: `arn:aws:ec2:${region}:${owner}:prefix-list/${id}`,
      PrefixListName: name,
      MaxEntries: 10,
      Version: 3,
      Tags: [],
      OwnerId: owner,
    });
    if (entries !== undefined) {
      this.#prefixListEntries.set(id, { Entries: entries.map(([Cidr, Description]) => ({ Cidr, Description })) });
    }
    return id;
  }

  /** What DescribeStaleSecurityGroups says of one ingress rule. */
  stale(group: Group, port: number, pair: Json): void {
    this.#stale.push({
      Description: group.identity.description,
      GroupId: group.id,
      GroupName: group.identity.name,
      StaleIpPermissions: [
        { FromPort: port, IpProtocol: "tcp", IpRanges: [], PrefixListIds: [], ToPort: port, UserIdGroupPairs: [pair] },
      ],
      StaleIpPermissionsEgress: [],
      VpcId: group.identity.vpcId,
    });
  }

  /** The groups by name; of two VPCs' default groups the later one. */
  get groups(): ReadonlyMap<string, Group> {
    return new Map(this.#groups.map((group) => [group.identity.name, group]));
  }

  get prefixListIds(): string[] {
    return this.#prefixLists.map((list) => String(list["PrefixListId"]));
  }

  /** File name -> answer, as one would save them from the AWS CLI. */
  files(): Map<string, unknown> {
    const { place } = this;
    const files = new Map<string, unknown>([
      ["describe-egress-only-internet-gateways.json", { EgressOnlyInternetGateways: [] }],
      ["describe-instances.json", { Reservations: this.#instances }],
      ["describe-internet-gateways.json", { InternetGateways: this.#internetGateways }],
      ["describe-load-balancers.json", { LoadBalancers: this.#loadBalancers }],
      ["describe-managed-prefix-lists.json", { PrefixLists: this.#prefixLists }],
      ["describe-nat-gateways.json", { NatGateways: this.#natGateways }],
      [
        "describe-network-acls.json",
        {
          NetworkAcls: this.#vpcs.map((vpc) =>
            describeDefaultAcl(
              place,
              vpc,
              this.#subnets.filter((subnet) => subnet.vpc === vpc),
            ),
          ),
        },
      ],
      ["describe-network-interfaces.json", { NetworkInterfaces: this.#interfaces }],
      ["describe-route-tables.json", { RouteTables: this.#routeTables }],
      [
        "describe-security-group-rules.json",
        { SecurityGroupRules: this.#groups.flatMap((group) => group.describeRules()) },
      ],
      ["describe-security-group-vpc-associations.json", { SecurityGroupVpcAssociations: [] }],
      ["describe-security-groups.json", { SecurityGroups: this.#groups.map((group) => group.describe()) }],
      ["describe-stale-security-groups.json", { StaleSecurityGroupSet: this.#stale }],
      ["describe-subnets.json", { Subnets: this.#subnets.map((subnet) => describeSubnet(place, subnet)) }],
      ["describe-target-groups.json", { TargetGroups: this.#targetGroups }],
      ["describe-vpc-block-public-access-options.json", { VpcBlockPublicAccessOptions: this.#blockPublicAccess() }],
      ["describe-vpc-peering-connections.json", { VpcPeeringConnections: this.#peerings }],
      ["describe-vpcs.json", { Vpcs: this.#vpcs.map((vpc) => describeVpc(place, vpc)) }],
    ]);
    for (const [id, entries] of this.#prefixListEntries) files.set(`${id}-entries.json`, entries);
    return files;
  }

  #blockPublicAccess(): Json {
    return {
      AwsAccountId: this.place.account,
      AwsRegion: this.place.region,
      State: "default-state",
      InternetGatewayBlockMode: "off",
      ManagedBy: "account",
      ExclusionsAllowed: "allowed",
    };
  }
}
