const SPAN_MS = 10_000;
const SLOT_MS = 500;

/** Events per second over the last ten seconds. */
export interface RateMeter {
  add(nowMs: number, count: number): void;
  perSecond(nowMs: number): number;
}

export const createRateMeter = (): RateMeter => {
  const slots = new Map<number, number>();
  const forget = (nowMs: number): void => {
    for (const slot of slots.keys()) if (slot * SLOT_MS <= nowMs - SPAN_MS) slots.delete(slot);
  };
  return {
    add(nowMs, count) {
      const slot = Math.floor(nowMs / SLOT_MS);
      slots.set(slot, (slots.get(slot) ?? 0) + count);
      forget(nowMs);
    },
    perSecond(nowMs) {
      forget(nowMs);
      let total = 0;
      for (const count of slots.values()) total += count;
      return Math.round((total * 10_000) / SPAN_MS) / 10;
    },
  };
};
