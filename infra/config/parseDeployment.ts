import { parseDuration, SERVED_KEYS_MAX, shardQuota, shardsFor } from "@freshet/model";
import { Compile } from "typebox/compile";
import { ConfigError } from "./configError.js";
import {
  type DeploymentConfig,
  deploymentSchema,
  type StageConfig,
  type StageName,
  STAGES,
} from "./deployment.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of Kinesis: IncreaseStreamRetentionPeriod. */
const STREAM_RETENTION_MS = [DAY_MS, 365 * DAY_MS] as const;
const BATCH_EVERY_MS = [15 * 60_000, DAY_MS] as const;
/** Glacier Instant Retrieval bills 90 days at least (S3 pricing); sooner would cost more than it saves. */
const ARCHIVED_FOR_MS_MIN = 90 * DAY_MS;
/** Of Kinesis, unless a stream is told otherwise. */
const RECORD_BYTES_MAX = 1_048_576;
const FRESHNESS_MS_MIN = 2_000;

const validator = Compile(deploymentSchema);

const shapeFault = (value: unknown): string => {
  const [error] = validator.Errors(value);
  const what = error?.keyword === "boolean" ? "is not known" : (error?.message ?? "does not fit");
  return `${error?.instancePath || "/"} ${what}`;
};

const outside = (text: string, [least, most]: readonly [number, number]): boolean => {
  const ms = parseDuration(text);
  return ms < least || ms > most;
};

const network = /^(?:\d{1,3}\.){3}\d{1,3}\/(?:\d|[12]\d|3[0-2])$/;

const rangeFaults = (stage: StageName, config: StageConfig): readonly string[] => {
  const { scale, batch, stream, serving, region, alarms } = config;
  const { retention } = scale;
  const faults: string[] = [];
  const must = (holds: boolean, path: string, what: string): void =>
    void (holds || faults.push(`/${stage}${path} ${what}`));
  const streamFits = !outside(retention.stream, STREAM_RETENTION_MS);
  must(streamFits, "/scale/retention/stream", "must be 24h to 365d: what Kinesis keeps");
  must(
    parseDuration(retention.stream) % HOUR_MS === 0,
    "/scale/retention/stream",
    "must be whole hours, as Kinesis counts them",
  );
  must(!outside(batch.every, BATCH_EVERY_MS), "/batch/every", "must be 15m to 1d");
  must(
    parseDuration(batch.every) * 2 <= parseDuration(retention.stream),
    "/batch/every",
    `must be at most half of /${stage}/scale/retention/stream, so that a failed run can be repeated before records go`,
  );
  const lakeMs = retention.lake === undefined ? Number.POSITIVE_INFINITY : parseDuration(retention.lake);
  must(
    lakeMs >= parseDuration(retention.stream),
    "/scale/retention/lake",
    "must be at least the stream's retention",
  );
  for (const [path, text] of Object.entries({ lake: retention.lake, archiveAfter: retention.archiveAfter }))
    must(
      text === undefined || parseDuration(text) % DAY_MS === 0,
      `/scale/retention/${path}`,
      "must be whole days, as S3 counts them",
    );
  must(
    retention.archiveAfter === undefined ||
      lakeMs - parseDuration(retention.archiveAfter) >= ARCHIVED_FOR_MS_MIN,
    "/scale/retention/archiveAfter",
    "must be 90d or more before /scale/retention/lake: S3 bills archived objects for 90 days at least",
  );
  const [shards, quota] = [shardsFor(scale), shardQuota(region)];
  must(
    stream === "on-demand" || shards <= quota,
    "/scale",
    `needs ${shards} shards, and an account has ${quota} of them in ${region}: use an on-demand stream, or ask AWS for more`,
  );
  must(
    (scale.eventsPerRecord ?? 1) * scale.bytesPerEvent <= RECORD_BYTES_MAX,
    "/scale/eventsPerRecord",
    `makes records of more than ${RECORD_BYTES_MAX} bytes, which is the most that Kinesis takes`,
  );
  must(
    scale.keys <= SERVED_KEYS_MAX,
    "/scale/keys",
    `must be at most ${SERVED_KEYS_MAX}: a server holds all live keys, and Fargate has no larger task`,
  );
  must(
    serving.certificateArn.split(":")[3] === region,
    "/serving/certificateArn",
    `must be of a certificate in ${region}, where the load balancer is`,
  );
  must(
    alarms.freshness === undefined || parseDuration(alarms.freshness) >= FRESHNESS_MS_MIN,
    "/alarms/freshness",
    "must be 2s or more: Kinesis is polled once a second",
  );
  for (const one of serving.allowedNetworks ?? [])
    must(
      network.test(one),
      "/serving/allowedNetworks",
      `holds "${one}", which is no network like 192.0.2.0/24`,
    );
  return faults;
};

/** @param origin where it came from, for messages. @throws ConfigError, which names each thing that is wrong */
export const parseDeployment = (value: unknown, origin: string): DeploymentConfig => {
  if (!validator.Check(value)) throw new ConfigError(origin, [shapeFault(value)]);
  const faults = STAGES.flatMap((stage) => durationFaults(stage, value[stage]));
  if (faults.length > 0) throw new ConfigError(origin, faults);
  const ranges = STAGES.flatMap((stage) => rangeFaults(stage, value[stage]));
  if (ranges.length > 0) throw new ConfigError(origin, ranges);
  return value;
};

/** `0d` is of the right shape, and no duration. */
const durationFaults = (stage: StageName, { scale, batch, alarms }: StageConfig): readonly string[] => {
  const { stream, lake, archiveAfter } = scale.retention;
  const texts = {
    "/scale/retention/stream": stream,
    "/scale/retention/lake": lake,
    "/scale/retention/archiveAfter": archiveAfter,
    "/batch/every": batch.every,
    "/alarms/freshness": alarms.freshness,
  };
  return Object.entries(texts).flatMap(([path, text]) => {
    try {
      if (text !== undefined) parseDuration(text);
      return [];
    } catch (error) {
      return [`/${stage}${path} is ${error instanceof Error ? error.message : String(error)}`];
    }
  });
};
