import { createTendHandler } from "@freshet/speed-layer";
import { handlerOptions } from "./options.js";

/** By a schedule, every minute. */
export const handler = createTendHandler(handlerOptions());
