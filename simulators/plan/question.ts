import { PlanError } from "./planError.js";

/** What is to be carried. */
export interface PlanQuestion {
  readonly eventsPerSecond: number;
  /** Of one event, as JSON. */
  readonly eventBytes: number;
  /** In a record of the stream; absent: as many as fill most of a PUT unit, as producers do that are busy. */
  readonly eventsPerRecord?: number;
  /** Groups that exist: keys of all metrics' dimensions together. */
  readonly keys: number;
  /** Zipf's exponent over them; 0: all alike. */
  readonly skew: number;
  /** Of the raw lake. */
  readonly retentionDays: number;
  /** p99 from emit to visible. */
  readonly freshnessMs: number;
  /** Of the stream: 1 to 7 days. */
  readonly logDays: number;
  /** What readers there are, each polling every shard. */
  readonly replicas: number;
  /** The busiest moment over the mean. */
  readonly peak: number;
  /** What lays the raw events into the lake: Firehose, or workers of ours. */
  readonly landing: "firehose" | "workers";
}

export const DEFAULT_QUESTION: Omit<
  PlanQuestion,
  "eventsPerSecond" | "eventBytes" | "keys" | "retentionDays" | "freshnessMs"
> = {
  skew: 1.1,
  logDays: 1,
  replicas: 2,
  peak: 1.5,
  landing: "firehose",
};

/** Of Kinesis, unless a stream is told otherwise. */
const RECORD_BYTES_MAX = 1_048_576;

const RANGES: Readonly<
  Record<Exclude<keyof PlanQuestion, "landing" | "eventsPerRecord">, readonly [number, number]>
> = {
  eventsPerSecond: [1, 10_000_000],
  eventBytes: [20, 1_000_000],
  keys: [1, 1_000_000_000],
  skew: [0, 3],
  retentionDays: [1, 3_660],
  freshnessMs: [100, 3_600_000],
  logDays: [1, 7],
  replicas: [1, 100],
  peak: [1, 100],
};

/** @throws PlanError that names what is out of range. */
export const checkQuestion = (question: PlanQuestion): void => {
  for (const [name, [least, most]] of Object.entries(RANGES)) {
    const value = question[name as keyof typeof RANGES];
    if (!(value >= least && value <= most))
      throw new PlanError(`${name} is ${value}: a plan is made for ${least} to ${most}`);
  }
  const { eventsPerRecord = 1, eventBytes } = question;
  const most = Math.floor(RECORD_BYTES_MAX / Math.ceil(eventBytes));
  if (!(Number.isInteger(eventsPerRecord) && eventsPerRecord >= 1 && eventsPerRecord <= most))
    throw new PlanError(
      `eventsPerRecord is ${eventsPerRecord}: a record of the stream takes 1 to ${most} events of ${eventBytes} bytes`,
    );
};
