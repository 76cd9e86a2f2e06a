import type { LookupReader } from "@freshet/model";
import type { Lake } from "@freshet/storage";

/** Reads the contents of lookups: each a JSON object of text to text in the lake. */
export const loadLookups = async (
  lake: Lake,
  paths: Readonly<Record<string, string>>,
): Promise<LookupReader> => {
  const contents = new Map<string, ReadonlyMap<string, string>>();
  for (const [lookup, path] of Object.entries(paths)) {
    const text = Buffer.from(await lake.get(path)).toString("utf8");
    contents.set(lookup, parseContents(text, path));
  }
  return (lookup, key) => contents.get(lookup)?.get(key) ?? null;
};

const parseContents = (text: string, path: string): ReadonlyMap<string, string> => {
  const parsed: unknown = JSON.parse(text);
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
    throw new Error(`${path} is no lookup: expected a JSON object of text to text`);
  }
  const entries = Object.entries(parsed).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return new Map(entries);
};
