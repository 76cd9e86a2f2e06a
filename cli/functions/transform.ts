/** The transform of a Firehose. */
export { handler } from "@freshet/batch-layer/firehose";
