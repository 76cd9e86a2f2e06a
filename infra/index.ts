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
export { type Sizes, sizesFor } from "./config/sizing.js";
