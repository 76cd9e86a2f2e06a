export { type SpoolKind, spoolContract, type SpoolUnderTest } from "../node/spool.contract.js";
export { type SqsDouble, startSqsDouble } from "./sqsDouble.js";
export { makeSqsQueue } from "./sqsQueue.js";
