import { canonicalJson, type EpochMs, type MetricDefinition } from "@freshet/model";
import type { TrendPlace } from "@freshet/storage";
import { placesOf } from "./places.js";
import type { ProjectionSettings } from "./settings.js";

/** That are remembered, of all metrics. */
const PLACES_MAX = 20_000;
/** A place is looked at again so often, also where nothing changed: somebody may have deleted an index. */
export const AUDIT_EVERY_MS = 60_000;

/** Places to look at. */
export interface Due {
  /** Of each metric and window, the one that holds the newest event. */
  readonly newest: readonly TrendPlace[];
  /** Those not looked at for longest first. */
  readonly older: readonly TrendPlace[];
}

export interface View {
  readonly definitions: readonly MetricDefinition[];
  readonly newestMs: EpochMs;
  readonly version: string;
  /** Windows of long ago that late events stand in. */
  readonly late: readonly TrendPlace[];
}

/** Which windows are to be looked at, and when. */
export interface Agenda {
  due(view: View): Due;
  /** @param isOpen what was written is not the last word: batch has not settled it */
  done(place: TrendPlace, version: string, isOpen: boolean): void;
  /** Whether a place is remembered, as of the last `due`. */
  has(name: string): boolean;
}

interface Visit {
  readonly place: TrendPlace;
  readonly version: string;
  readonly visitedMs: number;
  readonly isOpen: boolean;
}

export const placeName = ({ metric, window, toMs }: TrendPlace): string =>
  canonicalJson([metric, window, toMs]);

export const createAgenda = (settings: ProjectionSettings, now: () => number): Agenda => {
  const visits = new Map<string, Visit>();
  let all = new Map<string, TrendPlace>();
  return {
    due({ definitions, newestMs, version, late }) {
      const windows = definitions.flatMap((definition) => placesOf(definition, settings, newestMs));
      const unsettled = [...visits.values()].flatMap(({ place, isOpen }) => (isOpen ? [place] : []));
      const known = new Set(definitions.map(({ name }) => name));
      all = new Map(
        [...windows.flat(), ...late, ...unsettled]
          .filter(({ metric }) => known.has(metric))
          .slice(0, PLACES_MAX)
          .map((place) => [placeName(place), place]),
      );
      for (const name of visits.keys()) if (!all.has(name)) visits.delete(name);
      const isDue = (place: TrendPlace): boolean => {
        const visit = visits.get(placeName(place));
        return visit?.version !== version || now() - visit.visitedMs > AUDIT_EVERY_MS;
      };
      const visitedMs = (place: TrendPlace): number => visits.get(placeName(place))?.visitedMs ?? 0;
      const newest = windows.flatMap(([first]) => (first && isDue(first) ? [first] : []));
      const first = new Set(newest.map(placeName));
      const older = [...all.values()]
        .filter((place) => !first.has(placeName(place)) && isDue(place))
        .sort((a, b) => visitedMs(a) - visitedMs(b) || b.toMs - a.toMs);
      return { newest, older };
    },
    done(place, version, isOpen) {
      visits.set(placeName(place), { place, version, visitedMs: now(), isOpen });
    },
    has: (name) => all.has(name),
  };
};
