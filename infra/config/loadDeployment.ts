import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { createJiti } from "jiti";
import { ConfigError } from "./configError.js";
import { type DeploymentConfig, type StageName, STAGES } from "./deployment.js";
import { parseDeployment } from "./parseDeployment.js";

/** A TypeScript or JSON file. @throws ConfigError, which says what is wrong with it */
export const loadDeployment = async (file: string): Promise<DeploymentConfig> => {
  if (!existsSync(file))
    throw new ConfigError(file, ["is not there: write one as docs/aws.md shows, or name another"]);
  let found: unknown;
  try {
    found = file.endsWith(".json")
      ? JSON.parse(await readFile(file, "utf8"))
      : await createJiti(import.meta.url).import(file, { default: true });
  } catch (error) {
    throw new ConfigError(file, [
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
  const deployment = parseDeployment(found, file);
  return { ...deployment, image: resolve(dirname(file), deployment.image) };
};

/** @throws ConfigError */
export const stageNamed = (name: string): StageName => {
  const stage = STAGES.find((one) => one === name);
  if (!stage) throw new ConfigError("--stage", [`"${name}" is none of ${STAGES.join(", ")}`]);
  return stage;
};
