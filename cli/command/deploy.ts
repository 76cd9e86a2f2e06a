import { writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { StageName } from "@freshet/infra";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput, type Output } from "../output/print.js";
import { openLine, publishConfig } from "../wiring/line.js";
import { DEFAULT_APP } from "../wiring/options.js";

interface StageOptions {
  readonly stage: StageName;
  readonly deployment: string;
  readonly emulated: boolean;
  readonly json: boolean;
}

interface DeployOptions extends StageOptions {
  readonly app: string;
  readonly publish: boolean;
}

interface DestroyOptions extends StageOptions {
  readonly deleteData: boolean;
  readonly confirm?: string;
}

const DEFAULT_DEPLOYMENT = "freshet.deploy.ts";

/** The stacks are a package of their own: most of who use Freshet never need it. */
const loadInfra = async () => {
  try {
    return await import("@freshet/infra");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND")
      throw new Failure("the stacks are not installed: npm install --save-dev @freshet/infra", EXIT.usage);
    throw error;
  }
};
type Infra = Awaited<ReturnType<typeof loadInfra>>;

const explained = (infra: Infra, error: unknown): unknown => {
  if (error instanceof infra.ConfigError) return new Failure(error.message, EXIT.usage);
  if (error instanceof infra.DeployFailure)
    return new Failure(error.message, error.kind === "busy" ? EXIT.refused : EXIT.failed);
  return error;
};

/** Runs with the stacks' package, its errors as failures. */
const withInfra = async <T>(action: (infra: Infra) => Promise<T>): Promise<T> => {
  const infra = await loadInfra();
  try {
    return await action(infra);
  } catch (error) {
    throw explained(infra, error);
  }
};

const withStageOptions = (command: Command): Command =>
  command
    .addOption(
      new Option("--stage <stage>", "which stage of the deployment")
        .choices(["staging", "production"])
        .makeOptionMandatory(),
    )
    .option("--deployment <file>", "the deployment's file", DEFAULT_DEPLOYMENT)
    .option("--json", "print JSON to standard output", false)
    .option("--emulated", "on a server of this machine: leave out what it lacks", false);

const stageOf = ({ deployment, stage, emulated }: StageOptions, output: Output) => ({
  config: deployment,
  stage,
  emulated,
  onOutput: (text: string) => output.note(text.trimEnd()),
});

const registerDestroy = (program: Command): void => {
  withStageOptions(program.command("destroy"))
    .description("remove a stage's stacks; what holds data stays, unless both options below say otherwise")
    .option("--delete-data", "remove the log, the lake, the tables and the key too", false)
    .option("--confirm <stage>", "with --delete-data: the name of the stage, once more")
    .action(async (options: DestroyOptions) => {
      const { stage, deleteData, confirm } = options;
      if (deleteData && confirm !== stage)
        throw new Failure(
          `--delete-data removes all events and counts of ${stage} for good. If that is what you want, add: --confirm ${stage}`,
          EXIT.usage,
        );
      const output = createOutput(options.json, process, Date.now);
      const kept = await withInfra((infra) =>
        infra.destroyStage({ ...stageOf(options, output), deleteData }),
      );
      output.result({ stage, kept }, () =>
        kept.length === 0
          ? `Nothing of ${stage} is left.`
          : `Removed. These hold data, and stay: ${kept.join(", ")}. \`freshet deploy\` takes them up again.`,
      );
    });
};

/** `freshet deploy` and `freshet destroy`: the stacks on AWS. */
export const registerDeploy = (program: Command): void => {
  withStageOptions(program.command("deploy"))
    .description("make or change all stacks of a stage on AWS, then publish the app there")
    .option("--app <config>", "the app's config file", DEFAULT_APP)
    .option("--no-publish", "leave the app to the workers, which publish the one of their image")
    .action(async (options: DeployOptions) => {
      const { stage } = options;
      const output = createOutput(options.json, process, Date.now);
      const { stacks, store } = await withInfra((infra) => infra.deployStage(stageOf(options, output)));
      const storeFile = join(dirname(resolve(options.deployment)), `freshet.${stage}.store.json`);
      await writeFile(storeFile, `${JSON.stringify(JSON.parse(store), null, 2)}\n`);
      if (options.publish) {
        const line = await openLine({
          app: options.app,
          data: "",
          store: storeFile,
          json: options.json,
          logLevel: "warn",
        });
        try {
          await publishConfig(line, options.app, Date.now());
        } finally {
          await line.close();
        }
      }
      const named = stacks.map(({ name, status }) => ({ name, status }));
      output.result(
        { stage, stacks: named, storeFile, published: options.publish },
        () => `${stage} stands: ${named.length} stacks. Other commands reach it by --store ${storeFile}`,
      );
    });
  registerDestroy(program);
};
