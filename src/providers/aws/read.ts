// Reads fields of AWS answers that may be of any shape: files are written by hand, by emulators and by strangers.
// A field of the wrong type reads as absent; what cannot do without it says so.

type Json = Readonly<Record<string, unknown>>;

/** The value as an object; undefined for anything else, arrays too. */
export function objectOf(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A text field; undefined where it is absent, empty or no text. */
export function text(item: Json | undefined, key: string): string | undefined {
  const value = item?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number; emulators give some as text. */
export function whole(item: Json | undefined, key: string): number | undefined {
  const value = item?.[key];
  const number = typeof value === "string" && /^-?\d+$/u.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

/** The objects of an array field; AWS leaves empty arrays out. */
export function objects(item: Json | undefined, key: string): readonly Json[] {
  const value = item?.[key];
  if (!Array.isArray(value) || value.length === 0) return NONE;
  const isAllObjects = value.every((entry) => objectOf(entry) !== undefined);
  return isAllObjects ? (value as Json[]) : value.map(objectOf).filter((entry) => entry !== undefined);
}

const NONE: readonly Json[] = [];

/** An object field. */
export function child(item: Json | undefined, key: string): Json | undefined {
  return objectOf(item?.[key]);
}

/** `Tags` or `TagSet` as a plain record. */
export function tagsOf(item: Json | undefined): Readonly<Record<string, string>> {
  const tags = objects(item, "Tags");
  const list = tags.length > 0 ? tags : objects(item, "TagSet");
  if (list.length === 0) return NO_TAGS;
  const record: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const tag of list) {
    const key = tag["Key"];
    if (typeof key === "string") record[key] = typeof tag["Value"] === "string" ? tag["Value"] : "";
  }
  return record;
}

const NO_TAGS: Readonly<Record<string, string>> = Object.freeze(Object.create(null) as Record<string, string>);

export type { Json };
