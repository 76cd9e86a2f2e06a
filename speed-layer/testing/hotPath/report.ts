import type { Measured } from "./rounds.js";

/** A line of `scripts/bench.mjs`. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio?: number;
  readonly against?: string;
  /** Of the ratio, or of the value where there is none: less fails. */
  readonly min?: number;
  readonly max?: number;
  /** What is hoped for; it never fails. */
  readonly aim?: number;
  /** The same of the value, for a machine like the one that the figures are of. */
  readonly mustRate?: number;
  readonly aimRate?: number;
  /** Which part of the picture it belongs to. */
  readonly chart?: "rates" | "stages";
  readonly [detail: string]: string | number | undefined;
}

export const report = (result: Result): void => console.log(JSON.stringify(result));

interface Goal {
  readonly min?: number;
  readonly aim: number;
  readonly mustRate?: number;
  readonly aimRate?: number;
}

/** Events a second, beside a twin in the same run. */
export const reportRate = (
  name: string,
  events: number,
  measured: Measured,
  twin: { readonly name: string; readonly measured: Measured },
  goal: Goal,
  details: Readonly<Record<string, string | number>> = {},
): void => {
  report({
    name,
    value: Math.round((events * 1000) / measured.medianMs),
    unit: "events/s",
    ratio: measured.timesFasterThan(twin.measured),
    against: twin.name,
    ...goal,
    best: Math.round((events * 1000) / measured.bestMs),
    nsPerEvent: Math.round((measured.medianMs * 1e6) / events),
    twinRate: Math.round((events * 1000) / twin.measured.medianMs),
    chart: "rates",
    ...details,
  });
};
