import { durationMs } from "../text/duration.js";

const STEPS = [
  "1s",
  "5s",
  "10s",
  "15s",
  "30s",
  "1m",
  "2m",
  "3m",
  "5m",
  "10m",
  "15m",
  "20m",
  "30m",
  "1h",
  "1d",
];

/** The finest step of whole panes that gives at most so many points. */
export const seriesStep = (pane: string, rangeMs: number, pointsMax: number): string => {
  const paneMs = durationMs(pane);
  const fitting = STEPS.filter((step) => durationMs(step) % paneMs === 0);
  return fitting.find((step) => rangeMs / durationMs(step) <= pointsMax) ?? fitting.at(-1) ?? pane;
};
