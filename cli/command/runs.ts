import type { Command } from "commander";
import type { ListedRun } from "@freshet/serving-layer";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { withBooks } from "../wiring/books.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";

const costText = ({ cost }: ListedRun): string =>
  cost.kind === "usd" ? `$${cost.usd.toFixed(4)}` : `${cost.seconds.toFixed(1)} machine s`;

/** What went wrong last, or what it went on without. */
const remarkOn = ({ attempts, preconditions }: ListedRun): string =>
  attempts.at(-1)?.error?.split("\n")[0] ??
  preconditions
    .filter(({ holds }) => !holds)
    .map(({ name, detail }) => `not ${name}: ${detail}`)
    .join("; ");

/** `freshet runs`: the batch runs that are on record. */
export const registerRuns = (program: Command): void => {
  withCommonOptions(program.command("runs"))
    .description("the batch runs that are on record, newest first")
    .action(async (options: CommonOptions) => {
      const answer = await withBooks(options, (books) => books.runs());
      createOutput(options.json, process, Date.now).result(answer, () =>
        answer.runs.length === 0
          ? "No run yet: run `freshet batch`."
          : table(
              [
                "started",
                "engine",
                "outcome",
                "generation",
                "records",
                "seconds",
                "cost",
                "attempts",
                "remark",
              ],
              answer.runs.map((run) => [
                run.started,
                run.engine,
                run.outcome,
                run.generation,
                run.records,
                (run.elapsedMs / 1000).toFixed(1),
                costText(run),
                run.attempts.length,
                remarkOn(run),
              ]),
            ),
      );
    });
};
