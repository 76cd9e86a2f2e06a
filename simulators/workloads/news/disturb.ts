import type { Random } from "../../random/random.js";
import type { WireEvent } from "./view.js";

/** What becomes of a view on its way: the shares of all views. The rest arrives well. */
export interface Shares {
  /** Arrives long after it happened. */
  readonly late: number;
  /** Arrives again within seconds, as after a retry. */
  readonly nearDuplicate: number;
  /** Arrives again after minutes, beyond what a live layer remembers. */
  readonly farDuplicate: number;
  /** Cannot be counted. */
  readonly bad: number;
}

export const DEFAULT_SHARES: Shares = { late: 0.01, nearDuplicate: 0.005, farDuplicate: 0.001, bad: 0.002 };

/** `bad` names the reason with which it must be rejected. */
export type Fate =
  | { readonly kind: "view" }
  | { readonly kind: "late"; readonly byMs: number }
  | { readonly kind: "near_duplicate"; readonly afterMs: number }
  | { readonly kind: "far_duplicate"; readonly afterMs: number }
  | { readonly kind: "bad"; readonly reason: BadReason };

const BAD_REASONS = [
  "missing_field",
  "wrong_type",
  "out_of_range",
  "unknown_type",
  "time_out_of_bounds",
] as const;
export type BadReason = (typeof BAD_REASONS)[number];

const LATE_MIN_MS = 30_000;
const LATE_MAX_MS = 2 * 3_600_000;
const NEAR_MAX_MS = 20_000;
const FAR_MIN_MS = 3 * 60_000;
const FAR_MAX_MS = 20 * 60_000;
const OUT_OF_BOUNDS_MS = 400 * 86_400_000;

export const drawFate = (random: Random, shares: Shares): Fate => {
  let rest = random.unit();
  const falls = (share: number): boolean => (rest -= share) < 0;
  if (falls(shares.late)) {
    return { kind: "late", byMs: LATE_MIN_MS + Math.floor(random.unit() ** 2 * (LATE_MAX_MS - LATE_MIN_MS)) };
  }
  if (falls(shares.nearDuplicate))
    return { kind: "near_duplicate", afterMs: 200 + random.integer(NEAR_MAX_MS) };
  if (falls(shares.farDuplicate)) {
    return { kind: "far_duplicate", afterMs: FAR_MIN_MS + random.integer(FAR_MAX_MS - FAR_MIN_MS) };
  }
  if (falls(shares.bad)) return { kind: "bad", reason: random.pick(BAD_REASONS) };
  return { kind: "view" };
};

/** The view, broken so that it must be rejected with this reason. */
export const spoiled = (event: WireEvent, reason: BadReason): WireEvent => {
  switch (reason) {
    case "missing_field": {
      const { article: _, ...rest } = event;
      return rest;
    }
    case "wrong_type":
      return { ...event, dwellMs: "long" };
    case "out_of_range":
      return { ...event, dwellMs: -1 };
    case "unknown_type":
      return { ...event, type: "artcle_view" };
    case "time_out_of_bounds":
      return { ...event, time: new Date(Date.parse(event.time) - OUT_OF_BOUNDS_MS).toISOString() };
  }
};
