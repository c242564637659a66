// The account and region that a path speaks of, for answers that name none: `<account>/<region>/*.json`, nested as one likes;
// and the prefix list, for the one answer that does not name what it belongs to. Reads names of folders and files, never files.

import { isAccountId, isRegionName } from "./item-identity.ts";

export interface PathScope {
  /** Twelve digits somewhere on the path. */
  readonly account?: string;
  readonly region?: string;
  /** Name of the folder above the region's where it is no account id: the account's name, the last resort. */
  readonly alias?: string;
}

/**
 * Reads a scope off the folders that a file lies in; the innermost that fits counts.
 * @param outer folders of the snapshot folder itself, outermost first; only ids and region names are taken from these
 * @param inner folders below it, outermost first
 */
export function scopeOfPath(outer: readonly string[], inner: readonly string[]): PathScope {
  const folders = [...outer, ...inner];
  const account = folders.findLast(isAccountId);
  const region = folders.findLast(isRegionName);
  const aboveRegion = inner[inner.findLastIndex(isRegionName) - 1];
  return {
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    ...(account === undefined && aboveRegion !== undefined && { alias: aboveRegion }),
  };
}

/** AWS ids are hexadecimal; people who write examples are not that strict, but "pl-entries" is no id. */
const PREFIX_LIST_ID = /(?<![a-z0-9])pl-(?=[a-z]*\d|[a-f]{3,}(?![a-z0-9]))[a-z0-9]+/i;

/**
 * The id of the prefix list that a file of `Entries` belongs to: AWS's answer names no list of its own.
 * @param parts folders and file name, outermost first; the innermost that has an id counts
 */
export function prefixListIdOfPath(parts: readonly string[]): string | undefined {
  for (const part of parts.toReversed()) {
    const id = PREFIX_LIST_ID.exec(part)?.[0];
    if (id !== undefined) return id.toLowerCase();
  }
  return undefined;
}
