import { ceilPane, type EpochMs, formatDuration, type MetricDefinition } from "@freshet/model";
import type { TrendPlace } from "@freshet/storage";
import type { ProjectedWindow, ProjectionSettings } from "./settings.js";

/** Of one metric and window, whatever is asked for. */
const PLACES_MAX = 10_000;

const endsOf = (
  { paneMs, timeZone }: MetricDefinition,
  { everyMs }: ProjectedWindow,
  newestMs: EpochMs,
  oldestMs: number,
): readonly EpochMs[] => {
  const stepMs = Math.ceil(everyMs / paneMs) * paneMs;
  const ends = new Set<EpochMs>();
  let at = (Math.floor(newestMs / stepMs) + 1) * stepMs;
  for (; at >= oldestMs && ends.size < PLACES_MAX; at -= stepMs)
    ends.add(ceilPane(at as EpochMs, paneMs, timeZone));
  return [...ends];
};

/** Whether a window is of whole panes, as answers must be. */
export const fitsPanes = ({ paneMs }: MetricDefinition, { windowMs }: ProjectedWindow): boolean =>
  windowMs % paneMs === 0;

/** The windows of a metric that may still change, each the newest first: the one that holds the newest event, and those before. */
export const placesOf = (
  definition: MetricDefinition,
  { windows, reopenMs }: ProjectionSettings,
  newestMs: EpochMs,
): readonly (readonly TrendPlace[])[] =>
  windows
    .filter((window) => fitsPanes(definition, window))
    .map((window) =>
      endsOf(definition, window, newestMs, newestMs - reopenMs).map((toMs) => ({
        metric: definition.name,
        window: formatDuration(window.windowMs),
        toMs,
      })),
    );
