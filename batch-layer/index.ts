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
export {
  type FirehoseLanding,
  type FirehosePasses,
  startFirehoseLanding,
} from "./landing/firehose/startFirehoseLanding.js";
export { transformDelivery } from "./landing/firehose/transform.js";
export type { Difference } from "./ledger/cut.js";
export { startLandingThread } from "./landing/thread/startLandingThread.js";
export { trimLog } from "./generation/trimLog.js";
export { explainMetric } from "./explainMetric.js";
export { type SparkJobArguments, toJobArguments } from "./spark/jobArguments.js";
export type { SparkEngine } from "./spark/engine.js";
export { createLocalSpark, type LocalSparkOptions } from "./spark/localSpark.js";
export { RUN_SETTINGS, recordedRun, type RecordedRunOptions, type RunSettings } from "./runs/recordedRun.js";
export type { GlueColumn, GlueTable } from "./catalogue/glueTable.js";
export { rawTable, symlinksOf, viewTable } from "./catalogue/tables.js";
export { eventViewSql, type ViewEngine } from "./catalogue/eventView.js";
export { HEALTH_NAMESPACE, type LineHealth, readLineHealth } from "./health/lineHealth.js";
export { type BatchReadiness, readBatchReadiness } from "./run/readiness.js";
