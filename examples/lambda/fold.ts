import { createStreamHandler, createTendHandler } from "@freshet/speed-layer";
import { functionOptions } from "./functionOptions.js";

const options = functionOptions(process.env);

/** Mapped to the stream. */
export const fold = createStreamHandler(options);

/** By a schedule, every minute. */
export const tend = createTendHandler(options);
