import { type EpochMs, encodeKey, type KeyValues, paneStart } from "@freshet/model";
import { type TrendDocument, trendName, type TrendPlace } from "@freshet/storage";
import type { WorldEvent } from "./groups.js";

const MINUTE_MS = 60_000;

export interface ExpectedTrend {
  readonly page: string;
  readonly views: number;
  readonly bytes: number;
  readonly rank: number;
}

/** The documents of a place, as a plain array of events has them: the first by views, ties by the key's bytes. */
export const expectedTrends = (
  events: readonly WorldEvent[],
  { toMs }: TrendPlace,
  windowMs: number,
  top: number,
): readonly ExpectedTrend[] => {
  const rows = new Map<string, { readonly views: number; readonly bytes: number }>();
  for (const { timeMs, key, inputs } of events) {
    const pane = paneStart(timeMs as EpochMs, MINUTE_MS as never, "UTC");
    if (pane < toMs - windowMs || pane >= toMs) continue;
    const { views, bytes } = rows.get(key) ?? { views: 0, bytes: 0 };
    rows.set(key, { views: views + 1, bytes: bytes + Number(inputs[1]) });
  }
  return [...rows]
    .sort(([a, left], [b, right]) => right.views - left.views || (a < b ? -1 : 1))
    .slice(0, top)
    .map(([page, { views, bytes }], at) => ({ page, views, bytes, rank: at + 1 }));
};

const pageOf = (key: KeyValues): string => encodeKey([key["page"] as string]);

/** Documents as the oracle has them, in their order. */
export const plainTrends = (documents: readonly TrendDocument[]): readonly ExpectedTrend[] =>
  documents
    .map(({ key, values, rank }) => ({
      page: pageOf(key),
      views: Number(values["views"]),
      bytes: Number(values["bytes"]),
      rank: rank ?? 0,
    }))
    .sort((a, b) => a.rank - b.rank);

export const idsOf = (documents: readonly TrendDocument[]): ReadonlySet<string> =>
  new Set(documents.map((document) => trendName(document).id));
