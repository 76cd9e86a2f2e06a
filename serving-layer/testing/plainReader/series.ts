import {
  decodeKey,
  type EpochMs,
  type GroupKey,
  type GroupStates,
  mergeStates,
  OTHER_KEY,
  type SeriesAnswer,
  type ShardId,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { Metric } from "../../reader/catalog.js";
import { inRange } from "../../reader/live/part.js";
import { parseKey } from "../../reader/question/key.js";
import { resolveSteps } from "../../reader/question/range.js";
import type { SeriesQuestion } from "../../reader/reader.js";
import type { PlainSession } from "./plainSession.js";
import { openGroups, type PlainView } from "./plainView.js";
import { frameOf, isoOf, presentStates, type Standing, statusFor } from "../../reader/answer/frame.js";

interface Point {
  readonly range: TimeRange;
  states: GroupStates;
  touched: boolean;
  readonly overflow: Set<ShardId>;
}

/** The point that holds a pane: the last that starts at or before it. */
const pointAt = (points: readonly Point[], paneMs: number): Point => {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((points[middle] as Point).range.fromMs <= paneMs) low = middle;
    else high = middle - 1;
  }
  return points[low] as Point;
};

type LiveShare =
  | { readonly kind: "states"; readonly paneMs: EpochMs; readonly states: readonly unknown[] }
  /** Groups without a name of their own: the key may be among them. */
  | { readonly kind: "overflow"; readonly paneMs: EpochMs; readonly shards: Iterable<ShardId> };

/** What came after the cut for one key. */
const liveShares = function* (view: PlainView, hash: string, key: GroupKey): Iterable<LiveShare> {
  const live = view.panes.of(hash);
  for (const [paneMs, pane] of live?.panes ?? []) {
    const states = pane.get(key);
    if (states) yield { kind: "states", paneMs, states };
  }
  for (const [paneMs, shards] of live?.overflow ?? []) yield { kind: "overflow", paneMs, shards };
  for (const { shard, paneMs, key: open, states } of openGroups(view, hash)) {
    if (open === key) yield { kind: "states", paneMs, states };
    else if (open === OTHER_KEY) yield { kind: "overflow", paneMs, shards: [shard] };
  }
};

export const answerSeries = async (
  session: PlainSession,
  metric: Metric,
  question: SeriesQuestion,
  newestMs: EpochMs,
): Promise<SeriesAnswer> => {
  const { definition, measures } = metric;
  const key = parseKey(definition, question.key);
  const { range, step, starts } = resolveSteps(definition, question, newestMs);
  const points = starts.map((fromMs, index): Point => {
    const toExclusiveMs = starts[index + 1] ?? range.toExclusiveMs;
    return {
      range: { fromMs, toExclusiveMs },
      states: zeroStates(measures),
      touched: false,
      overflow: new Set(),
    };
  });
  const add = (point: Point, states: readonly unknown[]): void => {
    point.states = mergeStates(measures, point.states, states);
  };
  const settled = await session.settledRows(metric, range, key);
  for (const { paneMs, states } of settled.rows) {
    add(pointAt(points, paneMs), states);
  }
  for (const share of liveShares(session.view, definition.hash, key)) {
    if (!inRange(share.paneMs, range)) continue;
    const point = pointAt(points, share.paneMs);
    point.touched = true;
    if (share.kind === "states") add(point, share.states);
    else for (const shard of share.shards) point.overflow.add(shard);
  }
  const touched = points.some((point) => point.touched);
  const overflow = new Set(points.flatMap((point) => [...point.overflow]));
  const { missing } = settled;
  const base = session.standing(metric, touched, { overflow: [], missing });
  const standingOf = (point: Pick<Point, "touched" | "overflow">): Standing =>
    point.overflow.size === 0
      ? { ...base, touched: point.touched }
      : session.standing(metric, point.touched, { overflow: point.overflow, missing });
  return {
    ...frameOf(metric, range, standingOf({ touched, overflow })),
    metric: definition.name,
    key: decodeKey(key, definition.by),
    step,
    points: points.map((point) => ({
      time: isoOf(point.range.fromMs),
      status: statusFor(point.range, standingOf(point)),
      values: presentStates(metric, point.states),
    })),
  };
};
