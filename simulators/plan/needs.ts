import { bodyBytesOf } from "./bodyBytes.js";
import type { Coefficients } from "./coefficients.js";
import { expectedDistinct } from "./distinct.js";
import type { PlanQuestion } from "./question.js";

/** What the line needs to carry a load, without prices. */
export interface Needs {
  readonly shards: number;
  /** Fan-out where polling would be too slow. */
  readonly reading: "polling" | "fan_out";
  readonly putUnitsPerSecond: number;
  readonly bytesPerSecond: number;
  /** Of one shard's segment of a second. */
  readonly groupsPerSegment: number;
  readonly bodyBytesPerSegment: number;
  readonly bodiesIn: "records" | "lake";
  readonly writeUnitsPerSecond: number;
  readonly readUnitsPerSecond: number;
  readonly putsPerSecond: number;
  readonly getsPerSecond: number;
  /** Processor seconds a second, at the mean rate. */
  readonly speedVcpus: number;
  readonly workers: number;
  readonly workerVcpus: number;
  readonly workerGb: number;
  /** Of landing by workers of ours; 0 where Firehose does it. */
  readonly landingWorkers: number;
  /** Of batch, by day. */
  readonly batchVcpuHoursPerDay: number;
  readonly lakeGb: number;
  readonly tableGb: number;
}

/** What a shard takes in a second (AWS, Kinesis Data Streams quotas), and the share of it that is planned with. */
const SHARD_BYTES = 1_000_000;
const SHARD_USE = 0.7;
const PUT_UNIT_BYTES = 25_000;
/** How full a PUT unit is with aggregates that a producer closes by time as well. */
const PUT_UNIT_FILL = 0.8;
/** Readers of a shard share 5 GetRecords a second; polling it once a second, with flushes of a second, is as fresh as this. */
const POLLING_FRESHNESS_MS = 4_000;

/** As the speed layer is set on AWS; a segment's final form and the longer ones of the open segment are one write each. */
const SEGMENT_SECONDS = 1;
export const INLINE_BYTES_MAX = 8 * 1_024;
/** Of a segment record without its body. */
const RECORD_BYTES = 450;
const WRITE_UNIT_BYTES = 1_024;
/** One a shard and flush each: its tip, and its checkpoint. */
const TIP_UNITS = 1;
const CHECKPOINT_UNITS = 1;
/** A lease lasts 10 s and is renewed thrice in it. */
const LEASE_RENEWALS_PER_SECOND = 0.3;
/** The schedule is known 5 s ahead and moved on every 2.5 s, under a lease. */
const SCHEDULE_UNITS_PER_SECOND = 2 / 2.5;
/** A finished segment is deleted once every generation covers it, at the price of its writing. */
const DELETIONS = 1;

/** A reader's poll: a page of each shard, and all tips, which lie in 16 partitions. */
const POLLS_PER_SECOND = 1;
const TIP_PARTITIONS = 16;

const WORKER_VCPUS = 2;
const WORKER_USE = 0.6;
/** Half a worker's memory is for what grows: identities of the dedupe horizon at 32 bytes, and open groups. */
const DEDUPE_SECONDS = 120;
const IDENTITY_BYTES = 32;
const WORKER_BASE_GB = 1;
const GROUP_BYTES = 200;
const WORKER_GB_STEPS = [4, 8, 16];
/** How much of reading an event goes by its length: docs/performance.md, scan and take apart of all stages. */
const BYTES_SHARE = 0.25;
/** Spark's processor time over DuckDB's for the same generation. Not measured here: docs/capacity.md. */
const SPARK_OVER_DUCKDB = 2;

const SECONDS_PER_DAY = 86_400;
const GB = 1e9;
const US_PER_HOUR = 3.6e9;

/** Bytes of a flush's two or more writes of a segment, in DynamoDB's units. */
const segmentUnits = (bodyBytes: number): number =>
  Math.ceil((RECORD_BYTES + (bodyBytes <= INLINE_BYTES_MAX ? bodyBytes : 0)) / WRITE_UNIT_BYTES);

/** @param flushMs how often a worker writes */
export const writeUnitsOf = (
  shards: number,
  bodyBytes: number,
  flushMs: number,
): { readonly steady: number; readonly deletions: number } => {
  const flushes = 1_000 / flushMs;
  // while a segment is open its body is half of what it will be, on average
  const open = flushes * segmentUnits(bodyBytes / 2);
  const finished = segmentUnits(bodyBytes) / SEGMENT_SECONDS;
  const perShard = open + finished + flushes * (TIP_UNITS + CHECKPOINT_UNITS) + LEASE_RENEWALS_PER_SECOND;
  return {
    steady: shards * perShard + SCHEDULE_UNITS_PER_SECOND,
    deletions: (shards * DELETIONS * segmentUnits(bodyBytes)) / SEGMENT_SECONDS,
  };
};

