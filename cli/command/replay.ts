import { statSync } from "node:fs";
import type { Command } from "commander";
import { type EpochMs, toAppDocument } from "@freshet/model";
import { createIntake, type ReplayReport, replayFile } from "@freshet/producers";
import { readLedger } from "@freshet/serving-layer";
import { publishApp } from "@freshet/speed-layer";
import { Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { progressText } from "../output/progress.js";
import { interruption, replayedText } from "../output/replayed.js";
import { startLayers } from "../wiring/layers.js";
import { loadApp } from "../wiring/loadApp.js";
import { type CommonOptions, integerAtLeast, positiveNumber, withCommonOptions } from "../wiring/options.js";
import { openLine } from "../wiring/line.js";

interface ReplayOptions extends CommonOptions {
  readonly rate?: number;
  readonly speed?: number;
  readonly shards?: number;
  readonly restart: boolean;
}

/** @throws Failure for what is no file, before anything is made. */
const refuseUnreadable = (file: string): void => {
  if (file === "-") return;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Failure(`cannot read ${file}: no such file.`);
  if (found.isDirectory()) throw new Failure(`cannot read ${file}: it is a directory; name one file.`);
};

/** `freshet replay FILE`: feeds a file through the whole line. */
export const registerReplay = (program: Command): void => {
  withCommonOptions(program.command("replay"))
    .description("feed a file of events (NDJSON or CSV; plain, gzip or zstd) through the line")
    .argument("<file>", "the file, or - for standard input")
    .option("--rate <n>", "at most this many events a second", positiveNumber)
    .option(
      "--speed <factor>",
      "event time this many times faster, with a virtual arrival clock",
      positiveNumber,
    )
    .option("--shards <n>", "shards of a data directory that is made now (default: 4)", integerAtLeast(1))
    .option("--restart", "from the beginning, even where an earlier replay of this file stopped", false)
    .action(async (file: string, options: ReplayOptions) => {
      const output = createOutput(options.json, process, Date.now);
      refuseUnreadable(file);
      const app = await loadApp(options.app);
      const line = await openLine(options, options.shards === undefined ? {} : { shards: options.shards });
      const stop = new AbortController();
      let interrupted = false;
      const halt = (): void => stop.abort();
      const interrupt = (): void => {
        interrupted = true;
        halt();
      };
      process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
      try {
        const document = toAppDocument(app);
        await publishApp(line.data.records, line.data.log, document, Date.now());
        const { data } = line;
        // The log takes events while they start; a layer that fails stops the replay where it is.
        const layers = startLayers(line, options.logLevel);
        layers.then(({ failed }) => failed).then(halt, halt);
        let result: ReplayReport;
        try {
          result = await replayFile({
            source: file,
            app,
            intake: createIntake({ log: data.log, app: document, now: Date.now }),
            log: data.log,
            records: data.records,
            signal: stop.signal,
            restart: options.restart,
            ...(options.rate === undefined ? {} : { rate: options.rate }),
            ...(options.speed === undefined ? {} : { speed: options.speed }),
            onProgress: (progress) => output.progress(progressText(progress)),
          });
          output.progressDone();
          await (await layers).caughtUp();
        } finally {
          await (await layers).stop();
        }
        const ledger = await readLedger(line.data, Date.now() as EpochMs);
        output.result({ ...result, ledger }, () => replayedText(file, result, ledger));
        if (result.kind === "interrupted") throw interruption(file);
      } catch (error) {
        // A file that was not open yet throws the signal itself.
        const aborted = error instanceof Error && error.name === "AbortError";
        throw interrupted && aborted ? interruption(file) : error;
      } finally {
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
        await line.close();
      }
    });
};
