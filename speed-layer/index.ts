export { type FailureKind, SpeedFailure } from "./failure.js";
export { isAnyHeld } from "./host/fairShare.js";
export type { StreamEvent, StreamResponse } from "./lambda/event.js";
export { LAMBDA_SETTINGS } from "./lambda/foldShards.js";
export { mappingFaults, type MappingState } from "./lambda/mapping.js";
export type { FoldStores } from "./lambda/stores.js";
export {
  createStreamHandler,
  type HandlerOptions,
  type InvocationContext,
  type StreamHandler,
} from "./lambda/streamHandler.js";
export { createTendHandler, type TendHandler } from "./lambda/tendHandler.js";
export { logReport } from "./logReport.js";
export { createCoordinator } from "./schedule/coordinator.js";
export { publishApp, retireDefinitions } from "./schedule/publish.js";
export { DEFAULT_SETTINGS, type FuseSettings, type SpeedSettings } from "./settings.js";
export { type Checkpoint, CHECKPOINTS } from "./shard/checkpoint.js";
export type { ReplayFrom } from "./shard/replay.js";
export { type SpeedLayer, type SpeedLayerOptions, startSpeedLayer } from "./speedLayer.js";
export { vouchForEnd } from "./vouch.js";
