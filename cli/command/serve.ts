import type { Command } from "commander";
import { createReader } from "@freshet/serving-layer";
import { createOutput } from "../output/print.js";
import { openLine } from "../wiring/line.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";
import { type ServerOptions, startServer, withServerOptions } from "../wiring/server.js";
import { untilStopped } from "../wiring/untilStopped.js";

/** `freshet serve`: API, dashboard and collector alone, over a data directory that other processes fill. */
export const registerServe = (program: Command): void => {
  withServerOptions(withCommonOptions(program.command("serve")))
    .description("serve the API, the dashboard and the collector")
    .action(async (options: CommonOptions & ServerOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const line = await openLine(options);
      try {
        const reader = await createReader({
          data: line.data,
          duckdb: await line.duckdb(),
          logger: line.logger,
          now: Date.now,
        });
        const stopped = untilStopped();
        const server = await startServer(line, reader, options);
        output.result({ address: server.address }, () => `Freshet serves ${server.address}`);
        await stopped;
        await server.close();
        await reader.close();
      } finally {
        await line.close();
      }
    });
};
