import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { type EpochMs, toAppDocument } from "@freshet/model";
import { startLandingThread } from "@freshet/batch-layer";
import { createIntake, replayFile } from "@freshet/producers";
import { readLedger } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { progressText } from "../output/progress.js";
import { loadApp } from "../wiring/loadApp.js";
import { type CommonOptions, integerAtLeast, positiveNumber, withCommonOptions } from "../wiring/options.js";
import { openLine } from "../wiring/line.js";

interface ReplayOptions extends CommonOptions {
  readonly rate?: number;
  readonly speed?: number;
  readonly shards?: number;
  readonly restart: boolean;
}

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
      const app = await loadApp(options.app);
      const line = await openLine(options, options.shards === undefined ? {} : { shards: options.shards });
      const stop = new AbortController();
      const interrupt = (): void => stop.abort();
      process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
      try {
        const document = toAppDocument(app);
        await publishApp(line.data.records, line.data.log, document, Date.now());
        const { logger, data, directory } = line;
        const speedRole = await line.take("speed");
        const landRole = await line.take("land");
        const layers = Promise.all([
          speedRole ? startSpeedLayer({ directory, threads: availableParallelism(), logger }) : null,
          landRole ? startLandingThread({ directory, logLevel: options.logLevel }) : null,
        ]);
        // The log takes events while they start; a layer that fails stops the replay where it is.
        layers.then(
          ([speed, landing]) =>
            Promise.race([speed, landing].flatMap((layer) => (layer ? [layer.failed] : []))).then(interrupt),
          interrupt,
        );
        const result = await replayFile({
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
        const [speed, landing] = await layers;
        await Promise.all([speed?.caughtUp(), landing?.caughtUp()]);
        await landing?.stop();
        await speed?.stop();
        const ledger = await readLedger(line.data, Date.now() as EpochMs);
        output.result(
          { ...result, ledger },
          () => `${result.events} events from ${file}\n${ledgerText(ledger)}`,
        );
      } finally {
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
        await line.close();
      }
    });
};
