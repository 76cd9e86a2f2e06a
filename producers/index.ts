export { type CollectorOptions, collectorPlugin } from "./collector/collectorPlugin.js";
export { type IntakeEvent, OversizeEvent } from "./collector/event.js";
export { inProcessTransport } from "./collector/inProcessTransport.js";
export { type AcceptOptions, createIntake, type Intake, type IntakeOptions } from "./collector/intake.js";
export {
  createSpooledIntake,
  type SpooledIntake,
  type SpooledIntakeOptions,
  SpoolFullError,
} from "./collector/spooledIntake.js";
export type { IntakeOutcome } from "./collector/outcome.js";
export { ReplayFuseError } from "./connectors/files/fuse.js";
export type { ReplayProgress } from "./connectors/files/progress.js";
export { type ReplayOptions, type ReplayReport, replayFile } from "./connectors/files/replayFile.js";
