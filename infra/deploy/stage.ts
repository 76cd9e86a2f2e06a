import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StageConfig, StageName } from "../config/deployment.js";
import { loadDeployment } from "../config/loadDeployment.js";
import { deployArguments, destroyArguments, stackPrefix, type StageSource } from "./cdkArguments.js";
import { DeployFailure } from "./deployFailure.js";
import { type DeployedStack, deployedStacks } from "./deployedStacks.js";
import { runCdk } from "./runCdk.js";
import { whyBusy } from "./whetherFree.js";

export interface StageOptions {
  /** The deployment's file. */
  readonly config: string;
  readonly stage: StageName;
  readonly emulated?: boolean;
  readonly onOutput: (text: string) => void;
}

export interface DeployedStage {
  readonly stacks: readonly DeployedStack[];
  /** The text of a store file. */
  readonly store: string;
}

const STORE_OUTPUT = "Store";

interface Opened {
  readonly source: StageSource;
  readonly config: StageConfig;
  standing(): Promise<readonly DeployedStack[]>;
  run(args: readonly string[]): Promise<void>;
}

/** @throws ConfigError; DeployFailure where somebody else is at it */
const openStage = async ({
  config: file,
  stage,
  emulated = false,
  onOutput,
}: StageOptions): Promise<Opened> => {
  const path = resolve(file);
  const deployment = await loadDeployment(path);
  const config = deployment[stage];
  const source: StageSource = {
    config: path,
    name: deployment.name,
    stage,
    app: fileURLToPath(new URL("../app.js", import.meta.url)),
    output: join(dirname(path), ".freshet", "cdk", stage),
    emulated,
  };
  const standing = () => deployedStacks(stackPrefix(source), config.region);
  const busy = whyBusy(await standing());
  if (busy) throw new DeployFailure("busy", `${stage} is not free: ${busy}`);
  return {
    source,
    config,
    standing,
    async run(args) {
      const { code, output } = await runCdk(args, dirname(path), onOutput);
      if (code !== 0)
        throw new DeployFailure(
          "failed",
          `cdk ${args[0] ?? ""} of ${stage} failed, and CloudFormation has taken back what it had begun:\n${output.trim()}`,
        );
    },
  };
};

/** Makes or changes all stacks of a stage. @throws ConfigError or DeployFailure */
export const deployStage = async (options: StageOptions): Promise<DeployedStage> => {
  const { source, standing, run } = await openStage(options);
  await run(deployArguments(source));
  const stacks = await standing();
  const store = stacks.map(({ outputs }) => outputs[STORE_OUTPUT]).find((text) => text !== undefined);
  if (store === undefined) throw new DeployFailure("failed", `no stack of ${options.stage} names its store`);
  return { stacks, store };
};

/**
 * Destroys the stacks of a stage that hold no data. With `deleteData` the others too: first their protection is taken off by a
 * deployment, then they go with all that they hold.
 *
 * @returns the names of the stacks that stay. @throws ConfigError or DeployFailure
 */
export const destroyStage = async (
  options: StageOptions & { readonly deleteData: boolean },
): Promise<readonly string[]> => {
  const { source, standing, run } = await openStage(options);
  if (options.deleteData) await run(deployArguments(source, true));
  await run(destroyArguments(source, options.deleteData));
  return (await standing()).map(({ name }) => name);
};
