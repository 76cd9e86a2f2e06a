import type { DurationMs, EpochMs } from "../brand.js";
import { HOURS_OF_DAY, SLOTS, slotOf } from "./slot.js";

/** How a week's slots are put together: each by itself, by hour of day, or all in one. */
export type Pooling = "slot" | "hour" | "all";

/**
 * How many completed windows a history has, empty ones too. One for all keys that are as old as the history;
 * a younger key's history begins with its first window, and a key that was never seen has none.
 */
export interface WindowCounts {
  /** By slot. */
  readonly perSlot: readonly number[];
  /** By hour of day. */
  readonly perHour: readonly number[];
  readonly total: number;
  /** The finest at which most windows share their cell with another: a variance takes two. */
  readonly pooling: Pooling;
}

export const cellOf = (slot: number, pooling: Pooling): number => {
  switch (pooling) {
    case "slot":
      return slot;
    case "hour":
      return slot % HOURS_OF_DAY;
    case "all":
      return 0;
  }
};

const pooled = (perSlot: readonly number[], pooling: Pooling): number[] => {
  const perCell: number[] = [];
  perSlot.forEach((n, slot) => {
    const cell = cellOf(slot, pooling);
    perCell[cell] = (perCell[cell] ?? 0) + n;
  });
  return perCell;
};

const mostShare = (perCell: readonly number[], total: number): boolean =>
  2 * perCell.filter((n) => n >= 2).reduce((sum, n) => sum + n, 0) > total;

/** @throws RangeError unless there is a count for each slot. */
export const windowCounts = (perSlot: readonly number[]): WindowCounts => {
  if (perSlot.length !== SLOTS)
    throw new RangeError(`window counts for ${perSlot.length} slots, not ${SLOTS}`);
  const perHour = pooled(perSlot, "hour");
  const total = perSlot.reduce((sum, n) => sum + n, 0);
  const pooling = mostShare(perSlot, total) ? "slot" : mostShare(perHour, total) ? "hour" : "all";
  return { perSlot, perHour, total, pooling };
};

/** The windows that lie wholly in a history; they are aligned to UTC. */
export const countWindows = (
  fromMs: EpochMs,
  toExclusiveMs: EpochMs,
  widthMs: DurationMs,
  timeZone: string,
): WindowCounts => {
  const perSlot = new Array<number>(SLOTS).fill(0);
  for (
    let start = Math.ceil(fromMs / widthMs) * widthMs;
    start + widthMs <= toExclusiveMs;
    start += widthMs
  ) {
    const slot = slotOf(start as EpochMs, timeZone);
    perSlot[slot] = (perSlot[slot] as number) + 1;
  }
  return windowCounts(perSlot);
};

/** The history less one window of each of these slots. @throws RangeError where a slot has none left. */
export const withoutSlots = (counts: WindowCounts, slots: readonly number[]): WindowCounts => {
  const perSlot = counts.perSlot.slice();
  for (const slot of slots) {
    const left = (perSlot[slot] ?? 0) - 1;
    if (left < 0) throw new RangeError(`no window of slot ${slot} left to take out`);
    perSlot[slot] = left;
  }
  return windowCounts(perSlot);
};
