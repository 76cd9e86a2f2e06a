export { BATCH_COMMANDS, JOB_VARIABLE, RUN_VARIABLE } from "./batch/commands.js";
export { ConfigError } from "./config/configError.js";
export {
  defineDeployment,
  type DeploymentConfig,
  type ScaleConfig,
  type StageConfig,
  type StageName,
  STAGES,
} from "./config/deployment.js";
export { parseDeployment } from "./config/parseDeployment.js";
export { DeployFailure } from "./deploy/deployFailure.js";
export type { DeployedStack } from "./deploy/deployedStacks.js";
export { type DeployedStage, deployStage, destroyStage, type StageOptions } from "./deploy/stage.js";
