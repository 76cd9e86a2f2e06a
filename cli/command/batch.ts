import { type Command, InvalidArgumentError, Option } from "commander";
import { type BatchProgress, landFirehose, startLanding } from "@freshet/batch-layer";
import { BATCH_ENGINES, type BatchEngine, parseDuration, type Precondition } from "@freshet/model";
import { EXIT, Failure } from "../output/failure.js";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { type BatchReport, runBatchOn } from "../wiring/batchRun.js";
import { deliveriesOf, isFirehoseStore } from "../wiring/firehose.js";
import { catchUp, type Line, openLine } from "../wiring/line.js";
import { BATCH_STEP_OPTIONS, runBatchStep, type BatchStepOption } from "../wiring/batchSteps.js";
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
  readonly prepare?: true;
  readonly publish?: true;
  readonly giveUp?: true;
  readonly run?: string;
  readonly job?: string;
}

/** Holds the name of a run in steps, as what starts them gives it. */
const RUN = "FRESHET_RUN";
/** Holds the name of the job after which a step publishes. */
const JOB = "FRESHET_JOB";

/** The step that is asked for; null: all of a run. @throws Failure for one that cannot be */
const stepOf = (options: BatchOptions): { readonly step: BatchStepOption; readonly run: string } | null => {
  const [step, another] = BATCH_STEP_OPTIONS.filter((one) => options[one]);
  if (step === undefined) return null;
  if (another !== undefined) throw new Failure("one step at a time: --prepare, --publish or --give-up");
  if (options.engine !== "spark") throw new Failure("only a run by Spark has steps: say --engine spark too");
  if (!options.run) throw new Failure(`a run in steps has a name: --run NAME, or ${RUN}`);
  return { step, run: options.run };
};

const textOf = (result: BatchReport, step: BatchStepOption | null): string => {
  if (result.job)
    return [
      step === "publish"
        ? "the books differ: another job counts through the cut that they allow. Run it, then --publish again:"
        : "prepared. Run this job, then --publish:",
      `driver.py ${result.job.arguments.join(" ")}`,
    ].join("\n");
  if (step === "giveUp") return "given up: others may run";
  if (step === "prepare") return "nothing is left to prepare: the run has ended";
  return [
    result.published
      ? `generation ${result.generation} in ${(result.elapsedMs / 1000).toFixed(1)} s`
      : `nothing new: generation ${result.generation ?? "(none yet)"} stands`,
    ...(result.ledger ? [ledgerText(result.ledger)] : []),
    ...result.disagreements.map(
      ({ shard, tick, ordinal }) =>
        `held back: ${shard} before segment ${tick}.${ordinal}: speed and batch differ`,
    ),
  ].join("\n");
};

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
      "interrupt a run that takes longer, with all its attempts, or a step that does",
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
    .option("--prepare", "of a run by Spark in steps, the first: write the job that is to be run")
    .option("--publish", "the step after a job: compare the books and publish, or ask for another job")
    .option("--give-up", "let others run, where the job of a run has died")
    .addOption(new Option("--run <name>", "the name of a run in steps").env(RUN))
    .addOption(
      new Option(
        "--job <name>",
        "for --publish, the job that has ended: a step that is repeated may come late",
      ).env(JOB),
    )
    .action(async (options: BatchOptions) => {
      const step = stepOf(options);
      const output = createOutput(options.json, process, Date.now);
      const line = await openLine(options);
      try {
        if (options.land && (step === null || step.step === "prepare")) {
          await catchUp(line);
          await land(line);
        }
        const onProgress = ({ step: at, done, of }: BatchProgress): void =>
          output.progress(of > 0 ? `${at} ${done} of ${of}` : at);
        const common = {
          rebuild: options.rebuild,
          requires: REQUIRED[options.require] ?? [],
          timeoutMs: parseDuration(options.timeout),
          onProgress,
        };
        const { job } = options;
        const result = step
          ? await runBatchStep(line, step.step, {
              ...common,
              run: step.run,
              ...(job !== undefined && { job }),
            })
          : await runBatchOn(line, {
              ...common,
              engine: options.engine,
              schedule: { kind: "command" },
              attemptsMax: options.attempts,
            });
        output.progressDone();
        output.result(result, () => textOf(result, step?.step ?? null));
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
