import { createRandom } from "../../random/random.js";
import { type BurstShape, burstDurationMs } from "./rate.js";

/** When stories break. */
export interface BurstSchedule {
  /** The first story breaks here. */
  readonly firstMs: number;
  /** One story a period, somewhere in the period's first half. */
  readonly periodMs: number;
  readonly shape: BurstShape;
  /** Stories break up to here. */
  readonly endMs: number;
}

export interface Burst {
  /** Names the story: stable for one seed and schedule. */
  readonly story: string;
  readonly startMs: number;
  readonly shape: BurstShape;
}

/** The stories that are being read at some moment of [fromMs, toMs). */
export const burstsBetween = (
  seed: number,
  schedule: BurstSchedule,
  fromMs: number,
  toMs: number,
): readonly Burst[] => {
  const { firstMs, periodMs, shape, endMs } = schedule;
  const durationMs = burstDurationMs(shape);
  const first = Math.max(0, Math.floor((fromMs - durationMs - firstMs) / periodMs));
  const bursts: Burst[] = [];
  for (let index = first; firstMs + index * periodMs < Math.min(toMs, endMs); index++) {
    const random = createRandom(seed, "burst", firstMs, index);
    const startMs = firstMs + index * periodMs + (index === 0 ? 0 : random.integer(periodMs / 2));
    const strength = 0.6 + 0.8 * random.unit();
    if (startMs + durationMs <= fromMs || startMs >= Math.min(toMs, endMs)) continue;
    const story = `${Math.floor(firstMs / 1000).toString(36)}-${index}`;
    bursts.push({ story, startMs, shape: { ...shape, peakPerSecond: shape.peakPerSecond * strength } });
  }
  return bursts;
};
