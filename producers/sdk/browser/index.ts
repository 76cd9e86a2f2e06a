export type { EmitOptions } from "../encode.js";
export type { Observation, ProducerCounters } from "../observe.js";
export type { FailureReason, FlushReport, NotSent, Outcome } from "../outcome.js";
export type { ProducerSettings } from "../settings.js";
export {
  type BrowserOutcome,
  type BrowserProducer,
  type BrowserProducerOptions,
  createBrowserProducer,
} from "./browserProducer.js";
export { indexedDbQueue } from "./indexedDbQueue.js";
export { type KeptEvent, memoryQueue, type PersistentQueue } from "./persistentQueue.js";
