import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { REGION_LISTS, type ListCall } from "../../../src/collect/aws/calls.ts";
import { askList, type ListResult } from "../../../src/collect/aws/list.ts";
import { DEFAULT_LIMITS, Requests } from "../../../src/collect/aws/request.ts";
import { openSession } from "../../../src/collect/aws/session.ts";
import type { Item } from "../../../src/snapshot/item-identity.ts";
import { stubAwsEnvironment } from "../../support/aws-environment.ts";

const ec2 = mockClient(EC2Client);
const elbv2 = mockClient(ElasticLoadBalancingV2Client);

beforeEach(() => stubAwsEnvironment({}));
afterEach(() => {
  ec2.reset();
  elbv2.reset();
  vi.unstubAllEnvs();
});

function listOf(call: ListCall["call"]): ListCall {
  const list = REGION_LISTS.find((one) => one.call === call);
  if (list === undefined) throw new Error(`no list ${call}`);
  return list;
}

async function ask(
  call: ListCall["call"],
): Promise<{ readonly result: ListResult; readonly pages: (readonly Item[])[] }> {
  const session = await openSession({ provider: "aws" }, {});
  const requests = new Requests({ ...DEFAULT_LIMITS, firstPauseMs: 1 }, new AbortController().signal);
  const pages: (readonly Item[])[] = [];
  const context = { api: session.region("eu-west-1"), requests, account: "1", region: "eu-west-1" };
  const result = await askList(context, listOf(call), {}, (items) => pages.push(items));
  session.close();
  return { result, pages };
}

const group = (id: string): { GroupId: string } => ({ GroupId: id });

describe("asking a list", () => {
  it("follows the tokens and gives each page as it comes", async () => {
    ec2
      .on(DescribeSecurityGroupsCommand, { MaxResults: 1000 })
      .resolves({ SecurityGroups: [group("sg-1"), group("sg-2")], NextToken: "two" })
      .on(DescribeSecurityGroupsCommand, { MaxResults: 1000, NextToken: "two" })
      .resolves({ SecurityGroups: [group("sg-3")] });
    const { result, pages } = await ask("DescribeSecurityGroups");
    expect(result).toEqual({ outcome: "complete", items: 3 });
    expect(pages).toEqual([[group("sg-1"), group("sg-2")], [group("sg-3")]]);
  });

  it("goes on over an empty page that has a token", async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [], NextToken: "two" })
      .resolvesOnce({ NextToken: "three" })
      .resolvesOnce({ SecurityGroups: [group("sg-1")] });
    expect((await ask("DescribeSecurityGroups")).result).toEqual({ outcome: "complete", items: 1 });
  });

  it("tells an item once that slid onto the next page while the list changed", async () => {
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({ SecurityGroups: [group("sg-1"), group("sg-2")], NextToken: "two" })
      .resolvesOnce({ SecurityGroups: [group("sg-2"), group("sg-3")] });
    const { result, pages } = await ask("DescribeSecurityGroups");
    expect(pages.flat()).toEqual([group("sg-1"), group("sg-2"), group("sg-3")]);
    expect(result.items).toBe(3);
  });

  it("takes an absent list for an empty one", async () => {
    ec2.on(DescribeVpcsCommand).resolves({});
    expect((await ask("DescribeVpcs")).result).toEqual({ outcome: "complete", items: 0 });
  });

  it("pages load balancers by their own field names", async () => {
    elbv2
      .on(DescribeTargetGroupsCommand, { PageSize: 400 })
      .resolves({ TargetGroups: [{ TargetGroupArn: "a" }], NextMarker: "m" })
      .on(DescribeTargetGroupsCommand, { PageSize: 400, Marker: "m" })
      .resolves({ TargetGroups: [{ TargetGroupArn: "b" }] });
    expect((await ask("DescribeTargetGroups")).result).toEqual({ outcome: "complete", items: 2 });
  });

  it("tries once only what no second try can change", async () => {
    ec2
      .on(DescribeVpcsCommand)
      .rejects(Object.assign(new Error("no"), { name: "UnauthorizedOperation", $metadata: { httpStatusCode: 403 } }));
    const { result } = await ask("DescribeVpcs");
    expect(result).toMatchObject({ outcome: "denied", items: 0, failure: { line: "UnauthorizedOperation: no" } });
    expect(ec2.commandCalls(DescribeVpcsCommand)).toHaveLength(1);
  });
});
