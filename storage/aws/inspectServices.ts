import { StorageError } from "../errors.js";
import type { AwsLogConfig, AwsStoreConfig } from "./config.js";

export interface ServiceFinding {
  readonly verdict: "ok" | "warning" | "problem";
  readonly what: "stream" | "table" | "bucket" | "clock";
  readonly found: string;
  readonly advice?: string;
}

const HOUR_MS = 3_600_000;
/** Beyond it AWS refuses signatures after 5 minutes, and arrivals and clocks are hard to compare. */
const CLOCK_OFF_MS_MAX = 10_000;

/** What is to be made where there is none. */
const WANTED = {
  stream:
    "make a stream of that name, or correct the name and the region; it must place records by their keys",
  table:
    "make a table of that name, or correct the name and the region: text keys `pk` and `sk`, on demand, TTL by `expires`",
  bucket: "make a bucket of that name, or correct the name and the region",
} as const;

/** Looks at each service by itself, the next ones also where one does not answer; changes nothing. */
export const inspectServices = async (
  config: AwsStoreConfig & { readonly log: AwsLogConfig },
  now: () => number,
): Promise<readonly ServiceFinding[]> => {
  const { dynamoClient, kinesisClient, s3Client } = await import("./clients.js");
  const { DescribeTimeToLiveCommand } = await import("@aws-sdk/client-dynamodb");
  const { describeStream } = await import("../log/kinesis/describeStream.js");
  const { checkBucket, checkTable } = await import("./checks.js");
  const { createServerClock, watchServerClock } = await import("./serverClock.js");
  const { attemptAws } = await import("./awsError.js");
  const [dynamo, kinesis, s3] = [dynamoClient(config), kinesisClient(config), s3Client(config)];
  const clock = createServerClock(now);
  watchServerClock(dynamo, clock, now);
  const { table } = config.dynamo;

  const stream = async (): Promise<ServiceFinding> => {
    const { id, recordBytesMax, retentionMs } = await describeStream(kinesis, config.log.stream);
    const found = `${id}, records of up to ${recordBytesMax} bytes, kept for ${retentionMs / HOUR_MS} h`;
    return { verdict: "ok", what: "stream", found };
  };
  const tableFinding = async (): Promise<ServiceFinding> => {
    await checkTable(dynamo, table);
    const { TimeToLiveDescription } = await attemptAws(`asking for the expiry of the table ${table}`, () =>
      dynamo.send(new DescribeTimeToLiveCommand({ TableName: table })),
    );
    if (TimeToLiveDescription?.AttributeName === "expires")
      return { verdict: "ok", what: "table", found: `${table}, items expire` };
    const advice = "switch TTL on, by the attribute `expires`: dead letters stay for ever otherwise";
    return { verdict: "warning", what: "table", found: `${table}, items do not expire`, advice };
  };
  const bucket = async (): Promise<ServiceFinding> => {
    await checkBucket(s3, config.lake.bucket);
    return { verdict: "ok", what: "bucket", found: config.lake.bucket };
  };
  const failed = (what: keyof typeof WANTED, error: unknown): ServiceFinding => ({
    verdict: "problem",
    what,
    found: error instanceof Error ? error.message : String(error),
    ...(error instanceof StorageError && error.kind === "missing" && { advice: WANTED[what] }),
  });
  try {
    const findings = await Promise.all([
      stream().catch((error: unknown) => failed("stream", error)),
      tableFinding().catch((error: unknown) => failed("table", error)),
      bucket().catch((error: unknown) => failed("bucket", error)),
    ]);
    const offMs = Math.round(clock.now() - now());
    if (Math.abs(offMs) <= CLOCK_OFF_MS_MAX) return findings;
    const found = `this machine's clock is ${Math.abs(offMs) / 1000} s ${offMs > 0 ? "behind" : "ahead of"} the services'`;
    return [...findings, { verdict: "problem", what: "clock", found, advice: "set this machine's clock" }];
  } finally {
    for (const client of [dynamo, kinesis, s3]) client.destroy();
  }
};
