import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import {
  type FirehoseLanded,
  landFirehose,
  type LogRange,
  landAgain,
  startLanding,
} from "@freshet/batch-layer";
import { sequenceNumber, shardId } from "@freshet/model";
import { type ReplayFrom, startSpeedLayer } from "@freshet/speed-layer";
import { EXIT, Failure } from "../output/failure.js";
import { createOutput } from "../output/print.js";
import { type Line, openLine, publishConfig } from "../wiring/line.js";
import { type CommonOptions, integerAtLeast, withCommonOptions } from "../wiring/options.js";
import type { HeldRole, Role } from "../wiring/role.js";
import { untilStopped } from "../wiring/untilStopped.js";

interface SpeedOptions extends CommonOptions {
  readonly threads: number;
  readonly replay?: ReplayFrom;
  readonly once: boolean;
  readonly fuse: boolean;
}

interface LandOptions extends CommonOptions {
  readonly once: boolean;
  readonly firehose: boolean;
  readonly fill?: LogRange;
}

const logRange = (text: string): LogRange => {
  const [, shard, first, last] = /^(.+)\/(\d{1,56})-(\d{1,56})$/.exec(text) ?? [];
  if (!shard || !first || !last)
    throw new InvalidArgumentError("expected shard/first-last, two sequence numbers");
  return { shard: shardId(shard), firstSequence: sequenceNumber(first), lastSequence: sequenceNumber(last) };
};

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

/** @throws Failure when another live process has the role. */
export const takeOrRefuse = async (line: Line, role: Role): Promise<HeldRole> => {
  const held = await line.take(role);
  if (held) return held;
  throw new Failure(
    `${line.data.place} is in use: another process runs \`${role}\` there. Stop it first, or give another --data or --store.`,
    EXIT.refused,
  );
};

/** Of the lake: where the Firehose of the stacks delivers to, and where it puts what it could not. */
const DELIVERED = "firehose/";
const FAILED = "firehose-errors/";

const landDelivered = async (line: Line): Promise<FirehoseLanded> =>
  landFirehose({
    data: line.data,
    duckdb: await line.duckdb(),
    logger: line.logger,
    now: Date.now,
    prefix: DELIVERED,
    errorPrefix: FAILED,
  });

/** `freshet speed` and `freshet land`: one layer alone. */
export const registerSpeed = (program: Command): void => {
  withCommonOptions(program.command("speed"))
    .description("fold the log into live increments")
    .option("--threads <n>", "worker threads", integerAtLeast(0), availableParallelism())
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
        // On AWS workers of many machines share the shards, by leases; the role tells that somebody is at it.
        if (line.store.kind === "directory") await takeOrRefuse(line, "speed");
        else await line.take("speed");
        await publishConfig(line, options.app, Date.now());
        const speed = await startSpeedLayer({
          store: line.store,
          threads: options.threads,
          logger: line.logger,
          ...(options.fuse ? {} : { settings: { fuse: null } }),
          ...(options.replay === undefined ? {} : { replayFrom: options.replay }),
        });
        const failure = options.once
          ? await Promise.race([speed.caughtUp().then(() => null), speed.failed])
          : await untilStopped(speed.failed);
        await speed.stop();
        if (failure) throw failure;
        createOutput(options.json, process, Date.now).result({ stopped: true }, () => "Folded and flushed.");
      } finally {
        await line.close();
      }
    });

  withCommonOptions(program.command("land"))
    .description("write the log's events into the lake")
    .option("--once", "stop when the end of the log is reached", false)
    .option("--firehose", "take in what Firehose has delivered to the lake, then stop", false)
    .option(
      "--fill <range>",
      "land a part of the log again: shard/first-last, as a disagreement names it",
      logRange,
    )
    .action(async (options: LandOptions) => {
      const line = await openLine(options);
      const output = createOutput(options.json, process, Date.now);
      try {
        if (options.fill) {
          const landed = await landAgain(line.data, await line.duckdb(), options.fill);
          output.result(landed, () => `Landed ${landed.records} records again.`);
          return;
        }
        await takeOrRefuse(line, "land");
        if (options.firehose) {
          const landed = await landDelivered(line);
          output.result(
            landed,
            () => `Took in ${landed.objects} objects, ${landed.rows} rows; ${landed.waiting} objects wait.`,
          );
          return;
        }
        const landing = await startLanding({
          data: line.data,
          duckdb: await line.duckdb(),
          logger: line.logger,
        });
        if (options.once) await landing.caughtUp();
        else await untilStopped();
        await landing.stop();
        output.result({ stopped: true }, () => "Landed.");
      } finally {
        await line.close();
      }
    });
};
