/** What becomes of the events: shares of all. The rest arrives once, in time, and well. */
export interface ClickShares {
  /** Of article views; the rest are shares and searches. */
  readonly view: number;
  /** Arrives again, byte for byte, soon after. */
  readonly duplicate: number;
  /** Arrives minutes to hours after it happened; it counts all the same. */
  readonly late: number;
  /** A third each: a field is missing, the text is cut short, or a field is written with `\u` escapes (which is well). */
  readonly odd: number;
}

export interface ClickOptions {
  readonly seed: number;
  /** When the first event arrives. */
  readonly fromMs: number;
  /** Of event time, not of how fast they are made. */
  readonly eventsPerSecond: number;
  readonly articles: number;
  /** Article n of N is read in proportion to n^-exponent. */
  readonly zipfExponent: number;
  readonly clusters: number;
  readonly users: number;
  readonly shares: ClickShares;
}

/** Ten seconds before a minute ends: a stream of twelve seconds touches two panes. */
const FROM_MS = Date.UTC(2026, 0, 5, 12, 0, 50);

export const DEFAULT_CLICKS: ClickOptions = {
  seed: 7,
  fromMs: FROM_MS,
  eventsPerSecond: 250_000,
  articles: 100_000,
  zipfExponent: 1.1,
  clusters: 16,
  users: 1_000_000,
  shares: { view: 0.85, duplicate: 0.01, late: 0.002, odd: 0.0005 },
};
