import { createExtreme } from "./extreme.js";

/** The least integer; null for none. */
export const minMeasure = createExtreme("min", Math.min);
