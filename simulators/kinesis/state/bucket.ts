/** A token bucket that holds one second of its rate. */
export interface Bucket {
  /** True, and taken, when there is room. What is larger than the bucket needs it full, and is paid off afterwards. */
  take(amount: number, nowMs: number): boolean;
  /** Whether nothing is owed. */
  isOpen(nowMs: number): boolean;
  /** Takes what has been given already: more than there was room for is owed in full. */
  owe(amount: number, nowMs: number): void;
}

const UNLIMITED: Bucket = { take: () => true, isOpen: () => true, owe: () => undefined };

export const createBucket = (ratePerSecond: number): Bucket => {
  if (ratePerSecond === Number.POSITIVE_INFINITY) return UNLIMITED;
  // In thousandths, so that whole milliseconds add up to whole numbers.
  const full = ratePerSecond * 1000;
  let level = full;
  let filledMs = 0;
  const fill = (nowMs: number): void => {
    if (nowMs <= filledMs) return;
    level = Math.min(full, level + (nowMs - filledMs) * ratePerSecond);
    filledMs = nowMs;
  };
  return {
    take(amount, nowMs) {
      fill(nowMs);
      if (level < Math.min(amount * 1000, full)) return false;
      level -= amount * 1000;
      return true;
    },
    isOpen(nowMs) {
      fill(nowMs);
      return level >= 0;
    },
    owe(amount, nowMs) {
      fill(nowMs);
      const owed = amount * 1000;
      level = owed > level ? Math.min(level, 0) - owed : level - owed;
    },
  };
};

/** Buckets of one rate, by what they are for. */
export const createBuckets = (ratePerSecond: number): { of(scope: string): Bucket } => {
  const buckets = new Map<string, Bucket>();
  return {
    of(scope) {
      const known = buckets.get(scope);
      if (known) return known;
      const made = createBucket(ratePerSecond);
      buckets.set(scope, made);
      return made;
    },
  };
};
