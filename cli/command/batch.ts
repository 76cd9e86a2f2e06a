import { type Command, InvalidArgumentError, Option } from "commander";
import { landFirehose, startLanding } from "@freshet/batch-layer";
import { BATCH_ENGINES, type BatchEngine, parseDuration, type Precondition } from "@freshet/model";
import { EXIT, Failure } from "../output/failure.js";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { runBatchOn } from "../wiring/batchRun.js";
import { deliveriesOf, isFirehoseStore } from "../wiring/firehose.js";
import { catchUp, type Line, openLine } from "../wiring/line.js";
import { type CommonOptions, durationText, integerAtLeast, withCommonOptions } from "../wiring/options.js";

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

/** Under what a timer of Node can wait for. */
const TIMEOUT_MS_MAX = 23 * 86_400_000;
const timeoutText = (text: string): string => {
  if (parseDuration(durationText(text)) > TIMEOUT_MS_MAX)
    throw new InvalidArgumentError("expected at most 23d");
  return text;
};

/** By `--require`: each holds what the one before does. */
const REQUIRED: Readonly<Record<string, readonly Precondition[]>> = {
  none: [],
  landed: ["landed"],
  balanced: ["landed", "balanced"],
};

interface BatchOptions extends CommonOptions {
  readonly rebuild: boolean;
  readonly engine: BatchEngine;
  readonly attempts: number;
  readonly timeout: string;
  readonly require: string;
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
    .option(
      "--timeout <duration>",
      "interrupt a run that takes longer, with all its attempts",
      timeoutText,
      "6h",
    )
    .addOption(
      new Option(
        "--require <precondition>",
        "publish nothing unless the last whole hour has landed; balanced: nor unless speed and batch counted the same; none: as far as it goes",
      )
        .choices(Object.keys(REQUIRED))
        .default("landed"),
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
          requires: REQUIRED[options.require] ?? [],
          attemptsMax: options.attempts,
          timeoutMs: parseDuration(options.timeout),
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
