import type { LiveAnswer } from "../../reader/reader.js";
import { digest } from "../etag.js";

/** An answer as JSON texts, so that what differs can be told exactly and is written once. */
export interface LiveState {
  /** Changes exactly when the answer does. */
  readonly id: string;
  readonly list: "rows" | "points";
  readonly items: readonly string[];
  /** By name, without the list. */
  readonly fields: ReadonlyMap<string, string>;
  /** The whole answer. */
  readonly text: string;
}

const objectText = (fields: Iterable<readonly [string, string]>): string =>
  `{${[...fields].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;

export const liveState = (answer: LiveAnswer): LiveState => {
  const list = "rows" in answer ? "rows" : "points";
  const { [list]: given, ...rest } = answer as LiveAnswer & Readonly<Record<typeof list, readonly object[]>>;
  const items = given.map((item) => JSON.stringify(item));
  const fields = new Map(Object.entries(rest).map(([name, value]) => [name, JSON.stringify(value)]));
  const text = objectText([...fields, [list, `[${items.join(",")}]`]]);
  return { id: digest(text), list, items, fields, text };
};

/** The new list as runs of the old one's items, `[from, toExclusive]`, and new items. */
const listChange = (from: readonly string[], to: readonly string[]): readonly string[] => {
  const places = new Map(from.map((item, index) => [item, index]));
  const parts: (string | [from: number, toExclusive: number])[] = [];
  for (const item of to) {
    const run = parts.at(-1);
    if (typeof run === "object" && from[run[1]] === item) {
      run[1]++;
      continue;
    }
    const place = places.get(item);
    parts.push(place === undefined ? item : [place, place + 1]);
  }
  return parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part)));
};

const isWhole = (parts: readonly string[], length: number): boolean =>
  length === 0 ? parts.length === 0 : parts.length === 1 && parts[0] === `[0,${length}]`;

/** What must be told to whoever holds the one answer to make it the other: `LiveChange` of the client, as JSON. */
export const changeText = (from: LiveState, to: LiveState): string => {
  const set = [...to.fields].filter(([name, text]) => from.fields.get(name) !== text);
  const parts = listChange(from.items, to.items);
  return objectText([
    ["of", JSON.stringify(from.id)],
    ["set", objectText(set)],
    ...(isWhole(parts, from.items.length) ? [] : ([[to.list, `[${parts.join(",")}]`]] as const)),
  ]);
};
