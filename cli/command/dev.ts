import type { Command } from "commander";
import { Option } from "commander";
import { parseDuration, toAppDocument } from "@freshet/model";
import { startLandingThread } from "@freshet/batch-layer";
import { createReader } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { startAwsLocal } from "../awsLocal/startAwsLocal.js";
import { createOutput } from "../output/print.js";
import { startBatchTimer } from "../wiring/batchTimer.js";
import { createClosers } from "../wiring/closers.js";
import { loadApp } from "../wiring/loadApp.js";
import { openLine, takeOrRefuse } from "../wiring/line.js";
import { NEW_LOG } from "../wiring/newLog.js";
import {
  type CommonOptions,
  durationText,
  holdBackOption,
  integerAtLeast,
  withCommonOptions,
} from "../wiring/options.js";
import { startProjection } from "../wiring/projection.js";
import { type ServerOptions, startServer, withServerOptions } from "../wiring/server.js";
import { startSimulation } from "../wiring/simulation.js";
import { untilStopped } from "../wiring/untilStopped.js";

interface DevOptions extends CommonOptions, ServerOptions {
  readonly on?: "aws-local";
  readonly shards?: number;
  readonly threads: number;
  readonly batchEvery: number;
  readonly retainLog: string;
  readonly holdBackAfter: string;
  readonly simulate?: "news";
  readonly rate?: number;
}

/** `freshet dev`: the whole line in one process. */
export const registerDev = (program: Command): void => {
  withServerOptions(withCommonOptions(program.command("dev")))
    .description(
      "run the whole line in one process: collector, speed, landing, batch on a timer, API, dashboard",
    )
    .addOption(
      new Option(
        "--on <services>",
        "run on servers of this machine that speak AWS' protocols, started and stopped with the command; all begins empty",
      )
        .choices(["aws-local"])
        .conflicts("store"),
    )
    .option("--shards <n>", "shards of a data directory that is made now (default: 4)", integerAtLeast(1))
    .option("--threads <n>", "worker threads of the speed layer", integerAtLeast(0), 1)
    .option("--batch-every <seconds>", "a batch run this often", integerAtLeast(1), 30)
    .option(
      "--retain-log <duration>",
      "settled records leave the log when they are older than this; the lake keeps them",
      durationText,
      "24h",
    )
    .addOption(holdBackOption())
    .addOption(
      new Option("--simulate <workload>", "a simulated workload beside your own events").choices(["news"]),
    )
    .option("--rate <n>", "simulated events a second (default: as the workload has it)", integerAtLeast(1))
    .action(async (options: DevOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const app = await loadApp(options.app);
      const closers = createClosers();
      try {
        let { store } = options;
        if (options.on) {
          const local = await startAwsLocal(options.shards ?? NEW_LOG.shards);
          closers.add(() => local.close());
          store = local.storeFile;
          output.note(`Servers that speak AWS' protocols are up; other commands: --store ${store}`);
        }
        const line = await openLine(
          { ...options, ...(store !== undefined && { store }) },
          options.shards === undefined ? {} : { shards: options.shards },
        );
        closers.add(() => line.close());
        for (const role of ["speed", "land"] as const) await takeOrRefuse(line, role);
        const { data, logger } = line;
        await publishApp(data.records, data.log, toAppDocument(app), Date.now());
        const duckdb = await line.duckdb();
        const reader = await createReader({ data, duckdb, logger, now: Date.now });
        closers.add(() => reader.close());
        const stopped = untilStopped();
        const server = await startServer(line, reader, options);
        closers.add(() => server.close());
        output.result({ address: server.address }, () => `Freshet is at ${server.address}`);
        const speed = await startSpeedLayer({
          store: line.store,
          threads: options.threads,
          settings: { holdBackAfterMs: parseDuration(options.holdBackAfter) },
          logger,
          counts: line.requests,
        });
        closers.add(() => speed.stop());
        const landing = await startLandingThread({
          store: line.store,
          logLevel: options.logLevel,
          counts: line.requests,
        });
        closers.add(() => landing.stop());
        const batch = startBatchTimer(line, landing, {
          everyMs: options.batchEvery * 1000,
          retainLogMs: parseDuration(options.retainLog),
        });
        closers.add(() => batch.stop());
        if (line.store.documents) {
          await takeOrRefuse(line, "project");
          const projection = await startProjection(line, reader);
          closers.add(() => projection.stop());
        }
        if (options.simulate) {
          const note = (text: string): void => output.note(text);
          const simulation = startSimulation({ line, batch, rate: options.rate, note });
          closers.add(() => simulation.stop());
        }
        const failure = await Promise.race([stopped, speed.failed, landing.failed]);
        output.note("Stopping: what was acknowledged is kept.");
        if (failure) throw failure;
      } finally {
        await closers.close();
      }
    });
};
