import { ceilPane, type EpochMs, formatDuration, type MetricDefinition } from "@freshet/model";
import type { TrendPlace } from "@freshet/storage";
import type { ProjectedWindow, ProjectionSettings } from "./settings.js";

/** Of one metric and window, whatever is asked for. */
const PLACES_MAX = 1_000;

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

/** Ends of the windows that hold panes, the newest first. */
const endsOfPanes = (
  definition: MetricDefinition,
  window: ProjectedWindow,
  panes: Iterable<EpochMs>,
): readonly EpochMs[] => {
  const ends = new Set<EpochMs>();
  for (const paneMs of panes)
    for (const end of endsOf(definition, window, (paneMs + window.windowMs - 1) as EpochMs, paneMs + 1))
      if (end > paneMs && end <= paneMs + window.windowMs) ends.add(end);
  return [...ends].sort((a, b) => b - a).slice(0, PLACES_MAX);
};

/**
 * The windows of a metric that older panes stand in, the newest first.
 *
 * @param panes that were changed, older than what is looked at anyway
 */
export const placesOfPanes = (
  definition: MetricDefinition,
  { windows }: Pick<ProjectionSettings, "windows">,
  panes: Iterable<EpochMs>,
): readonly TrendPlace[] =>
  windows
    .filter((window) => fitsPanes(definition, window))
    .flatMap((window) =>
      endsOfPanes(definition, window, panes).map((toMs) => ({
        metric: definition.name,
        window: formatDuration(window.windowMs),
        toMs,
      })),
    );

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
