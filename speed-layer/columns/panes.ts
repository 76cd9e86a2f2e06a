import {
  type EpochMs,
  type EventColumns,
  type MetricDefinition,
  paneStart,
  type Selection,
} from "@freshet/model";
import { roomFor } from "./room.js";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

/** Starts of the panes of the selected events. */
export const createPanes = ({ paneMs, timeZone }: MetricDefinition) => {
  /** All instants of a stretch of this length, from a multiple of it on, are in one pane: see `paneStart`. */
  const stretchMs = timeZone === "UTC" || paneMs < HOUR_MS ? paneMs : QUARTER_MS;
  let panesMs = new Float64Array(0);
  return ({ count, timesMs }: EventColumns, selection: Selection): Float64Array => {
    if (panesMs.length < count) panesMs = new Float64Array(roomFor(count));
    let fromMs = Number.NaN;
    let paneAtMs = Number.NaN;
    for (let at = 0; at < selection.count; at++) {
      const index = selection.rows[at] as number;
      const timeMs = timesMs[index] as number;
      if (!(timeMs >= fromMs && timeMs < fromMs + stretchMs)) {
        fromMs = Math.floor(timeMs / stretchMs) * stretchMs;
        paneAtMs = paneStart(timeMs as EpochMs, paneMs, timeZone);
      }
      panesMs[index] = paneAtMs;
    }
    return panesMs;
  };
};
