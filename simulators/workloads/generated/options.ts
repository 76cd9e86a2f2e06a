import type { RateCurve } from "../rate/rateCurve.js";

/** What becomes of the events: shares of all. The rest arrives once, in time, and well. */
export interface GeneratedShares {
  /** Of article views; the rest are shares and searches. */
  readonly view: number;
  /** Arrives long after it happened: `LateTail`. */
  readonly late: number;
  /** Arrives again within `nearMs`, byte for byte. */
  readonly nearDuplicate: number;
  /** Arrives again within `farMs`, beyond what a live layer remembers. */
  readonly farDuplicate: number;
  /** Arrives again soon, under another partition key. */
  readonly shardDuplicate: number;
  /** A field is missing, or the text is cut short. */
  readonly bad: number;
  /** Has the one partition key `HOT_KEY`. */
  readonly hot: number;
}

/** Pareto's law: later than x with probability (leastMs / x)^exponent, and never later than mostMs. */
export interface LateTail {
  readonly leastMs: number;
  readonly exponent: number;
  readonly mostMs: number;
}

/** Producers whose clocks are off, each by as much for ever, ahead or behind. */
export interface ProducerClocks {
  readonly producers: number;
  readonly skewMaxMs: number;
}

export interface GeneratedOptions {
  readonly seed: number;
  /** When the first event is meant to be sent. */
  readonly fromMs: number;
  readonly durationMs: number;
  readonly rate: RateCurve;
  readonly articles: number;
  /** Article n of N is read in proportion to n^-exponent. */
  readonly zipfExponent: number;
  readonly clusters: number;
  readonly users: number;
  readonly shares: GeneratedShares;
  readonly lateTail: LateTail;
  readonly clocks: ProducerClocks;
  /** From least to most, in milliseconds: a copy comes as soon as an event is due after that. */
  readonly nearMs: readonly [number, number];
  readonly farMs: readonly [number, number];
}

export const HOT_KEY = "hot";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const DEFAULT_GENERATED: Omit<GeneratedOptions, "fromMs" | "durationMs" | "rate"> = {
  seed: 7,
  articles: 100_000,
  zipfExponent: 1.1,
  clusters: 16,
  users: 1_000_000,
  shares: {
    view: 0.85,
    late: 0.002,
    nearDuplicate: 0.01,
    farDuplicate: 0,
    shardDuplicate: 0,
    bad: 0.0005,
    hot: 0,
  },
  lateTail: { leastMs: 5 * MINUTE_MS, exponent: 1.2, mostMs: 48 * HOUR_MS },
  clocks: { producers: 64, skewMaxMs: 500 },
  nearMs: [100, 20_000],
  farMs: [3 * MINUTE_MS, 20 * MINUTE_MS],
};

/** Beyond these an app's own bounds refuse an event. */
const LATE_MOST_MS = 29 * 24 * HOUR_MS;
const SKEW_MOST_MS = HOUR_MS / 2;

/** @throws RangeError that names the option that cannot be. */
export const checkGenerated = ({ shares, lateTail, clocks }: GeneratedOptions): void => {
  for (const [name, share] of Object.entries(shares) as [string, number][])
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${name}: expected a share from 0 to 1, got ${share}`);
  const { late, nearDuplicate, farDuplicate, shardDuplicate, bad } = shares;
  const sum = late + nearDuplicate + farDuplicate + shardDuplicate + bad;
  if (sum > 1) throw new RangeError(`shares of late, duplicate and bad events add up to ${sum}, over 1`);
  const { leastMs, exponent, mostMs } = lateTail;
  if (!(leastMs > 0 && exponent > 0 && mostMs >= leastMs && mostMs <= LATE_MOST_MS))
    throw new RangeError(
      `lateTail: expected 0 < leastMs <= mostMs <= ${LATE_MOST_MS} and an exponent above 0`,
    );
  if (!(clocks.producers >= 1 && clocks.skewMaxMs >= 0 && clocks.skewMaxMs <= SKEW_MOST_MS))
    throw new RangeError(`clocks: expected a producer or more, and a skew from 0 to ${SKEW_MOST_MS} ms`);
};
