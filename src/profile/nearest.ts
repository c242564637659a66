// "Did you mean": the nearest of a few known names, where there is one that a slip of the hand explains.

import { closest, distance } from "fastest-levenshtein";

/** The nearest of `known` to `name`, letter case aside; undefined where none is near enough to be worth offering. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = name.toLowerCase();
  const best = closest(
    lower,
    known.map((candidate) => candidate.toLowerCase()),
  );
  // A third of the letters wrong is still a slip; more is another word.
  if (distance(lower, best) > Math.max(2, Math.ceil(name.length / 3))) return undefined;
  return known.find((candidate) => candidate.toLowerCase() === best);
}

/**
 * What to say after an unknown name: the nearest one if there is one, else all of them while they are few.
 * undefined where there is nothing helpful to say.
 */
export function nearestHint(name: string, known: readonly string[]): string | undefined {
  const guess = nearest(name, known);
  if (guess !== undefined) return `did you mean ${guess}?`;
  return known.length > 0 && known.length <= 12 ? `known: ${known.join(", ")}` : undefined;
}
