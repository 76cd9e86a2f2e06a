import type { StageName } from "../config/deployment.js";

/** What a stage's stacks are made from. */
export interface StageSource {
  /** The deployment's file, absolute. */
  readonly config: string;
  /** Of the deployment. */
  readonly name: string;
  readonly stage: StageName;
  /** Where templates and assets lie. */
  readonly output: string;
  readonly emulated: boolean;
}

export const stackPrefix = ({ name, stage }: Pick<StageSource, "name" | "stage">): string =>
  `${name}-${stage}`;

const QUIET = ["--no-notices", "--no-version-reporting"];

/** What the app is told, as the CDK's command line would tell it. */
export const appEnvironment = (
  { config, stage, output, emulated }: StageSource,
  deleteData: boolean,
): Readonly<Record<string, string>> => ({
  CDK_OUTDIR: output,
  CDK_CONTEXT_JSON: JSON.stringify(
    Object.fromEntries(
      Object.entries({ stage, config, emulated, deleteData }).map(([name, value]) => [
        `freshet:${name}`,
        String(value),
      ]),
    ),
  ),
});

/** All stacks of the stage, by their dependencies. */
export const deployArguments = (source: StageSource): readonly string[] => [
  "deploy",
  `${stackPrefix(source)}/*`,
  "--require-approval",
  "never",
  "--app",
  source.output,
  ...QUIET,
];

/** Stacks of the stage, by the ids of stackNames.ts. */
export const destroyArguments = (source: StageSource, stacks: readonly string[]): readonly string[] => [
  "destroy",
  ...stacks.map((stack) => `${stackPrefix(source)}/${stack}`),
  "--force",
  "--app",
  source.output,
  ...QUIET,
];
