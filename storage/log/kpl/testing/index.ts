export * from "./arbitrary.js";
export * from "./awsKinesisAgg.js";
export * from "./golden.js";
export * from "./message.js";
export * from "../format.js";
export * from "../wire.js";
