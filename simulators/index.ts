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
