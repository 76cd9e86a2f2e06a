export * from "./aggregator.js";
export * from "./decode.js";
export { type DigestPolicy, digestsOfRecords, holdDigests, holdsDigest } from "./digest.js";
export { encodeAggregate } from "./encode.js";
export * from "./eventOffsets.js";
export * from "./hashRange.js";
export { contentKey, fittingKey } from "./partitionKey.js";
export { type DigestCheck, pushAggregate } from "./unpack.js";
export type { UserRecord } from "./userRecord.js";
