// The union of many sets by the union of two, whatever kind of set it is.

/**
 * Unites neighbours in pairs until one set is left. n parts spread over k sets cost n log k; one after the other they would
 * cost n k, because what was united early would be copied again by every later step.
 */
export function uniteAll<S>(sets: readonly S[], empty: S, unite: (a: S, b: S) => S): S {
  const [only] = sets;
  if (only === undefined) return empty;
  if (sets.length === 1) return only;
  const round = [...sets];
  for (let count = round.length; count > 1; count = Math.ceil(count / 2)) {
    for (let i = 0; i < count; i += 2) {
      const a = round[i] as S;
      round[i / 2] = i + 1 < count ? unite(a, round[i + 1] as S) : a;
    }
  }
  return round[0] as S;
}
