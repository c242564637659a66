import { describe, expect, it } from "vitest";
import type { Condition } from "../../src/model/index.ts";
import { evaluate } from "../../src/profile/condition.ts";

const behindLoadBalancer: Condition = {
  facts: [
    { fact: "external_lb", values: ["proxy", "passthrough"], negated: false },
    { fact: "tls_terminated_at_lb", values: [true], negated: true },
  ],
};

describe("a condition over facts", () => {
  it("holds where every fact has one of its values", () => {
    expect(evaluate(behindLoadBalancer, { external_lb: "passthrough", tls_terminated_at_lb: false })).toBe(true);
  });

  it("fails where one fact has another value, whatever is not stated", () => {
    expect(evaluate(behindLoadBalancer, { external_lb: "none" })).toBe(false);
    expect(evaluate(behindLoadBalancer, { tls_terminated_at_lb: true })).toBe(false);
  });

  it("is unknown where a fact that is not stated could make it hold", () => {
    expect(evaluate(behindLoadBalancer, {})).toBeUndefined();
    expect(evaluate(behindLoadBalancer, { external_lb: "proxy" })).toBeUndefined();
  });

  it("does not take the text true for the value", () => {
    expect(evaluate(behindLoadBalancer, { external_lb: "proxy", tls_terminated_at_lb: "true" })).toBe(true);
    expect(evaluate({ facts: [{ fact: "constructor", values: [1], negated: false }] }, {})).toBeUndefined();
  });

  it("holds where there is none", () => {
    expect(evaluate(undefined, {})).toBe(true);
  });
});
