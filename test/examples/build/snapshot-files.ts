// The text of a snapshot folder: path below `snapshot/` -> content, in the layout that gives answers their scope.

import type { Estate } from "./estate.ts";
import type { Place } from "./network.ts";

export type SnapshotFiles = ReadonlyMap<string, string>;

/** The answers of one account and region. */
export function regionFiles(estate: Estate): SnapshotFiles {
  return filesOf(estate.place, estate.files());
}

/** Answers by file name, as text below `<account>/<region>/`. */
export function filesOf(place: Place, answers: ReadonlyMap<string, unknown>): SnapshotFiles {
  // Four spaces, as the AWS CLI prints.
  return new Map(
    [...answers].map(([name, answer]) => [
      `${place.account}/${place.region}/${name}`,
      `${JSON.stringify(answer, null, 4)}\n`,
    ]),
  );
}
