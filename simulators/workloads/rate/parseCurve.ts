import { parseDuration } from "@freshet/model";
import type { RateCurve } from "./rateCurve.js";

export const CURVE_FORMS =
  "steady, ramp:FROM, steps:RATE,RATE,.../DURATION, diurnal:DAY, bursts:FACTOR/PERIOD";

/** @throws RangeError that says which forms there are. */
const refuse = (text: string): never => {
  throw new RangeError(`${text}: expected one of ${CURVE_FORMS}, such as bursts:5/1m`);
};

const positive = (text: string, whole: string): number => {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : refuse(whole);
};

const duration = (text: string | undefined, whole: string): number => {
  try {
    return parseDuration(text ?? "");
  } catch {
    return refuse(whole);
  }
};

/**
 * Reads a curve as a command line has it.
 * @param perSecond of the steady part, and where a ramp ends
 * @param durationMs of the run: how long a ramp takes
 */
export const parseCurve = (text: string, perSecond: number, durationMs: number): RateCurve => {
  const [kind = "", rest = ""] = text.split(":");
  const [first = "", second] = rest.split("/");
  switch (kind) {
    case "steady":
      return { kind, perSecond };
    case "ramp":
      return { kind, from: positive(first, text), to: perSecond, overMs: durationMs };
    case "steps": {
      const rates = first.split(",").map((rate) => positive(rate, text));
      return { kind, perSecond: rates, stepMs: duration(second, text) };
    }
    case "diurnal":
      return { kind, perSecond, dayMs: duration(first, text) };
    case "bursts":
      return { kind, perSecond, factor: positive(first, text), periodMs: duration(second, text) };
    default:
      return refuse(text);
  }
};
