export {
  breakOff,
  type HttpListener,
  type HttpRequest,
  type HttpResponse,
  listenToBoth,
} from "./kinesis/edges/bothProtocols.js";
export { freePort } from "./kinesis/edges/freePort.js";
export { type KinesisServer, serveKinesis } from "./kinesis/edges/httpServer.js";
export { createRequestHandler, type SimulatedRequestHandler } from "./kinesis/edges/requestHandler.js";
export { createGate, type GateOptions } from "./kinesis/edges/signature.js";
export type { Gate as KinesisGate } from "./kinesis/edges/wire.js";
export { ConnectionLost, KinesisError, type KinesisErrorCode } from "./kinesis/errors.js";
export type { CallFault, EffectFault, Fault, FaultRule, Faults } from "./kinesis/faults.js";
export { type KinesisLocal, type KinesisLocalOptions, startKinesisLocal } from "./kinesis/kinesisLocal.js";
export { KINESIS_LIMITS, type Limits as KinesisLimits, UNTHROTTLED } from "./kinesis/limits.js";
export type {
  InputOf,
  Operation as KinesisOperation,
  OutputOf,
  UnaryOperation,
} from "./kinesis/operations.js";
export type { Subscription } from "./kinesis/operations/subscribe.js";
export type { KinesisService } from "./kinesis/service.js";
export * from "./kinesis/simulatedKinesis.js";
export * from "./random/random.js";
export * from "./random/sampler.js";
export * from "./time/virtualClock.js";
export * from "./workloads/clicks/app.js";
export { CLICK_BYTES_MAX } from "./workloads/clicks/clickWriter.js";
export * from "./workloads/clicks/clicks.js";
export type { ClickAnswers, ClickPane } from "./workloads/clicks/knownAnswers.js";
export * from "./workloads/clicks/options.js";
export type { Shares } from "./workloads/news/disturb.js";
export * from "./workloads/news/knownAnswers.js";
export type { SimulatedEvent } from "./workloads/news/slots.js";
export type { WireEvent } from "./workloads/news/view.js";
export * from "./workloads/news/workload.js";
export * from "./load/counts.js";
export { drive, type DriveOptions } from "./load/drive.js";
export type { Latencies, LatencyPoint, LatencySummary } from "./load/latencies.js";
export type { FreshSecond } from "./load/probe.js";
export { whyNotHeld } from "./load/judge.js";
export { loadPage } from "./load/report/loadPage.js";
export type { LoadReport } from "./load/report/loadReport.js";
export * from "./load/runLoad.js";
export { type Held, nextRate, type SearchStep } from "./load/search.js";
export * from "./load/target.js";
export { type HttpTargetOptions, httpTarget } from "./load/target/httpTarget.js";
export { logTarget } from "./load/target/logTarget.js";
export { sdkTarget } from "./load/target/sdkTarget.js";
export type { Correctness } from "./load/verify.js";
export { createGenerated } from "./workloads/generated/generatedSource.js";
export {
  DEFAULT_GENERATED,
  type GeneratedOptions,
  type GeneratedShares,
  type LateTail,
  type ProducerClocks,
} from "./workloads/generated/options.js";
export { parseCurve } from "./workloads/rate/parseCurve.js";
export { type RateCurve, warmedUp } from "./workloads/rate/rateCurve.js";
export { readRecorded, type RecordedEvent } from "./workloads/recorded/recordedEvents.js";
export * from "./workloads/source.js";
export * from "./workloads/workloads.js";
export { bodyBytesOf, fitBytesOfMore } from "./plan/bodyBytes.js";
export type { Coefficients, MeasuredCosts } from "./plan/coefficients.js";
export type { Part, PartCost } from "./plan/cost.js";
export { expectedDistinct } from "./plan/distinct.js";
export type { Limit } from "./plan/limits.js";
export { FLUSH_MS, type Needs, speedVcpusOf, writeUnitsOf } from "./plan/needs.js";
export { parseCoefficients, parsePrices } from "./plan/parse.js";
export * from "./plan/plan.js";
export * from "./plan/planError.js";
export * from "./plan/prices.js";
export { DEFAULT_QUESTION, type PlanQuestion } from "./plan/question.js";
export type { PlannedScale } from "./plan/scale.js";
