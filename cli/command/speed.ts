import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { parseDuration, sequenceNumber, shardId } from "@freshet/model";
import { type ReplayFrom, startSpeedLayer } from "@freshet/speed-layer";
import { createOutput } from "../output/print.js";
import { openLine, publishConfig, takeOrRefuse } from "../wiring/line.js";
import { type CommonOptions, holdBackOption, integerAtLeast, withCommonOptions } from "../wiring/options.js";
import { untilStopped } from "../wiring/untilStopped.js";

interface SpeedOptions extends CommonOptions {
  readonly threads: number;
  readonly replay?: ReplayFrom;
  readonly once: boolean;
  readonly fuse: boolean;
  readonly holdBackAfter: string;
}

const replayFrom = (text: string): ReplayFrom => {
  if (text === "start") return { kind: "beginning" };
  const position = /^(.+)\/(\d{1,56})$/.exec(text);
  if (position) {
    const [, shard, sequence] = position as unknown as [string, string, string];
    return { kind: "position", shard: shardId(shard), sequence: sequenceNumber(sequence) };
  }
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) {
    throw new InvalidArgumentError(
      "expected start, an arrival time (ISO 8601) or a position (shard/sequence)",
    );
  }
  return { kind: "time", timeMs };
};

/** `freshet speed`: the speed layer alone. */
export const registerSpeed = (program: Command): void => {
  withCommonOptions(program.command("speed"))
    .description("fold the log into live increments")
    .option("--threads <n>", "worker threads", integerAtLeast(0), availableParallelism())
    .addOption(holdBackOption())
    .option(
      "--replay <from>",
      "fold the retained log again from `start`, an arrival time, or shard/sequence",
      replayFrom,
    )
    .option("--once", "stop when the end of the log is reached", false)
    .option("--no-fuse", "go on even where most events are bad")
    .action(async (options: SpeedOptions) => {
      const line = await openLine(options);
      try {
        // On AWS the leases of shards share the work out among processes.
        if (line.store.kind === "directory") await takeOrRefuse(line, "speed");
        await publishConfig(line, options.app, Date.now());
        const speed = await startSpeedLayer({
          store: line.store,
          threads: options.threads,
          logger: line.logger,
          settings: {
            ...(options.fuse ? {} : { fuse: null }),
            // what is folded again came long ago, however well folding keeps up
            holdBackAfterMs: options.replay === undefined ? parseDuration(options.holdBackAfter) : null,
          },
          ...(options.replay === undefined ? {} : { replayFrom: options.replay }),
        });
        const failure = options.once
          ? await Promise.race([speed.caughtUp().then(() => null), speed.failed])
          : await untilStopped(speed.failed);
        // What it failed by may keep it from giving up its leases too.
        await speed.stop().catch((error: unknown) => {
          if (!failure) throw error;
        });
        if (failure) throw failure;
        createOutput(options.json, process, Date.now).result({ stopped: true }, () => "Folded and flushed.");
      } finally {
        await line.close();
      }
    });
};
