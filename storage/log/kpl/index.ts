export * from "./aggregator.js";
export * from "./decode.js";
export { type DigestPolicy, holdDigests } from "./digest.js";
export { encodeAggregate } from "./encode.js";
export * from "./eventOffsets.js";
export * from "./hashRange.js";
export type { Message } from "./md5/lanes.js";
export { pushAggregate } from "./unpack.js";
export type { UserRecord } from "./userRecord.js";
