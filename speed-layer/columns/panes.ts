import { type EpochMs, type EventColumns, type MetricDefinition, paneStart } from "@freshet/model";
import { roomFor } from "./room.js";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;

/** Start of the pane of each selected event. */
export const createPanes = ({ paneMs, timeZone }: MetricDefinition) => {
  /** All instants of a run of this length, from a multiple of it on, are in one pane: see `paneStart`. */
  const sameMs = timeZone === "UTC" || paneMs < HOUR_MS ? paneMs : QUARTER_MS;
  let panesMs = new Float64Array(0);
  return ({ count, timesMs }: EventColumns, selected: Uint8Array): Float64Array => {
    if (panesMs.length < count) panesMs = new Float64Array(roomFor(count));
    let fromMs = Number.NaN;
    let paneAtMs = Number.NaN;
    for (let index = 0; index < count; index++) {
      if (selected[index] !== 1) continue;
      const timeMs = timesMs[index] as number;
      if (!(timeMs >= fromMs && timeMs < fromMs + sameMs)) {
        fromMs = Math.floor(timeMs / sameMs) * sameMs;
        paneAtMs = paneStart(timeMs as EpochMs, paneMs, timeZone);
      }
      panesMs[index] = paneAtMs;
    }
    return panesMs;
  };
};
