import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseDuration } from "@freshet/model";
import {
  type Coefficients,
  DEFAULT_QUESTION,
  parseCoefficients,
  parsePrices,
  PlanError,
  planFor,
  type PriceTable,
  US_EAST_1,
} from "@freshet/simulators";
import { type Command, Option } from "commander";
import { EXIT, Failure } from "../output/failure.js";
import { planText } from "../output/plan.js";
import { createOutput } from "../output/print.js";
import { calibrate, EVENTS_LEAST } from "../wiring/calibrate.js";
import { durationText, integerAtLeast, positiveNumber } from "../wiring/options.js";

const COEFFICIENTS = "freshet.coefficients.json";
const EVENTS = 600_000;
const DAY_MS = 86_400_000;

interface PlanOptions {
  readonly events: number;
  readonly bytes: number;
  readonly perRecord?: number;
  readonly keys: number;
  readonly retention: string;
  readonly freshness: string;
  readonly skew: number;
  readonly peak: number;
  readonly replicas: number;
  readonly landing: "firehose" | "workers";
  readonly logRetention: string;
  readonly coefficients: string;
  readonly prices?: string;
  readonly json: boolean;
}

const readJson = (file: string, what: string, ifMissing: string): unknown => {
  if (!existsSync(file)) throw new Failure(`${what}: there is no ${resolve(file)}. ${ifMissing}`);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure(`${what}: ${resolve(file)} is no JSON: ${(error as Error).message}`);
  }
};

const coefficientsOf = (file: string): Coefficients =>
  parseCoefficients(
    readJson(
      file,
      "coefficients",
      "Measure them with `freshet calibrate`, or name a file with --coefficients.",
    ),
  );

const pricesOf = (file: string | undefined): PriceTable =>
  file === undefined
    ? US_EAST_1
    : parsePrices(readJson(file, "prices", "Give a file as docs/capacity.md shows."));

/** `freshet calibrate` and `freshet plan`: what an event costs here, and what a load needs and costs on AWS. */
export const registerPlan = (program: Command): void => {
  program
    .command("calibrate")
    .description("measure what an event costs on this machine, for `freshet plan`")
    .option("--events <n>", "how many to measure with", integerAtLeast(EVENTS_LEAST), EVENTS)
    .option("--out <file>", "where to write the coefficients", COEFFICIENTS)
    .option("--json", "print JSON to standard output", false)
    .action(async ({ events, out, json }: { events: number; out: string; json: boolean }) => {
      const output = createOutput(json, process, Date.now);
      const coefficients = await calibrate({ events, onStep: output.note });
      await writeFile(resolve(out), `${JSON.stringify(coefficients, null, 2)}\n`);
      output.result(coefficients, () =>
        [
          ...Object.entries(coefficients.measured).map(
            ([name, value]) => `${name}: ${Number(value.toPrecision(3))}`,
          ),
          `Written to ${resolve(out)}.`,
        ].join("\n"),
      );
    });

  program
    .command("plan")
    .description("say what a load needs on AWS, what it costs, and what it would run into")
    .requiredOption("--events <n>", "events a second, on average", positiveNumber)
    .requiredOption("--bytes <n>", "of one event, as JSON", positiveNumber)
    .requiredOption("--keys <n>", "groups of all metrics that exist", positiveNumber)
    .requiredOption("--retention <duration>", "of the raw lake", durationText)
    .requiredOption("--freshness <duration>", "p99 from emit to visible", durationText)
    .option(
      "--per-record <n>",
      "events in a record of the stream (default: as many as fill 20 KB)",
      integerAtLeast(1),
    )
    .option("--skew <exponent>", "of Zipf's law over the keys", Number, DEFAULT_QUESTION.skew)
    .option("--peak <times>", "the busiest moment over the mean", positiveNumber, DEFAULT_QUESTION.peak)
    .option("--replicas <n>", "of the serving layer", integerAtLeast(1), DEFAULT_QUESTION.replicas)
    .addOption(
      new Option("--landing <way>", "what lays raw events into the lake: Firehose, or workers of ours")
        .choices(["firehose", "workers"])
        .default(DEFAULT_QUESTION.landing),
    )
    .option("--log-retention <duration>", "of the stream", durationText, "1d")
    .option("--coefficients <file>", "as `freshet calibrate` wrote it", COEFFICIENTS)
    .option("--prices <file>", `a price table (default: ${US_EAST_1.region} of ${US_EAST_1.asOf})`)
    .option("--json", "print JSON to standard output", false)
    .action((options: PlanOptions) => {
      const output = createOutput(options.json, process, Date.now);
      try {
        const plan = planFor(
          {
            eventsPerSecond: options.events,
            eventBytes: options.bytes,
            ...(options.perRecord !== undefined && { eventsPerRecord: options.perRecord }),
            keys: options.keys,
            skew: options.skew,
            retentionDays: parseDuration(options.retention) / DAY_MS,
            freshnessMs: parseDuration(options.freshness),
            logDays: parseDuration(options.logRetention) / DAY_MS,
            replicas: options.replicas,
            peak: options.peak,
            landing: options.landing,
          },
          coefficientsOf(options.coefficients),
          pricesOf(options.prices),
        );
        output.result(plan, () => planText(plan));
      } catch (error) {
        if (error instanceof PlanError) throw new Failure(error.message, EXIT.usage);
        throw error;
      }
    });
};
