export { type Clock, systemClock } from "./clock.js";
export type { EmitOptions } from "./encode.js";
export { type HttpTransportOptions, httpTransport } from "./httpTransport.js";
export type { RandomBytes } from "./id.js";
export type { Observation, ProducerCounters } from "./observe.js";
export type { FailureReason, FlushReport, NotSent, Outcome } from "./outcome.js";
export { createProducer, type Producer, type ProducerOptions } from "./producer.js";
export { DEFAULT_SETTINGS, type ProducerSettings } from "./settings.js";
export type { Batch, EventResult, OutgoingEvent, Position, SendResult, Transport } from "./transport.js";
