import { Command, CommanderError } from "commander";
import { registerAsk } from "./command/ask.js";
import { registerBatch } from "./command/batch.js";
import { registerBooks } from "./command/books.js";
import { registerCatalogue } from "./command/catalogue.js";
import { registerDeadLetters } from "./command/deadLetters.js";
import { registerDeploy } from "./command/deploy.js";
import { registerDev } from "./command/dev.js";
import { registerDirectory } from "./command/directory.js";
import { registerDoctor } from "./command/doctor.js";
import { registerGenerations } from "./command/generations.js";
import { registerInit } from "./command/init.js";
import { registerKeys } from "./command/keys.js";
import { registerLand } from "./command/land.js";
import { registerMend } from "./command/mend.js";
import { registerProject } from "./command/project.js";
import { registerLoad } from "./command/load.js";
import { registerPlan } from "./command/plan.js";
import { registerReplay } from "./command/replay.js";
import { registerRuns } from "./command/runs.js";
import { registerServe } from "./command/serve.js";
import { registerSpeed } from "./command/speed.js";
import { registerSql } from "./command/sql.js";
import { registerStatus } from "./command/status.js";
import { EXIT, type ExitCode } from "./output/failure.js";
import { explain } from "./output/explain.js";
import { version } from "./version.js";

const EXIT_HELP = `
Exit codes: 0 done · 1 failed · 2 wrong command line or config · 3 data directory refused (in use, other version,
corrupt, full), or a service of the store · 4 the books do not balance, or a check found something · 5 stopped by itself (fuse, conflict) · 130 interrupted
`;

export const createProgram = (): Command => {
  const program = new Command("freshet")
    .description("Real-time trends with exact history, from one event stream.")
    .version(version)
    .addHelpText("after", EXIT_HELP)
    .showSuggestionAfterError()
    .exitOverride();
  registerInit(program);
  registerDev(program);
  registerReplay(program);
  registerLoad(program);
  registerPlan(program);
  registerSpeed(program);
  registerLand(program);
  registerBatch(program);
  registerRuns(program);
  registerServe(program);
  registerProject(program);
  registerAsk(program);
  registerSql(program);
  registerStatus(program);
  registerDeadLetters(program);
  registerMend(program);
  registerGenerations(program);
  registerBooks(program);
  registerCatalogue(program);
  registerDirectory(program);
  registerDoctor(program);
  registerKeys(program);
  registerDeploy(program);
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  for (const command of commands) command.exitOverride();
  return program;
};

/** Runs one command line; never throws. Returns the exit code. */
export const main = async (argv: readonly string[]): Promise<ExitCode> => {
  try {
    await createProgram().parseAsync(argv);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { message, exitCode } = explain(error);
    process.stderr.write(`freshet: ${message}\n`);
    return exitCode;
  }
};
