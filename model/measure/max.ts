import { createExtreme } from "./extreme.js";

/** The greatest integer; null for none. */
export const maxMeasure = createExtreme("max", Math.max);
