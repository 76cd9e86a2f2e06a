export { BILLED_BYTES, type FirehoseTransportOptions, firehoseTransport } from "./firehoseTransport.js";
