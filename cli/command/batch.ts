import type { Command } from "commander";
import { startLanding } from "@freshet/batch-layer";
import { EXIT, Failure } from "../output/failure.js";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { runBatchOn } from "../wiring/batchRun.js";
import { catchUp, openLine } from "../wiring/line.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";

interface BatchOptions extends CommonOptions {
  readonly rebuild: boolean;
  readonly land: boolean;
}

/** `freshet batch`: recount, compare the books, publish. */
export const registerBatch = (program: Command): void => {
  withCommonOptions(program.command("batch"))
    .description("recount what has landed, compare the books, publish a generation")
    .option("--rebuild", "recompute everything over the cuts of the lineage", false)
    .option("--no-land", "count what has landed; whoever lands is not waited for, and the log is not read")
    .action(async (options: BatchOptions) => {
      const output = createOutput(options.json, process, Date.now);
      const line = await openLine(options);
      try {
        if (options.land) await catchUp(line);
        const land = options.land ? await line.take("land") : null;
        if (land) {
          const landing = await startLanding({
            data: line.data,
            duckdb: await line.duckdb(),
            logger: line.logger,
          });
          await landing.caughtUp();
          await landing.stop();
          await land.release();
        }
        const result = await runBatchOn(line, {
          rebuild: options.rebuild,
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
