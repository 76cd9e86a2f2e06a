import type { Key, TopQuestion } from "@freshet/client";

export const ATTRIBUTES = ["metric", "window", "by", "limit", "where", "theme", "src", "key"] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

const ROWS = 10;

/** What the element's attributes ask, and of which server. */
export interface Asked {
  readonly url: string;
  readonly key: string | undefined;
  readonly metric: string;
  readonly question: TopQuestion;
}

/** `name=value&other=value`, percent-encoded as in an address; a name alone is the group without a value. */
export const filterOf = (text: string): Key =>
  Object.fromEntries(
    text
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const at = pair.indexOf("=");
        const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
        return [name, at < 0 ? null : decodeURIComponent(pair.slice(at + 1))];
      }),
  );

/**
 * @param home where the script came from
 * @returns null without a metric. @throws URIError for a `where` that is not encoded.
 */
export const askedBy = (attribute: (name: Attribute) => string | null, home: string): Asked | null => {
  const metric = attribute("metric");
  if (metric === null || metric === "") return null;
  const given = (name: Attribute): string | undefined => attribute(name) ?? undefined;
  return {
    url: attribute("src") ?? home,
    key: given("key"),
    metric,
    question: {
      window: given("window"),
      by: given("by"),
      limit: Number(attribute("limit") ?? ROWS),
      where: filterOf(attribute("where") ?? ""),
    },
  };
};
