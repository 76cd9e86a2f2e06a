import {
  decodeKey,
  type EpochMs,
  type GroupStates,
  mergeStates,
  type SeriesAnswer,
  type ShardId,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { Metric } from "../catalog.js";
import { inRange } from "../live/part.js";
import { parseKey } from "../question/key.js";
import { resolveSteps } from "../question/range.js";
import type { SeriesQuestion } from "../reader.js";
import type { Session } from "../session.js";
import { frameOf, isoOf, presentStates, type Standing, statusFor } from "./frame.js";
import { eachLive } from "./liveOfKey.js";

interface Point {
  readonly range: TimeRange;
  /** Null: nothing of the key. */
  states: GroupStates | null;
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

export const answerSeries = async (
  session: Session,
  metric: Metric,
  question: SeriesQuestion,
  newestMs: EpochMs,
): Promise<SeriesAnswer> => {
  const { definition, measures } = metric;
  const key = parseKey(definition, question.key);
  const { range, step, starts } = resolveSteps(definition, question, newestMs);
  const points = starts.map((fromMs, index): Point => {
    const toExclusiveMs = starts[index + 1] ?? range.toExclusiveMs;
    return { range: { fromMs, toExclusiveMs }, states: null, touched: false, overflow: new Set() };
  });
  const add = (point: Point, states: readonly unknown[]): void => {
    point.states = mergeStates(measures, point.states ?? zeroStates(measures), states);
  };
  const missing = await session.readKey(metric, range, key, (paneMs, states) =>
    add(pointAt(points, paneMs), states),
  );
  const live = session.live(metric);
  const parts = session.view.parts();
  eachLive(live, parts, key, (paneMs, states) => {
    if (!inRange(paneMs, range)) return;
    const point = pointAt(points, paneMs);
    point.touched = true;
    add(point, states);
  });
  /** Groups without a name of their own: the key may be among them. */
  const touchByOther = (paneMs: EpochMs, shards: Iterable<ShardId>): void => {
    if (!inRange(paneMs, range)) return;
    const point = pointAt(points, paneMs);
    point.touched = true;
    for (const shard of shards) point.overflow.add(shard);
  };
  for (const [paneMs, shards] of live.overflow) touchByOther(paneMs, shards);
  for (const { shard, increment } of parts) {
    for (const paneMs of live.groupsOf(increment)?.otherPanes ?? []) touchByOther(paneMs, [shard]);
  }
  const touched = points.some((point) => point.touched);
  const overflow = new Set(points.flatMap((point) => [...point.overflow]));
  const base = session.standing(metric, touched, { overflow: [], missing });
  const standingOf = (point: Pick<Point, "touched" | "overflow">): Standing =>
    point.overflow.size === 0
      ? { ...base, touched: point.touched }
      : session.standing(metric, point.touched, { overflow: point.overflow, missing });
  // Most keys have nothing in most points.
  const nothing = presentStates(metric, zeroStates(measures));
  return {
    ...frameOf(metric, range, standingOf({ touched, overflow })),
    metric: definition.name,
    key: decodeKey(key, definition.by),
    step,
    points: points.map((point) => ({
      time: isoOf(point.range.fromMs),
      status: statusFor(point.range, standingOf(point)),
      values: point.states === null ? nothing : presentStates(metric, point.states),
    })),
  };
};
