import { type Command, Option } from "commander";
import { landFirehose, startLanding } from "@freshet/batch-layer";
import { BATCH_ENGINES, type BatchEngine } from "@freshet/model";
import { EXIT, Failure } from "../output/failure.js";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { runBatchOn } from "../wiring/batchRun.js";
import { deliveriesOf, isFirehoseStore } from "../wiring/firehose.js";
import { catchUp, type Line, openLine } from "../wiring/line.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";

/** What is there lands first, unless another process lands it. */
const land = async (line: Line): Promise<void> => {
  const role = await line.take("land");
  if (!role) return;
  if (isFirehoseStore(line)) await landFirehose(await deliveriesOf(line));
  else {
    const { data, logger } = line;
    const landing = await startLanding({ data, duckdb: await line.duckdb(), logger });
    await landing.caughtUp();
    await landing.stop();
  }
  await role.release();
};

interface BatchOptions extends CommonOptions {
  readonly rebuild: boolean;
  readonly engine: BatchEngine;
  readonly attempts: number;
  readonly land: boolean;
}

/** `freshet batch`: recount, compare the books, publish. */
export const registerBatch = (program: Command): void => {
  withCommonOptions(program.command("batch"))
    .description("recount what has landed, compare the books, publish a generation")
    .option("--rebuild", "recompute everything over the cuts of the lineage", false)
    .addOption(
      new Option(
        "--engine <engine>",
        "what counts; spark runs the spark-submit of $FRESHET_SPARK_SUBMIT or PATH",
      )
        .choices(BATCH_ENGINES)
        .default("duckdb"),
    )
    .option(
      "--attempts <count>",
      "try a run that fails so often in all, with pauses that double",
      integerAtLeast(1),
      1,
    )
    .option("--no-land", "count what has landed: the log is not read, and what is left is not landed first")
    .action(async (options: BatchOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const line = await openLine(options);
      try {
        if (options.land) {
          await catchUp(line);
          await land(line);
        }
        const result = await runBatchOn(line, {
          rebuild: options.rebuild,
          engine: options.engine,
          schedule: { kind: "command" },
          attemptsMax: options.attempts,
          onProgress: ({ step, done, of }) => output.progress(of > 0 ? `${step} ${done} of ${of}` : step),
        });
        output.progressDone();
        output.result(result, () =>
          [
            result.published
              ? `generation ${result.generation} in ${(result.elapsedMs / 1000).toFixed(1)} s`
              : `nothing new: generation ${result.generation ?? "(none yet)"} stands`,
            ...(result.ledger ? [ledgerText(result.ledger)] : []),
            ...result.disagreements.map(
              ({ shard, tick, ordinal }) =>
                `held back: ${shard} before segment ${tick}.${ordinal}: speed and batch differ`,
            ),
          ].join("\n"),
        );
        if (result.disagreements.length > 0) {
          throw new Failure(
            "the books do not balance: see `held back` above; `freshet land --fill shard/first-last` reads the log again, `freshet write-off` gives up",
            EXIT.unbalanced,
          );
        }
      } finally {
        await line.close();
      }
    });
};
