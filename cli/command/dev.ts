import type { Command } from "commander";
import { Option } from "commander";
import { toAppDocument } from "@freshet/model";
import { startLandingThread } from "@freshet/batch-layer";
import { createReader } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { createOutput } from "../output/print.js";
import { startBatchTimer } from "../wiring/batchTimer.js";
import { loadApp } from "../wiring/loadApp.js";
import { openLine } from "../wiring/line.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";
import { type ServerOptions, startServer, withServerOptions } from "../wiring/server.js";
import { startSimulation } from "../wiring/simulation.js";
import { untilStopped } from "../wiring/untilStopped.js";
import { takeOrRefuse } from "./speed.js";

interface DevOptions extends CommonOptions, ServerOptions {
  readonly shards?: number;
  readonly threads: number;
  readonly batchEvery: number;
  readonly simulate?: "news";
  readonly rate?: number;
}

/** `freshet dev`: the whole line in one process. */
export const registerDev = (program: Command): void => {
  withServerOptions(withCommonOptions(program.command("dev")))
    .description(
      "run the whole line in one process: collector, speed, landing, batch on a timer, API, dashboard",
    )
    .option("--shards <n>", "shards of a data directory that is made now (default: 4)", integerAtLeast(1))
    .option("--threads <n>", "worker threads of the speed layer", integerAtLeast(0), 1)
    .option("--batch-every <seconds>", "a batch run this often", integerAtLeast(1), 30)
    .addOption(
      new Option("--simulate <workload>", "a simulated workload beside your own events").choices(["news"]),
    )
    .option("--rate <n>", "simulated events a second (default: as the workload has it)", integerAtLeast(1))
    .action(async (options: DevOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const app = await loadApp(options.app);
      const line = await openLine(options, options.shards === undefined ? {} : { shards: options.shards });
      try {
        for (const role of ["speed", "land"] as const) await takeOrRefuse(line, role);
        const { data, directory, logger } = line;
        await publishApp(data.records, data.log, toAppDocument(app), Date.now());
        const duckdb = await line.duckdb();
        const reader = await createReader({ data, duckdb, logger, now: Date.now });
        const stopped = untilStopped();
        const server = await startServer(line, reader, options);
        output.result({ address: server.address }, () => `Freshet is at ${server.address}`);
        const speed = await startSpeedLayer({ directory, threads: options.threads, logger });
        const landing = await startLandingThread({ directory, logLevel: options.logLevel });
        const batch = startBatchTimer(line, landing, options.batchEvery * 1000);
        const simulation = options.simulate
          ? startSimulation({ line, batch, rate: options.rate, note: (text) => output.note(text) })
          : null;
        const failure = await Promise.race([stopped, speed.failed]);
        output.note("Stopping: what was acknowledged is kept.");
        await simulation?.stop();
        await server.close();
        await batch.stop();
        await landing.stop();
        await speed.stop();
        await reader.close();
        if (failure) throw failure;
      } finally {
        await line.close();
      }
    });
};
