import type { Command } from "commander";
import { compareGenerations, listGenerations, revertTo, writeOff } from "@freshet/batch-layer";
import { sequenceNumber, shardId } from "@freshet/model";
import { comparedText } from "../output/compared.js";
import { createOutput } from "../output/print.js";
import { table } from "../output/table.js";
import { openLine } from "../wiring/line.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";

interface WriteOffOptions extends CommonOptions {
  readonly shard: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** `freshet generations`, `revert`, `compare` and `write-off`: what an operator does with published batch states. */
export const registerGenerations = (program: Command): void => {
  withCommonOptions(program.command("generations"))
    .description("the published batch states that are kept")
    .action(async (options: CommonOptions) => {
      const line = await openLine(options);
      try {
        const { standing, generations: kept } = await listGenerations(line.data);
        const generations = kept.map(({ generation, createdMs, parent, code, ledger, cut }) => ({
          generation,
          stands: generation === standing,
          created: new Date(createdMs).toISOString(),
          parent,
          code,
          ledger,
          cut,
        }));
        createOutput(options.json, process, Date.now).result({ generations }, () =>
          generations.length === 0
            ? "No generation yet: run `freshet batch`."
            : table(
                ["generation", "stands", "created", "parent", "events", "accepted"],
                generations.map((one) => [
                  one.generation,
                  one.stands ? "yes" : "",
                  one.created,
                  one.parent,
                  one.ledger.events,
                  one.ledger.accepted,
                ]),
              ),
        );
      } finally {
        await line.close();
      }
    });

  withCommonOptions(program.command("revert"))
    .description("let an older generation stand again; later batch runs go on from it")
    .argument("<generation>", "which, as `freshet generations` lists them", integerAtLeast(1))
    .action(async (generation: number, options: CommonOptions) => {
      const line = await openLine(options);
      try {
        const result = await revertTo({ data: line.data, generation });
        createOutput(options.json, process, Date.now).result(
          result,
          () => `Generation ${generation} stands again.`,
        );
      } finally {
        await line.close();
      }
    });

  withCommonOptions(program.command("compare"))
    .description("what two generations say of each metric, and where that is not the same")
    .argument("<first>", "a generation that is kept, as `freshet generations` lists them", integerAtLeast(1))
    .argument("[second]", "another (default: the one that stands)", integerAtLeast(1))
    .action(async (first: number, second: number | undefined, options: CommonOptions) => {
      const line = await openLine(options);
      try {
        const { standing } = await listGenerations(line.data);
        const compared = await compareGenerations(line.data, await line.duckdb(), [
          first,
          second ?? standing ?? first,
        ]);
        createOutput(options.json, process, Date.now).result(compared, () => comparedText(compared));
      } finally {
        await line.close();
      }
    });

  withCommonOptions(program.command("write-off"))
    .description("give up records that are lost for good, by name, so that their shard's cut can go on")
    .requiredOption("--shard <id>", "the shard, as `freshet status` names it")
    .requiredOption("--from <sequence>", "first sequence number that is given up")
    .requiredOption("--to <sequence>", "last sequence number that is given up")
    .requiredOption("--reason <text>", "why: status shows it from the next batch run on")
    .action(async (options: WriteOffOptions) => {
      const line = await openLine(options);
      try {
        const entry = {
          shard: shardId(options.shard),
          firstSequence: sequenceNumber(options.from),
          lastSequence: sequenceNumber(options.to),
          reason: options.reason,
        };
        await writeOff(line.data, entry);
        createOutput(options.json, process, Date.now).result(
          entry,
          () => "Written off; the next batch run goes on.",
        );
      } finally {
        await line.close();
      }
    });
};
