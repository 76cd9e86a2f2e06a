import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isApp, type MetricDefinition, toAppDocument } from "@freshet/model";
import { createJiti } from "jiti";
import { ConfigError } from "./configError.js";
import { type DeploymentConfig, type StageName, STAGES } from "./deployment.js";
import { parseDeployment } from "./parseDeployment.js";

const importDefault = async (file: string): Promise<unknown> => {
  try {
    return file.endsWith(".json")
      ? JSON.parse(await readFile(file, "utf8"))
      : await createJiti(import.meta.url).import(file, { default: true });
  } catch (error) {
    throw new ConfigError(file, [
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
};

/** A TypeScript or JSON file. @throws ConfigError, which says what is wrong with it */
export const loadDeployment = async (file: string): Promise<DeploymentConfig> => {
  if (!existsSync(file))
    throw new ConfigError(file, ["is not there: write one as docs/aws.md shows, or name another"]);
  const deployment = parseDeployment(await importDefault(file), file);
  const beside = (path: string): string => resolve(dirname(file), path);
  return {
    ...deployment,
    image: beside(deployment.image),
    ...(deployment.app === undefined ? {} : { app: beside(deployment.app) }),
  };
};

/** The metrics of an app's config; none without one. @throws ConfigError, as `loadDeployment` */
export const loadMetrics = async (file: string | undefined): Promise<readonly MetricDefinition[]> => {
  if (file === undefined) return [];
  const app = await importDefault(file);
  if (!isApp(app))
    throw new ConfigError(file, ["must export an app by default: export default defineApp({ … })"]);
  return toAppDocument(app).metrics;
};

/** @throws ConfigError */
export const stageNamed = (name: string): StageName => {
  const stage = STAGES.find((one) => one === name);
  if (!stage) throw new ConfigError("--stage", [`"${name}" is none of ${STAGES.join(", ")}`]);
  return stage;
};
