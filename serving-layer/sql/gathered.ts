import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type DayFile,
  type EpochMs,
  type MetricDefinition,
  type Missing,
  paneStart,
  type Status,
} from "@freshet/model";
import { type Standing, statusFor } from "../reader/answer/frame.js";
import type { MetricMoment, Moment } from "../reader/momentView.js";
import type { SqlLimits } from "./limits.js";
import { copyLive, type LiveCopy } from "./liveBatches.js";
import type { SqlFrame } from "./outcome.js";
import type { Relation } from "./relation/relations.js";

/** A metric as it was at one moment. */
export interface GatheredMetric {
  readonly definition: MetricDefinition;
  readonly files: readonly DayFile[];
  readonly live: LiveCopy;
  readonly overflowPanes: readonly number[];
  /** Panes before it are settled where live does not touch them; null: none is. */
  readonly settledBeforeMs: number | null;
}

/** What the relations of a statement are made of, all at one moment. */
export interface Gathered {
  readonly frame: SqlFrame;
  /** By the metric's name. */
  readonly metrics: ReadonlyMap<string, GatheredMetric>;
}

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((each) => [JSON.stringify(each), each])).values(),
];

const RANKS: readonly Status[] = ["settled", "live", "partial"];

const rangeThrough = (toExclusiveMs: number) => ({
  fromMs: 0 as EpochMs,
  toExclusiveMs: toExclusiveMs as EpochMs,
});

const frameOf = (view: Moment, named: readonly Relation[], standings: readonly Standing[]): SqlFrame => {
  const range = rangeThrough(view.newestMs + 1);
  const ranks = standings.map((standing) => RANKS.indexOf(statusFor(range, standing)));
  return {
    status: ranks.length === 0 ? null : (RANKS[Math.max(...ranks)] as Status),
    batchThrough: view.batchThroughMs === null ? null : new Date(view.batchThroughMs).toISOString(),
    missing: distinct(standings.flatMap(({ missing }) => missing)),
    generation: view.generation,
    version: view.version,
    tables: named.map(({ name }) => name),
  };
};

const settledBefore = (view: Moment, { definition, standing }: MetricMoment): number | null => {
  if (view.batchThroughMs === null) return null;
  const untouched = standing(false);
  // Which groups had no name is said pane by pane.
  const missing = untouched.missing.filter(({ kind }) => kind !== "overflow");
  const range = rangeThrough(view.batchThroughMs);
  return statusFor(range, { ...untouched, missing }) === "settled"
    ? paneStart(view.batchThroughMs, definition.paneMs, definition.timeZone)
    : null;
};

/** @throws LiveTooLarge when more came in after the cut than the limits allow */
export const gather = async (
  view: Moment,
  named: readonly Relation[],
  limits: SqlLimits,
): Promise<Gathered> => {
  const left = { groups: limits.liveGroupsMax, bytes: limits.liveBytesMax };
  const metrics = new Map<string, GatheredMetric>();
  const standings: Standing[] = [];
  const names = new Set(named.flatMap(({ metric }) => (metric ? [metric.name] : [])));
  for (const name of names) {
    const moment = view.metric(name);
    const { definition, files, overflow } = moment;
    const live = await copyLive(definition, moment.groups(), left, nextTurn);
    standings.push(moment.standing(live.panes !== null || overflow.size > 0));
    const overflowPanes = [...overflow.keys()].sort((a, b) => a - b);
    metrics.set(name, {
      definition,
      files,
      live,
      overflowPanes,
      settledBeforeMs: settledBefore(view, moment),
    });
  }
  return { frame: frameOf(view, named, standings), metrics };
};
