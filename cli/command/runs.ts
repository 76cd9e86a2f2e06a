import type { Command } from "commander";
import { listRuns } from "@freshet/batch-layer";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { openLine } from "../wiring/line.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";

/** `freshet runs`: the batch runs that are on record. */
export const registerRuns = (program: Command): void => {
  withCommonOptions(program.command("runs"))
    .description("the batch runs that are on record, newest first")
    .action(async (options: CommonOptions) => {
      const line = await openLine(options);
      try {
        const found = await listRuns(line.data.records);
        const runs = found.map(({ startedMs, expiresMs, attempts, ...run }) => ({
          ...run,
          started: new Date(startedMs).toISOString(),
          expires: new Date(expiresMs).toISOString(),
          attempts: attempts.map(({ startedMs: began, ...attempt }) => ({
            ...attempt,
            started: new Date(began).toISOString(),
          })),
        }));
        createOutput(options.json, process, Date.now).result({ runs }, () =>
          runs.length === 0
            ? "No run yet: run `freshet batch`."
            : table(
                ["started", "engine", "outcome", "generation", "records", "seconds", "attempts", "error"],
                runs.map((run) => [
                  run.started,
                  run.engine,
                  run.outcome,
                  run.generation,
                  run.records,
                  (run.elapsedMs / 1000).toFixed(1),
                  run.attempts.length,
                  run.attempts.at(-1)?.error?.split("\n")[0] ?? "",
                ]),
              ),
        );
      } finally {
        await line.close();
      }
    });
};
