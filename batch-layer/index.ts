export { LANDING_SETTINGS, type LandingSettings } from "./landing/landing.js";
export { type LandingOptions, type RunningLanding, startLanding } from "./landing/startLanding.js";
export { type BatchOptions, type BatchResult, runBatch } from "./run/runBatch.js";
export { BATCH_STEPS, type BatchProgress, type BatchStep } from "./run/progress.js";
export { writeOff } from "./ledger/writeOffs.js";
export { type ComparedGenerations, type ComparedMetric, compareGenerations } from "./generation/compare.js";
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
export { readFinishedDefinitions } from "./generation/finishedDefinitions.js";
export { trimLog } from "./generation/trimLog.js";
export { explainMetric } from "./explainMetric.js";
export { jobName, type SparkJobArguments, sparkJobOf, toJobArguments } from "./spark/jobArguments.js";
export type { SparkJobNumber } from "./spark/plannedJob.js";
export {
  giveUpRun,
  type Prepared,
  prepareRun,
  publishRun,
  type SteppedRunOptions,
  type Taken,
} from "./run/steppedRun.js";
export { JOB_TIMEOUT_MS, type NextStep, nextStepOf, STEPPED_RUN } from "./run/steppedRunRecord.js";
export type { SparkEngine } from "./spark/engine.js";
export { createLocalSpark, type LocalSparkOptions } from "./spark/localSpark.js";
export {
  type AttemptContext,
  RUN_SETTINGS,
  recordedRun,
  type RecordedRunOptions,
  type RunSettings,
} from "./runs/recordedRun.js";
export { RunTimedOut } from "./runs/runTimedOut.js";
export type { RunLogger } from "./run/runLogger.js";
export type { GlueColumn, GlueTable } from "./catalogue/glueTable.js";
export {
  type CatalogueOptions,
  catalogueStatements,
  catalogueTables,
} from "./catalogue/statements.js";
export { lakeTables, rowsTable } from "./catalogue/tables.js";
export { VIEW_ENGINES, type ViewEngine } from "./catalogue/dialects.js";
export { HEALTH_NAMESPACE, type LineHealth, readLineHealth } from "./health/lineHealth.js";
export { type BatchReadiness, readBatchReadiness } from "./run/readiness.js";
