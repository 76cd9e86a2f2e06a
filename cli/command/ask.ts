import type { Command } from "commander";
import { seriesText, topText, valueAnswerText } from "../output/answers.js";
import { createOutput } from "../output/print.js";
import {
  type CommonOptions,
  collectPairs,
  durationText,
  integerAtLeast,
  withCommonOptions,
} from "../wiring/options.js";
import { pairsOf } from "../wiring/pairs.js";
import { withReader } from "../wiring/reader.js";

interface TopOptions extends CommonOptions {
  readonly window: string;
  readonly at?: string;
  readonly by?: string;
  readonly limit: number;
  readonly where: readonly string[];
}

interface SeriesOptions extends CommonOptions {
  readonly key: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
}

interface ValueOptions extends CommonOptions {
  readonly key: readonly string[];
  readonly window: string;
  readonly at?: string;
}

const DEFAULT_ROWS = 20;

/** `top`, `series` and `value`: the questions that the API answers too, in the same words. */
export const registerAsk = (program: Command): void => {
  withCommonOptions(program.command("top"))
    .description("the top keys of a metric in a window")
    .argument("<metric>", "the metric's name")
    .option("--window <duration>", "how long, such as 15m, 1h, 7d", durationText, "1h")
    .option("--at <time>", "the window's end, ISO 8601 (default: the newest event time seen)")
    .option("--by <order>", "score, or a measure's name (default: score where the metric has a trend)")
    .option("--limit <rows>", "how many rows", integerAtLeast(1), DEFAULT_ROWS)
    .option("--where <name=value>", "only keys with this value; repeatable", collectPairs, [])
    .action(async (metric: string, options: TopOptions) => {
      const answer = await withReader(options, (reader) =>
        reader.top(metric, {
          window: options.window,
          limit: options.limit,
          where: pairsOf(options.where),
          ...(options.at === undefined ? {} : { at: options.at }),
          ...(options.by === undefined ? {} : { by: options.by }),
        }),
      );
      createOutput(options.json, process, Date.now).result(answer, () => topText(answer));
    });

  withCommonOptions(program.command("series"))
    .description("one key's values over time")
    .argument("<metric>", "the metric's name")
    .option("--key <name=value>", "the key, one dimension at a time; repeatable", collectPairs, [])
    .option("--from <time>", "ISO 8601 (default: a day before --to)")
    .option("--to <time>", "ISO 8601, exclusive (default: the newest event time seen)")
    .option(
      "--step <duration>",
      "one point per this long (default: the metric's pane, or what gives at most 500 points)",
      durationText,
    )
    .action(async (metric: string, options: SeriesOptions) => {
      const answer = await withReader(options, (reader) =>
        reader.series(metric, {
          key: pairsOf(options.key),
          ...(options.from === undefined ? {} : { from: options.from }),
          ...(options.to === undefined ? {} : { to: options.to }),
          ...(options.step === undefined ? {} : { step: options.step }),
        }),
      );
      createOutput(options.json, process, Date.now).result(answer, () => seriesText(answer));
    });

  withCommonOptions(program.command("value"))
    .description("one key's values in a window")
    .argument("<metric>", "the metric's name")
    .option("--key <name=value>", "the key, one dimension at a time; repeatable", collectPairs, [])
    .option("--window <duration>", "how long, such as 15m, 1h, 7d", durationText, "1h")
    .option("--at <time>", "the window's end, ISO 8601 (default: the newest event time seen)")
    .action(async (metric: string, options: ValueOptions) => {
      const answer = await withReader(options, (reader) =>
        reader.value(metric, {
          key: pairsOf(options.key),
          window: options.window,
          ...(options.at === undefined ? {} : { at: options.at }),
        }),
      );
      createOutput(options.json, process, Date.now).result(answer, () => valueAnswerText(answer));
    });
};
