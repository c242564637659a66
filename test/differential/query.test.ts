// `query` against the independent model, on random estates. PORTOLAN_FLOWS sets how many flows; a failure prints seed, estate and flow.

import { describe, expect, it } from "vitest";
import { createQuery } from "../../src/engine/query.ts";
import { WorldBuilder } from "../../src/engine/world.ts";
import { Dice, randomEstate, randomFlow } from "./estates.ts";
import { Model, type RawEstate } from "./model.ts";

const SCOPE = { provider: "aws", account: "111122223333", region: "eu-west-1" } as const;
const FLOWS_PER_ESTATE = 1000;
const FLOWS = Number(process.env["PORTOLAN_FLOWS"] ?? 50_000);

function queryOf(estate: RawEstate): ReturnType<typeof createQuery> {
  const builder = new WorldBuilder();
  builder.start({ source: "test", origin: "folder" });
  for (const [type, items] of Object.entries(estate) as [string, readonly object[] | undefined][]) {
    for (const item of items ?? []) builder.item(SCOPE, type, { OwnerId: SCOPE.account, ...item });
    // As the reader of folders says it: the list was there.
    if (items !== undefined && type !== "PrefixListEntries")
      builder.call({
        scope: SCOPE,
        call: type === "PrefixLists" ? "DescribeManagedPrefixLists" : `Describe${type}`,
        outcome: "listed",
        items: items.length,
      });
  }
  builder.end();
  return createQuery(builder.build());
}

describe("query and the independent model", () => {
  it(
    `agree on ${FLOWS} random flows`,
    () => {
      const verdicts = new Map<string, number>();
      for (let seed = 1; seed <= Math.ceil(FLOWS / FLOWS_PER_ESTATE); seed += 1) {
        const dice = new Dice(seed);
        const estate = randomEstate(dice);
        const model = new Model(estate);
        const query = queryOf(estate);
        for (let count = 0; count < FLOWS_PER_ESTATE; count += 1) {
          const flow = randomFlow(dice, estate);
          const expected = model.ask(flow);
          const { verdict, ingress, egress, reason } = query(flow);
          if (verdict !== expected.verdict || ingress !== expected.ingress || egress !== expected.egress) {
            expect.fail(
              `seed ${seed}, ${JSON.stringify(flow)}: model ${JSON.stringify(expected)}, query ${JSON.stringify({ verdict, ingress, egress, reason })}\n${JSON.stringify(estate)}`,
            );
          }
          verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        }
      }
      // A model that only ever says "denied" would prove nothing.
      for (const verdict of ["allowed", "denied", "unknown"])
        expect(verdicts.get(verdict) ?? 0).toBeGreaterThan(FLOWS / 100);
    },
    Math.max(60_000, FLOWS),
  );
});
