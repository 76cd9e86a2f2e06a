import type { DurationMs } from "../brand.js";
import { refuse } from "../definitionError.js";
import { parseDuration } from "../time/duration.js";

/** Such as `"30s"`, `"1m"`, `"1h"`, `"1d"`. */
export type Duration = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** @throws DefinitionError */
export const durationOf = (text: string): DurationMs => {
  try {
    return parseDuration(text);
  } catch (error) {
    return refuse(error instanceof RangeError ? error.message : String(error));
  }
};
