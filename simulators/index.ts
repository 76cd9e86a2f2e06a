export * from "./random/random.js";
export * from "./random/sampler.js";
export type { Shares } from "./workloads/news/disturb.js";
export * from "./workloads/news/knownAnswers.js";
export type { SimulatedEvent } from "./workloads/news/slots.js";
export type { WireEvent } from "./workloads/news/view.js";
export * from "./workloads/news/workload.js";
