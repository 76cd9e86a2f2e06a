import type { Command } from "commander";
import { ledgerText } from "../output/ledger.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";
import { withReader } from "../wiring/reader.js";

/** `freshet status`: shards, cut, ledger, generation. */
export const registerStatus = (program: Command): void => {
  withCommonOptions(program.command("status"))
    .description("shards, cut, ledger and generation")
    .action(async (options: CommonOptions) => {
      const status = await withReader(options, async (reader) => reader.status());
      createOutput(options.json, process, Date.now).result(status, () => {
        const shards = status.shards.map((shard) => [
          shard.shard,
          shard.ended ? "ended" : "open",
          shard.lagMs,
          shard.arrivalClock,
          shard.cutThrough,
        ]);
        const generation = status.generation
          ? `generation ${status.generation.generation}, batch through ${status.batchThrough ?? "nothing yet"}`
          : "no generation yet: run `freshet batch`";
        const held = status.disagreements.map(
          ({ shard, tick, ordinal }) =>
            `held back: ${shard} at segment ${tick}.${ordinal}, where speed and batch differ`,
        );
        return [
          ledgerText(status.ledger),
          generation,
          ...held,
          table(["shard", "state", "lag ms", "arrival clock", "cut"], shards),
        ].join("\n");
      });
    });
};
