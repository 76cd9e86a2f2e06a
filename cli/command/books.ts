import type { Command } from "commander";
import { driftText, ledgerHoursText } from "../output/books.js";
import { createOutput } from "../output/print.js";
import { withBooks } from "../wiring/books.js";
import { catchUp } from "../wiring/line.js";
import { type CommonOptions, durationText, withCommonOptions } from "../wiring/options.js";

interface RangeOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
}

interface LedgerOptions extends RangeOptions {
  readonly step: string;
}

const rangeOf = ({ from, to }: RangeOptions) => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

/** `freshet drift` and `ledger`: how well live and batch agree. */
export const registerBooks = (program: Command): void => {
  withCommonOptions(program.command("drift"))
    .description("what live had said of a metric against what batch settled, by cause")
    .argument("<metric>", "the metric's name")
    .option("--from <time>", "ISO 8601 (default: a day before --to)")
    .option("--to <time>", "ISO 8601, exclusive (default: after the newest settled event)")
    .action(async (metric: string, options: RangeOptions) => {
      const answer = await withBooks(options, (books) => books.drift(metric, rangeOf(options)));
      createOutput(options.json, process, Date.now).result(answer, () => driftText(answer));
    });

  withCommonOptions(program.command("ledger"))
    .description("the books of live and batch by hour of arrival, and whether they balance")
    .option("--from <time>", "arrived at or after, ISO 8601 (default: a day before --to)")
    .option("--to <time>", "ISO 8601, exclusive (default: now)")
    .option("--step <duration>", "whole hours", durationText, "1h")
    .action(async (options: LedgerOptions) => {
      const answer = await withBooks(options, async (books, line) => {
        await catchUp(line);
        return books.ledger({ ...rangeOf(options), step: options.step });
      });
      createOutput(options.json, process, Date.now).result(answer, () => ledgerHoursText(answer));
    });
};
