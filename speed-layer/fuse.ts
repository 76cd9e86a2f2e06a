import type { FuseSettings } from "./settings.js";

/** Most events were bad: the input or the app's definition is wrong as a whole. Nothing was skipped or lost. */
export class FuseBlown extends Error {
  constructor(
    readonly events: number,
    readonly rejected: number,
    settings: FuseSettings,
  ) {
    super(
      `${rejected} of the last ${events} events could not be counted (more than ${settings.ratioMax * 100} %). ` +
        "The speed layer stopped before counting on. Look at the dead letters; mend the producer or publish a " +
        "mended app, or start again with the fuse off: it goes on from where it was.",
    );
    this.name = "FuseBlown";
  }
}

/** Counts over a sliding window of time, in buckets. */
export interface Fuse {
  /** @throws FuseBlown when most events of the window were bad. */
  take(events: number, rejected: number, nowMs: number): void;
}

const BUCKETS = 60;

export const createFuse = (settings: FuseSettings | null): Fuse => {
  if (settings === null) return { take: () => undefined };
  const bucketMs = settings.windowMs / BUCKETS;
  let buckets: { readonly at: number; events: number; rejected: number }[] = [];
  return {
    take(events, rejected, nowMs) {
      const at = Math.floor(nowMs / bucketMs);
      const last = buckets.at(-1);
      if (last?.at === at) {
        last.events += events;
        last.rejected += rejected;
      } else {
        buckets.push({ at, events, rejected });
        buckets = buckets.filter((bucket) => bucket.at > at - BUCKETS);
      }
      const all = buckets.reduce((sum, bucket) => sum + bucket.events, 0);
      const bad = buckets.reduce((sum, bucket) => sum + bucket.rejected, 0);
      if (all >= settings.eventsMin && bad > all * settings.ratioMax) throw new FuseBlown(all, bad, settings);
    },
  };
};
