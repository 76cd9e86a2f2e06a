export { type FailureKind, SpeedFailure } from "./failure.js";
export { createCoordinator } from "./schedule/coordinator.js";
export { publishApp } from "./schedule/publish.js";
export { DEFAULT_SETTINGS, type FuseSettings, type SpeedSettings } from "./settings.js";
export { type Checkpoint, CHECKPOINTS } from "./shard/checkpoint.js";
export type { ReplayFrom } from "./shard/replay.js";
export { type SpeedLayer, type SpeedLayerOptions, startSpeedLayer } from "./speedLayer.js";
export { vouchForEnd } from "./vouch.js";
