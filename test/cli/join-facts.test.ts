import { describe, expect, it } from "vitest";
import { FactJoin } from "../../src/cli/join-facts.ts";
import type { Scope } from "../../src/model/index.ts";
import type { FactConsumer } from "../../src/snapshot/facts.ts";

function recorder() {
  const heard: string[] = [];
  const consumer: FactConsumer = {
    start: ({ source, created = "" }) => heard.push(`start ${source} ${created}`.trim()),
    item: (scope, type, item) => heard.push(`item ${scope.account}/${scope.region} ${type} ${String(item)}`),
    call: ({ scope, call }) => heard.push(`call ${scope.account} ${call}`),
    skipped: (subject) => heard.push(`skipped ${subject}`),
    warning: ({ subject }) => heard.push(`warning ${subject}`),
    end: () => heard.push("end"),
  };
  return { heard, consumer };
}

const scope = (account: string, region = "eu-west-1"): Scope => ({ provider: "aws", account, region });

describe("FactJoin", () => {
  it("makes one snapshot of several sources", () => {
    const { heard, consumer } = recorder();
    const join = new FactJoin(consumer, "prod-test");
    for (const name of ["prod", "test"]) {
      const source = join.source(name, [name]);
      source.start({ source: name, origin: "collected" });
      source.item(scope(name), "Vpcs", "vpc");
      source.end();
    }
    join.end();
    expect(heard).toEqual(["start prod-test", "item prod/eu-west-1 Vpcs vpc", "item test/eu-west-1 Vpcs vpc", "end"]);
  });

  it("takes a scope from the first source that gives it, and says so once", () => {
    const { heard, consumer } = recorder();
    const join = new FactJoin(consumer, "prod-test");
    const [first, second] = [join.source("prod", ["prod"]), join.source("old", ["old"])];
    first.item(scope("111"), "Vpcs", "a");
    second.item(scope("111"), "Vpcs", "a");
    second.call({ scope: scope("111"), call: "DescribeVpcs", outcome: "complete", items: 1 });
    second.item(scope("111", "us-east-1"), "Vpcs", "b");
    expect(heard).toEqual(["item 111/eu-west-1 Vpcs a", "warning aws/111/eu-west-1", "item 111/us-east-1 Vpcs b"]);
    expect(join.namesOfAccount.get("111")).toEqual(["prod", "old"]);
  });

  it("does not take two accounts without an id for one", () => {
    const { heard, consumer } = recorder();
    const join = new FactJoin(consumer, "prod-test");
    join.source("a", []).item(scope("unknown"), "Vpcs", "a");
    join.source("b", []).item(scope("unknown"), "Vpcs", "b");
    expect(heard).toHaveLength(2);
  });

  it("is as old as its oldest source", () => {
    const { heard, consumer } = recorder();
    const join = new FactJoin(consumer, "all");
    for (const created of ["2026-11-03T00:00:00Z", "2026-11-05T00:00:00Z", "2026-11-01T00:00:00Z"]) {
      join.source(created, []).start({ created, source: created, origin: "collected" });
    }
    expect(heard).toEqual(["start all 2026-11-03T00:00:00Z", "start all 2026-11-01T00:00:00Z"]);
  });
});
