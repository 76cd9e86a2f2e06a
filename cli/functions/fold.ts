import { createStreamHandler } from "@freshet/speed-layer";
import { handlerOptions } from "./options.js";

/** Behind Kinesis' event source mapping. */
export const handler = createStreamHandler(handlerOptions());
