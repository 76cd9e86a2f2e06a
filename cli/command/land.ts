import { type Command, InvalidArgumentError } from "commander";
import {
  type FirehoseLanded,
  landAgain,
  landFirehose,
  type LogRange,
  startFirehoseLanding,
  startLanding,
} from "@freshet/batch-layer";
import { sequenceNumber, shardId } from "@freshet/model";
import { createOutput, type Output } from "../output/print.js";
import { deliveriesOf } from "../wiring/firehose.js";
import { type Line, openLine, takeOrRefuse } from "../wiring/line.js";
import { type CommonOptions, withCommonOptions } from "../wiring/options.js";
import { untilStopped } from "../wiring/untilStopped.js";

interface LandOptions extends CommonOptions {
  readonly once: boolean;
  readonly firehose: boolean;
  /** True: all that is missing. */
  readonly fill?: LogRange | true;
}

const logRange = (text: string): LogRange => {
  const [, shard, first, last] = /^(.+)\/(\d{1,56})-(\d{1,56})$/.exec(text) ?? [];
  if (!shard || !first || !last)
    throw new InvalidArgumentError("expected shard/first-last, two sequence numbers");
  return { shard: shardId(shard), firstSequence: sequenceNumber(first), lastSequence: sequenceNumber(last) };
};

const deliveredText = ({ objects, rows, waiting, refused, filled, mended, failed }: FirehoseLanded): string =>
  [
    `Landed ${rows} rows of ${objects} objects that Firehose delivered; ${waiting} wait until speed has folded what they hold.`,
    `Read ${filled.length} runs from the log; ${mended} objects under the error prefix are mended, ${failed} are not yet.`,
    ...refused.map((path) => `left, since it is no delivery of this log: ${path}`),
  ].join("\n");

const fillRange = async (line: Line, range: LogRange, output: Output): Promise<void> => {
  const landed = await landAgain(line.data, await line.duckdb(), range);
  output.result(landed, () => `Landed ${landed.records} records again.`);
};

const landDeliveries = async (line: Line, options: LandOptions, output: Output): Promise<void> => {
  const deliveries = await deliveriesOf(line);
  await takeOrRefuse(line, "land");
  if (options.fill || options.once) {
    const landed = await landFirehose({ ...deliveries, ...(options.fill && { fillAfterMs: 0 }) });
    output.result(landed, () => deliveredText(landed));
    return;
  }
  const landing = startFirehoseLanding(deliveries);
  const failure = await untilStopped(landing.failed);
  if (failure) throw failure;
  await landing.stop();
  output.result({ stopped: true }, () => "Landed.");
};

const landLog = async (line: Line, options: LandOptions, output: Output): Promise<void> => {
  await takeOrRefuse(line, "land");
  const { data, logger } = line;
  const landing = await startLanding({ data, duckdb: await line.duckdb(), logger });
  if (options.once) await landing.caughtUp();
  else await untilStopped(landing.failed);
  // Throws what it failed of.
  await landing.stop();
  output.result({ stopped: true }, () => "Landed.");
};

/** `freshet land`: the raw lake alone. */
export const registerLand = (program: Command): void => {
  withCommonOptions(program.command("land"))
    .description("write the log's events into the lake")
    .option("--once", "stop when the end of the log, or of what was delivered, is reached", false)
    .option("--firehose", "take in what Firehose delivered, instead of reading the log", false)
    .option(
      "--fill [range]",
      "land a part of the log again: shard/first-last, as a disagreement names it; by itself: all that Firehose did not deliver",
      logRange,
    )
    .action(async (options: LandOptions) => {
      const line = await openLine(options);
      const output = createOutput(options.json, process, Date.now);
      try {
        if (options.fill && options.fill !== true) await fillRange(line, options.fill, output);
        else if (options.fill || options.firehose) await landDeliveries(line, options, output);
        else await landLog(line, options, output);
      } finally {
        await line.close();
      }
    });
};
