import { rm } from "node:fs/promises";
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

/**
 * What one run makes lies in a folder of its own, so that another that begins at the same time does not change it.
 *
 * @throws ConfigError; DeployFailure where somebody else is at it; StorageError where CloudFormation refuses or is not there
 */
const withStage = async <T>(
  { config: file, stage, emulated = false, onOutput }: StageOptions,
  action: (opened: Opened) => Promise<T>,
): Promise<T> => {
  const path = resolve(file);
  const folder = dirname(path);
  const deployment = await loadDeployment(path);
  const config = deployment[stage];
  const source: StageSource = {
    config: path,
    name: deployment.name,
    stage,
    output: join(folder, ".freshet", "cdk", `${stage}-${process.pid}`),
    emulated,
  };
  const standing = () => deployedStacks(stackPrefix(source), config.region);
  const refuseWhereBusy = async (): Promise<void> => {
    const busy = whyBusy(await standing());
    if (busy) throw new DeployFailure("busy", `${stage} is not free: ${busy}`);
  };
  const failure = (what: string, { output }: CdkRun): DeployFailure =>
    new DeployFailure("failed", `${what}:\n${output.trim()}`);
  await refuseWhereBusy();
  try {
    return await action({
      source,
      config,
      standing,
      async synthesise(deleteData) {
        const done = await runApp(appEnvironment(source, deleteData), folder, onOutput);
        if (done.code !== 0)
          throw failure(`the stacks of ${stage} cannot be made, and nothing was deployed`, done);
      },
      async run(args) {
        const done = await runCdk(args, folder, onOutput);
        if (done.code === 0) return;
        // Who began at the same time was not seen above: CloudFormation lets one of the two change a stack.
        await refuseWhereBusy();
        const what = `cdk ${args[0] ?? ""} of ${stage} failed; CloudFormation takes back the stack that failed, as a whole`;
        throw failure(what, done);
      },
    });
  } finally {
    await rm(source.output, { recursive: true, force: true });
  }
};

/** Makes or changes all stacks of a stage. @throws ConfigError, DeployFailure or StorageError */
export const deployStage = (options: StageOptions): Promise<DeployedStage> =>
  withStage(options, async ({ source, standing, synthesise, run }) => {
    await synthesise(false);
    await run(deployArguments(source));
    const stacks = await standing();
    const store = stacks.map(({ outputs }) => outputs[STORE_OUTPUT]).find((text) => text !== undefined);
    if (store === undefined)
      throw new DeployFailure("failed", `no stack of ${options.stage} names its store`);
    return { stacks, store };
  });

/**
 * Destroys the stacks of a stage that hold no data. With `deleteData` the others too: first their protection is taken off by a
 * deployment, then they go with all that they hold.
 *
 * @returns the names of the stacks that stay. @throws ConfigError, DeployFailure or StorageError
 */
export const destroyStage = (
  options: StageOptions & { readonly deleteData: boolean },
): Promise<readonly string[]> =>
  withStage(options, async ({ source, config, standing, synthesise, run }) => {
    await synthesise(options.deleteData);
    if (options.deleteData) await run(deployArguments(source));
    await run(destroyArguments(source, STATELESS));
    if (options.deleteData) {
      for (const { name } of await standing()) await emptyBuckets(name, config.region);
      await run(destroyArguments(source, STATEFUL));
    }
    return (await standing()).map(({ name }) => name);
  });
