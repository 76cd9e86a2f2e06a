export { LANDING_SETTINGS, type LandingSettings } from "./landing/landing.js";
export { type LandingOptions, type RunningLanding, startLanding } from "./landing/startLanding.js";
export { type BatchOptions, type BatchResult, runBatch } from "./run/runBatch.js";
export { BATCH_STEPS, type BatchProgress, type BatchStep } from "./run/progress.js";
export { writeOff } from "./ledger/writeOffs.js";
export { type KeptGenerations, listGenerations, type Reverted, revertTo } from "./generation/revert.js";
export { type LandedAgain, landAgain, type LogRange } from "./landing/landAgain.js";
export type { FirehoseEvent, FirehoseRecord, FirehoseResponse } from "./landing/firehose/event.js";
export {
  type FirehoseLanded,
  type FirehoseLandingOptions,
  landFirehose,
} from "./landing/firehose/landFirehose.js";
export { transformDelivery } from "./landing/firehose/transform.js";
export type { Difference } from "./ledger/cut.js";
export { startLandingThread } from "./landing/thread/startLandingThread.js";
export { trimLog } from "./generation/trimLog.js";
export { explainMetric } from "./explainMetric.js";
export { HEALTH_NAMESPACE, type LineHealth, lineHealth, readLineHealth } from "./health/lineHealth.js";
export { batchReadiness, type BatchReadiness, readBatchReadiness } from "./run/readiness.js";
export { SPARK_JOB_FLAGS, type SparkJob, sparkJobArguments, sparkJobOf } from "./spark/jobArguments.js";
