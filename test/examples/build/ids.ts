// Ids of example resources: real-looking (seventeen hex digits, as AWS gives them) and derived from names alone, so that the same
// story always has the same ids and adding a resource changes no other. Nothing here knows what an id is for.

import { createHash } from "node:crypto";

/** Hex digits that depend on the names only. */
export function hexOf(digits: number, ...names: readonly string[]): string {
  return createHash("sha256").update(names.join("\n")).digest("hex").slice(0, digits);
}

/** An id such as `sg-0f3c9a7d21b84e650`. */
export function idOf(prefix: string, ...names: readonly string[]): string {
  return `${prefix}-0${hexOf(16, prefix, ...names)}`;
}

/** A locally administered MAC address of the form that AWS gives. */
export function macOf(...names: readonly string[]): string {
  return ["0a", ...(hexOf(10, "mac", ...names).match(/../g) ?? [])].join(":");
}
