// Conditions over facts: three-valued, because a fact that nobody stated is neither true nor false.

import type { Condition, FactValue } from "../model/index.ts";

/**
 * True or false where the facts settle it; undefined where a fact that is not set could still make it hold.
 * A row without a condition always holds.
 */
export function evaluate(
  condition: Condition | undefined,
  facts: Readonly<Record<string, FactValue>>,
): boolean | undefined {
  let isOpen = false;
  for (const { fact, values, negated } of condition?.facts ?? []) {
    const value = Object.hasOwn(facts, fact) ? facts[fact] : undefined;
    if (value === undefined) isOpen = true;
    else if (values.includes(value) === negated) return false;
  }
  return isOpen ? undefined : true;
}
