// The story of what could not be seen: the cluster is as healthy as in `clean`, but a second region answers nothing, and the entries of
// the prefix list that the load balancer's group names are denied.

import type { Place } from "./network.ts";
import { healthyCluster } from "./healthy-cluster.ts";
import { filesOf, regionFiles, type SnapshotFiles } from "./snapshot-files.ts";

const SESSION = "arn:aws:sts::111122223333:assumed-role/portolan-read/nightly";

/** Calls of a collection that a service control policy denies in a whole region. */
const DENIED_CALLS: readonly (readonly [file: string, action: string])[] = [
  ["describe-egress-only-internet-gateways", "ec2:DescribeEgressOnlyInternetGateways"],
  ["describe-instances", "ec2:DescribeInstances"],
  ["describe-internet-gateways", "ec2:DescribeInternetGateways"],
  ["describe-load-balancers", "elasticloadbalancing:DescribeLoadBalancers"],
  ["describe-managed-prefix-lists", "ec2:DescribeManagedPrefixLists"],
  ["describe-nat-gateways", "ec2:DescribeNatGateways"],
  ["describe-network-acls", "ec2:DescribeNetworkAcls"],
  ["describe-network-interfaces", "ec2:DescribeNetworkInterfaces"],
  ["describe-route-tables", "ec2:DescribeRouteTables"],
  ["describe-security-group-rules", "ec2:DescribeSecurityGroupRules"],
  ["describe-security-groups", "ec2:DescribeSecurityGroups"],
  ["describe-subnets", "ec2:DescribeSubnets"],
  ["describe-vpc-peering-connections", "ec2:DescribeVpcPeeringConnections"],
  ["describe-vpcs", "ec2:DescribeVpcs"],
];

export function deniedRegion(): SnapshotFiles {
  const ireland: Place = { story: "denied-region", account: "111122223333", region: "eu-west-1" };
  const frankfurt: Place = { ...ireland, region: "eu-central-1" };
  const estate = healthyCluster(ireland, { officeIsReadable: false });
  const denied = new Map(
    DENIED_CALLS.map(([file, action]) => [`${file}.json`, denial(action, "service control policy")]),
  );
  const entries = new Map(
    estate.prefixListIds.map((id) => [
      `${id}-entries.json`,
      denial("ec2:GetManagedPrefixListEntries", "identity-based policy"),
    ]),
  );
  return new Map([...regionFiles(estate), ...filesOf(ireland, entries), ...filesOf(frankfurt, denied)]);
}

/** The error of a call, in the form in which the SDKs hold it. EC2 and the load balancers name the same thing differently. */
function denial(action: string, policy: string): unknown {
  const Code = action.startsWith("ec2:") ? "UnauthorizedOperation" : "AccessDenied";
  const because =
    policy === "service control policy"
      ? `with an explicit deny in a ${policy}`
      : `because no ${policy} allows the ${action} action`;
  const said = Code === "AccessDenied" ? "" : "You are not authorized to perform this operation. ";
  return { Error: { Code, Message: `${said}User: ${SESSION} is not authorized to perform: ${action} ${because}` } };
}
