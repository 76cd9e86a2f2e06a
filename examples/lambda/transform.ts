/** The transform of the Firehose that delivers to the lake. */
export { handler } from "@freshet/batch-layer/firehose";
