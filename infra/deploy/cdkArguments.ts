import type { StageName } from "../config/deployment.js";
import { STATEFUL, STATELESS } from "../line.js";

/** What a stage's stacks are made from. */
export interface StageSource {
  /** The deployment's file, absolute. */
  readonly config: string;
  /** Of the deployment. */
  readonly name: string;
  readonly stage: StageName;
  /** The module that the CDK's command line runs. */
  readonly app: string;
  /** Where it puts templates and assets. */
  readonly output: string;
  readonly emulated: boolean;
}

export const stackPrefix = ({ name, stage }: Pick<StageSource, "name" | "stage">): string =>
  `${name}-${stage}`;

const QUIET = ["--no-notices", "--no-version-reporting"];

const sourceArguments = ({ config, stage, app, output, emulated }: StageSource, deleteData: boolean) => [
  "--app",
  `"${process.execPath}" "${app}"`,
  "--output",
  output,
  ...Object.entries({ stage, config, emulated, deleteData }).flatMap(([name, value]) => [
    "--context",
    `freshet:${name}=${String(value)}`,
  ]),
  ...QUIET,
];

/** All stacks of the stage, by their dependencies. */
export const deployArguments = (source: StageSource, deleteData = false): readonly string[] => [
  "deploy",
  `${stackPrefix(source)}/*`,
  "--require-approval",
  "never",
  ...sourceArguments(source, deleteData),
];

/** What holds no data; with `deleteData` all. */
export const destroyArguments = (source: StageSource, deleteData: boolean): readonly string[] => [
  "destroy",
  ...[...STATELESS, ...(deleteData ? STATEFUL : [])].map((stack) => `${stackPrefix(source)}/${stack}`),
  "--force",
  ...sourceArguments(source, deleteData),
];
