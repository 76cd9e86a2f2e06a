import { dirname, join, resolve } from "node:path";
import { STATEFUL, STATELESS } from "../stackNames.js";
import type { StageConfig, StageName } from "../config/deployment.js";
import { loadDeployment } from "../config/loadDeployment.js";
import {
  appEnvironment,
  deployArguments,
  destroyArguments,
  stackPrefix,
  type StageSource,
} from "./cdkArguments.js";
import { DeployFailure } from "./deployFailure.js";
import { type DeployedStack, deployedStacks } from "./deployedStacks.js";
import { emptyBuckets } from "./emptyBuckets.js";
import { type CdkRun, runApp, runCdk } from "./runCdk.js";
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
  /** Makes the templates anew. */
  synthesise(deleteData: boolean): Promise<void>;
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
    output: join(dirname(path), ".freshet", "cdk", stage),
    emulated,
  };
  const standing = () => deployedStacks(stackPrefix(source), config.region);
  const busy = whyBusy(await standing());
  if (busy) throw new DeployFailure("busy", `${stage} is not free: ${busy}`);
  const folder = dirname(path);
  const succeed = (what: string, { code, output }: CdkRun): void => {
    if (code !== 0) throw new DeployFailure("failed", `${what}:\n${output.trim()}`);
  };
  return {
    source,
    config,
    standing,
    async synthesise(deleteData) {
      const done = await runApp(appEnvironment(source, deleteData), folder, onOutput);
      succeed(`the stacks of ${stage} cannot be made, and nothing was deployed`, done);
    },
    async run(args) {
      const what = `cdk ${args[0] ?? ""} of ${stage} failed; CloudFormation takes back the stack that failed, as a whole`;
      succeed(what, await runCdk(args, folder, onOutput));
    },
  };
};

/** Makes or changes all stacks of a stage. @throws ConfigError or DeployFailure */
export const deployStage = async (options: StageOptions): Promise<DeployedStage> => {
  const { source, standing, synthesise, run } = await openStage(options);
  await synthesise(false);
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
  const { source, config, standing, synthesise, run } = await openStage(options);
  await synthesise(options.deleteData);
  if (options.deleteData) await run(deployArguments(source));
  await run(destroyArguments(source, STATELESS));
  if (options.deleteData) {
    for (const { name } of await standing()) await emptyBuckets(name, config.region);
    await run(destroyArguments(source, STATEFUL));
  }
  return (await standing()).map(({ name }) => name);
};
