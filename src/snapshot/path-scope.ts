// The account and region that a path speaks of, for answers that name none: `<account>/<region>/*.json`, nested as one likes.

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

/**
 * The id of the prefix list that a file of `Entries` belongs to: AWS's answer names no list of its own.
 * @param parts folders and file name below the snapshot folder, outermost first; the innermost that has an id counts
 */
export function prefixListIdOfPath(parts: readonly string[]): string | undefined {
  for (const part of parts.toReversed()) {
    const id = /(?<![a-z0-9])pl-[0-9a-f]{6,}/i.exec(part)?.[0];
    if (id !== undefined) return id.toLowerCase();
  }
  return undefined;
}
