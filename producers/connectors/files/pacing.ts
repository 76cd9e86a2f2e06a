import { type EpochMs, epochMs } from "@freshet/model";

/** How fast a replay goes: as fast as it can, by number, or by the events' own times. */
export type Pacing =
  | { readonly kind: "unlimited" }
  | { readonly kind: "rate"; readonly eventsPerSecond: number }
  /** So many seconds of event time in one second, with a virtual arrival clock. */
  | { readonly kind: "speed"; readonly factor: number };

export interface PacingOptions {
  /** At most so many events a second. */
  readonly rate?: number;
  /** So many seconds of event time in one second, with a virtual arrival clock. Not together with `rate`. */
  readonly speed?: number;
}

/** @throws RangeError for both, or for what is no positive number. */
export const pacingOf = ({ rate, speed }: PacingOptions): Pacing => {
  if (rate !== undefined && speed !== undefined) throw new RangeError("give `rate` or `speed`, not both");
  for (const [name, value] of Object.entries({ rate, speed })) {
    if (value !== undefined && !(value > 0))
      throw new RangeError(`${name}: expected a number above 0, got ${value}`);
  }
  if (rate !== undefined) return { kind: "rate", eventsPerSecond: rate };
  return speed === undefined ? { kind: "unlimited" } : { kind: "speed", factor: speed };
};

export interface Turn {
  /** Not before this much of the replay's running time. */
  readonly dueMs: number;
  /** The virtual arrival stamp; null: the log's own. */
  readonly arrivalMs: EpochMs | null;
}

export interface Pacer {
  next(timeMs: number | null, nowEpochMs: number): Turn;
  /** Where the virtual clock stands; null before any event, and where there is none. */
  readonly virtualMs: EpochMs | null;
}

/** A stretch of event time without events is passed in at most this long. */
const PAUSE_MS_MAX = 2_000;

const WITHOUT_CLOCK = { virtualMs: null };

/**
 * By speed, the virtual arrival clock is the greatest event time so far, never ahead of the real clock: an event arrives as
 * late after the others as it did then. `virtualMs` is where an interrupted replay had it.
 */
export const createPacer = (pacing: Pacing, virtualMs: EpochMs | null): Pacer => {
  let dueMs = 0;
  switch (pacing.kind) {
    case "unlimited":
      return { ...WITHOUT_CLOCK, next: () => ({ dueMs, arrivalMs: null }) };
    case "rate": {
      let count = 0;
      return {
        ...WITHOUT_CLOCK,
        next: () => ({ dueMs: (count++ / pacing.eventsPerSecond) * 1000, arrivalMs: null }),
      };
    }
    case "speed": {
      let clockMs = virtualMs;
      return {
        get virtualMs() {
          return clockMs;
        },
        next(timeMs, nowEpochMs) {
          const reachedMs = epochMs(Math.max(clockMs ?? 0, Math.min(timeMs ?? 0, nowEpochMs)));
          if (clockMs !== null) dueMs += Math.min(PAUSE_MS_MAX, (reachedMs - clockMs) / pacing.factor);
          if (timeMs !== null) clockMs = reachedMs;
          return { dueMs, arrivalMs: reachedMs };
        },
      };
    }
  }
};
