import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { repositoryRoot } from "./repository.js";

export interface CommandLine {
  /** By command; one of a group with the group's name before it. */
  readonly optionsOf: Readonly<Record<string, readonly string[]>>;
  /** The options of `freshet status`, which has none of its own. */
  readonly common: readonly string[];
  readonly exitCodes: readonly number[];
}

const DESCRIBE = `
  import { createProgram } from "./cli/dist/main.js";
  import { EXIT } from "./cli/dist/output/failure.js";
  const leaves = (prefix, command) => command.commands.length > 0
    ? command.commands.flatMap((one) => leaves(prefix + command.name() + " ", one))
    : [[prefix + command.name(), command.options.map(({ long }) => long)]];
  const commands = createProgram().commands.flatMap((one) => leaves("", one));
  console.log(JSON.stringify({ optionsOf: Object.fromEntries(commands), exitCodes: Object.values(EXIT) }));`;

/** The commands of the built CLI with their options, from a process of its own. */
export const readCommandLine = async (): Promise<CommandLine> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", DESCRIBE],
    { cwd: repositoryRoot },
  );
  const { optionsOf, exitCodes } = JSON.parse(stdout) as Omit<CommandLine, "common">;
  return { optionsOf, exitCodes, common: optionsOf["status"] ?? [] };
};