/** Processor time of the speed layer for a second's events. */
export const speedVcpusOf = (
  { measured }: Coefficients,
  question: Pick<PlanQuestion, "eventsPerSecond" | "eventBytes" | "keys" | "skew">,
  shards: number,
): number => {
  const { eventsPerSecond, eventBytes, keys, skew } = question;
  const groups = shards * expectedDistinct((eventsPerSecond * SEGMENT_SECONDS) / shards, keys, skew);
  const byLength = 1 - BYTES_SHARE + BYTES_SHARE * (eventBytes / measured.eventBytes);
  return (eventsPerSecond * measured.speedUsPerEvent * byLength + groups * measured.speedUsPerGroup) / 1e6;
};

export const FLUSH_MS = 1_000;

export const needsOf = (question: PlanQuestion, coefficients: Coefficients): Needs => {
  const { eventsPerSecond, eventBytes, keys, skew, peak, replicas, retentionDays } = question;
  const { measured } = coefficients;
  const bytesPerSecond = eventsPerSecond * eventBytes;
  const shards = Math.max(1, Math.ceil((bytesPerSecond * peak) / (SHARD_BYTES * SHARD_USE)));
  const groupsPerSegment = expectedDistinct(eventsPerSecond / shards, keys, skew);
  const bodyBytesPerSegment = bodyBytesOf(measured, eventsPerSecond / shards, keys, skew);
  const inRecords = bodyBytesPerSegment <= INLINE_BYTES_MAX;
  const writes = writeUnitsOf(shards, bodyBytesPerSegment, FLUSH_MS);
  const speedVcpus = speedVcpusOf(coefficients, question, shards);
  const workers = Math.max(2, Math.ceil((speedVcpus * peak) / (WORKER_VCPUS * WORKER_USE)));
  const landVcpus = (eventsPerSecond * measured.landUsPerEvent * (eventBytes / measured.eventBytes)) / 1e6;
  const landingWorkers =
    question.landing === "firehose"
      ? 0
      : Math.max(2, Math.ceil((landVcpus * peak) / (WORKER_VCPUS * WORKER_USE)));
  const identityGb = (eventsPerSecond * peak * DEDUPE_SECONDS * IDENTITY_BYTES) / GB;
  const groupGb = (shards * groupsPerSegment * 2 * GROUP_BYTES) / GB;
  const workerNeedGb = WORKER_BASE_GB + (2 * (identityGb + groupGb)) / workers;
  const batchUs = eventsPerSecond * SECONDS_PER_DAY * measured.batchUsPerEvent * SPARK_OVER_DUCKDB;
  return {
    shards,
    reading: question.freshnessMs < POLLING_FRESHNESS_MS ? "fan_out" : "polling",
    putUnitsPerSecond: bytesPerSecond / (PUT_UNIT_BYTES * PUT_UNIT_FILL),
    bytesPerSecond,
    groupsPerSegment,
    bodyBytesPerSegment,
    bodiesIn: inRecords ? "records" : "lake",
    writeUnitsPerSecond: writes.steady + writes.deletions,
    readUnitsPerSecond: replicas * POLLS_PER_SECOND * (shards + TIP_PARTITIONS),
    putsPerSecond: inRecords ? 0 : workers / (FLUSH_MS / 1_000),
    getsPerSecond: inRecords ? 0 : (replicas * workers) / (FLUSH_MS / 1_000),
    speedVcpus,
    workers,
    workerVcpus: WORKER_VCPUS,
    workerGb: WORKER_GB_STEPS.find((gb) => gb >= workerNeedGb) ?? Math.ceil(workerNeedGb),
    landingWorkers,
    batchVcpuHoursPerDay: batchUs / US_PER_HOUR,
    lakeGb:
      (eventsPerSecond *
        SECONDS_PER_DAY *
        retentionDays *
        measured.lakeBytesPerEvent *
        (eventBytes / measured.eventBytes)) /
      GB,
    tableGb: (shards * SECONDS_PER_DAY * (RECORD_BYTES + (inRecords ? bodyBytesPerSegment : 0))) / GB,
  };
};
