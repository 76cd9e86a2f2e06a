import { DEFAULT_SHARES, type Shares } from "./disturb.js";
import { type BurstShape, dayCurve } from "./rate.js";
import { createSlots, type SimulatedEvent } from "./slots.js";
import { createSite, type Site } from "./site.js";

/** A simulated news site. Everything follows from the options and the times passed in. */
export interface NewsWorkload {
  readonly site: Site;
  /**
   * What arrived in the `days` before `endMs`, in order of arrival: a story breaks every few hours. About 150,000 events in
   * 14 days. Two histories hold the same events where they overlap, but for copies of what came before a beginning.
   */
  history(days: number, endMs: number): Iterable<SimulatedEvent>;
  /** A stream from `startMs` on, in which a story breaks every two minutes, the first one after seconds. */
  live(startMs: number, options?: LiveOptions): NewsStream;
}

export interface LiveOptions {
  /** Daily reading at a steady rate, for load; breaking stories come on top. Default: as in the history, with its day curve, so that baselines hold. */
  readonly eventsPerSecond?: number;
}

export interface NewsStream {
  /**
   * What arrives from where the last call ended until `nowMs`, in order of arrival: however often it is called, all calls together give
   * the same stream. After a pause of more than `CATCH_UP_MAX_MS` it goes on at now.
   */
  next(nowMs: number): readonly SimulatedEvent[];
}

export interface NewsOptions {
  readonly seed: number;
  readonly shares?: Partial<Shares>;
}

const DAY_MS = 86_400_000;
const HISTORY_SLOT_MS = 60_000;
const LIVE_SLOT_MS = 100;
export const CATCH_UP_MAX_MS = 5_000;

const READING_PER_SECOND = 0.1;
const HISTORY_BURST: BurstShape = {
  peakPerSecond: 0.2,
  riseMs: 300_000,
  stayMs: 1_200_000,
  fadeMs: 2_400_000,
};
const HISTORY_BURST_PERIOD_MS = 8 * 3_600_000;
const LIVE_BURST: BurstShape = { peakPerSecond: 4, riseMs: 10_000, stayMs: 60_000, fadeMs: 40_000 };
const LIVE_BURST_PERIOD_MS = 120_000;
const LIVE_BURST_AFTER_MS = 5_000;

const dailyReading = (timeMs: number): number => READING_PER_SECOND * dayCurve(timeMs);

export const newsWorkload = ({ seed, shares }: NewsOptions): NewsWorkload => {
  const site = createSite(seed);
  const common = { seed, site, shares: { ...DEFAULT_SHARES, ...shares } };
  return {
    site,
    *history(days, endMs) {
      const startMs = Math.floor((endMs - days * DAY_MS) / HISTORY_SLOT_MS) * HISTORY_SLOT_MS;
      const slots = createSlots({
        ...common,
        readingPerSecond: dailyReading,
        bursts: { firstMs: 0, periodMs: HISTORY_BURST_PERIOD_MS, shape: HISTORY_BURST, endMs },
        slotMs: HISTORY_SLOT_MS,
        idPrefix: "h",
      });
      for (let slotMs = startMs; slotMs < endMs; slotMs += HISTORY_SLOT_MS) {
        for (const event of slots.fill(slotMs)) if (event.arrivalMs < endMs) yield event;
      }
    },
    live: (startMs, { eventsPerSecond } = {}) => {
      const slots = createSlots({
        ...common,
        readingPerSecond: eventsPerSecond === undefined ? dailyReading : () => eventsPerSecond,
        bursts: {
          firstMs: startMs + LIVE_BURST_AFTER_MS,
          periodMs: LIVE_BURST_PERIOD_MS,
          shape: LIVE_BURST,
          endMs: Number.POSITIVE_INFINITY,
        },
        slotMs: LIVE_SLOT_MS,
        idPrefix: "l",
      });
      let nextSlotMs = startMs;
      return {
        next: (nowMs) => {
          const behindMs = nowMs - nextSlotMs - CATCH_UP_MAX_MS;
          if (behindMs > 0) nextSlotMs += Math.ceil(behindMs / LIVE_SLOT_MS) * LIVE_SLOT_MS;
          const arrived: SimulatedEvent[] = [];
          for (; nextSlotMs + LIVE_SLOT_MS <= nowMs; nextSlotMs += LIVE_SLOT_MS) {
            arrived.push(...slots.fill(nextSlotMs));
          }
          return arrived;
        },
      };
    },
  };
};
