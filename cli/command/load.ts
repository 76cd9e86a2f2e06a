import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { Option } from "commander";
import { EXIT, Failure } from "../output/failure.js";
import { loadProgressText, loadText } from "../output/load.js";
import { createOutput } from "../output/print.js";
import { durationText, integerAtLeast, positiveNumber, withCommonOptions } from "../wiring/options.js";
import { type LoadRunOptions, runLoads } from "../wiring/load.js";
import { loadPage } from "@freshet/simulators";

interface LoadCommandOptions extends LoadRunOptions {
  readonly out?: string;
}

const share = (text: string): number => {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new Failure(`${text}: expected a share from 0 to 1`);
  return value;
};

/** `freshet load ADDRESS`: sends a workload at a running line, and says what it keeps up. */
export const registerLoad = (program: Command): void => {
  withCommonOptions(program.command("load"))
    .description(
      "send a seeded workload at a running line, open-loop; measure acceptance, freshness and correctness",
    )
    .argument("<address>", "of the server, such as http://127.0.0.1:4600")
    .addOption(
      new Option("--workload <name>", "whose events: the app of examples/news takes both")
        .choices(["generated", "news"])
        .default("generated"),
    )
    .addOption(
      new Option(
        "--through <way>",
        "the collector by plain HTTP, the SDK to the collector, or straight into the log of --data or --store",
      )
        .choices(["http", "sdk", "log"])
        .default("http"),
    )
    .option("--rate <n>", "events a second; where a search begins", positiveNumber, 1_000)
    .option("--duration <duration>", "how long; of a search, each step", durationText, "30s")
    .option(
      "--warm-up <duration>",
      "before it, in which the rate rises and latencies do not count",
      durationText,
      "5s",
    )
    .option(
      "--curve <curve>",
      "how the rate changes: steady, ramp:FROM, steps:RATE,RATE,.../DURATION, diurnal:DAY, bursts:FACTOR/PERIOD",
      "steady",
    )
    .option("--search", "look for the highest rate that keeps --freshness", false)
    .option("--freshness <duration>", "p99 from emit to visible that must be kept", durationText, "1s")
    .option("--seed <n>", "of the workload", Number, 7)
    .option("--keys <n>", "articles of the generated workload", positiveNumber)
    .option("--skew <exponent>", "of Zipf's law over them", Number)
    .option("--late <share>", "of events that come long after they happened", share)
    .option("--near-duplicates <share>", "of events that come again within seconds", share)
    .option("--far-duplicates <share>", "of events that come again after minutes", share)
    .option("--shard-duplicates <share>", "of events that come again in another shard (--through log)", share)
    .option("--bad <share>", "of events that cannot be counted", share)
    .option("--hot <share>", "of events that go to one shard (--through log)", share)
    .option("--clock-skew <duration>", "the most by which a producer's clock is off", durationText)
    .option(
      "--file <file>",
      "send a file's events instead (NDJSON of events; plain or gzip), as if they happened now",
    )
    .option("--speed <factor>", "of a file: event time this many times faster", positiveNumber, 1)
    .option(
      "--fan-out <n>",
      "of a file: each event so many times, with ids of their own",
      integerAtLeast(1),
      1,
    )
    .option("--fan-by <field>", "of a file: the field that tells their keys apart")
    .option(
      "--key <key>",
      "of the API and the collector, where the server asks for one (default: $FRESHET_KEY)",
    )
    .option(
      "--out <file>",
      "write the report: .json, or .html for one page with charts; both where the name has neither",
    )
    .action(async (address: string, options: LoadCommandOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const stop = new AbortController();
      const halt = (): void => stop.abort();
      process.once("SIGINT", halt).once("SIGTERM", halt);
      try {
        const report = await runLoads(address, options, {
          signal: stop.signal,
          onProgress: (progress) => output.progress(loadProgressText(progress)),
          onStep: (text) => output.note(text),
        });
        output.progressDone();
        if (options.out !== undefined) {
          const base = resolve(options.out.replace(/\.(?:json|html)$/, ""));
          if (!options.out.endsWith(".html"))
            await writeFile(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`);
          if (!options.out.endsWith(".json")) await writeFile(`${base}.html`, loadPage(report));
        }
        output.result(report, () => loadText(report));
        if (stop.signal.aborted) throw new Failure("interrupted before the load was over", EXIT.interrupted);
        if (report.runs.some(({ correctness }) => correctness.verdict === "wrong"))
          throw new Failure(
            "the line counted otherwise than it was sent: see the differences",
            EXIT.unbalanced,
          );
      } finally {
        process.off("SIGINT", halt).off("SIGTERM", halt);
      }
    });
};
