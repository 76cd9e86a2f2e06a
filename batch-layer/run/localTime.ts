import { type EpochMs, type MetricDefinition, paneStart, slotOf } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { QUARTER_MS } from "../sql/metric.js";
import { floorTo } from "../sql/text.js";

/** The table (quarter_ms, pane_ms) of the quarter hours that a table's events lie in. */
export const insertPanes = async (
  db: DuckDb,
  panes: string,
  facts: string,
  metric: MetricDefinition,
): Promise<void> => {
  await db.run(`CREATE TEMP TABLE ${panes} (quarter_ms BIGINT, pane_ms BIGINT)`);
  const rows = await db.rows<{ quarter: number }>(
    `SELECT DISTINCT ${floorTo("time_ms", QUARTER_MS)} AS quarter FROM ${facts}`,
  );
  const mapped = rows.map(({ quarter }) => [
    quarter,
    paneStart(quarter as EpochMs, metric.paneMs, metric.timeZone),
  ]);
  if (mapped.length > 0) await db.insertRows(panes, ["quarter_ms", "pane_ms"], mapped);
};

/** The table (start, slot) of window starts. @param starts a SELECT of `start` */
export const insertSlots = async (
  db: DuckDb,
  slots: string,
  starts: string,
  timeZone: string,
): Promise<void> => {
  await db.run(`CREATE TEMP TABLE ${slots} (start BIGINT, slot INTEGER)`);
  const rows = await db.rows<{ start: number }>(`SELECT DISTINCT start FROM (${starts})`);
  const mapped = rows.map(({ start }) => [start, slotOf(start as EpochMs, timeZone)]);
  if (mapped.length > 0) await db.insertRows(slots, ["start", "slot"], mapped);
};
