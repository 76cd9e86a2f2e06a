import type { DurationMs, Tick } from "./brand.js";
import type { EventDefinition } from "./event/definition.js";
import type { MetricDefinition } from "./metric/definition.js";

export interface AppSettings {
  /** An event may be this much older than its arrival. */
  readonly maxLateMs: DurationMs;
  /** An event may be this much younger than its arrival. */
  readonly maxAheadMs: DurationMs;
  readonly eventBytesMax: number;
  readonly eventDepthMax: number;
}

/** A lookup table made by batch: text to text. */
export interface LookupDefinition {
  readonly name: string;
}

/** What an app defines, as plain JSON: stored with each revision, so that old segments can be judged as they were. */
export interface AppDocument {
  readonly version: 1;
  readonly name: string;
  readonly events: readonly EventDefinition[];
  readonly lookups: readonly LookupDefinition[];
  /** All that segments fold; of a name the newest first. */
  readonly metrics: readonly MetricDefinition[];
  /** Hashes of those that the app has changed, folded on until their successors are whole. Absent: none. */
  readonly outgoing?: readonly string[];
  readonly settings: AppSettings;
}

/** The name in `Records` of the schedule. */
export const SCHEDULE = "schedule";

/** The record `schedule`: which app revision holds from which tick on, and through which tick that is known. */
export interface Schedule {
  readonly revisions: readonly {
    readonly revision: number;
    readonly fromTick: Tick;
    readonly app: AppDocument;
  }[];
  /** Lookup contents by name and version; `path` lies in the lake. */
  readonly lookups: readonly { readonly lookup: string; readonly fromTick: Tick; readonly path: string }[];
  /** No worker folds a tick beyond this. */
  readonly knownThrough: Tick;
}

/** @throws Error when no revision holds at `at`. */
export const revisionAt = (schedule: Schedule, at: Tick): Schedule["revisions"][number] => {
  const found = schedule.revisions.findLast((entry) => entry.fromTick <= at);
  if (!found) throw new Error(`no app revision holds at tick ${at}`);
  return found;
};
