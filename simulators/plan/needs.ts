import { type Sizes, shardsFor, sizesFor } from "@freshet/model";
import { AWS_PACE } from "@freshet/storage";
import { bodyBytesOf } from "./bodyBytes.js";
import type { Coefficients } from "./coefficients.js";
import { expectedDistinct } from "./distinct.js";
import type { PlanQuestion } from "./question.js";
import { eventsPerRecordOf, type PlannedScale, PUT_UNIT_BYTES, scaleOf, WORKER_USE } from "./scale.js";

/** What the line needs to carry a load, without prices. */
export interface Needs {
  /** What the stacks make for `scale`. */
  readonly sizes: Sizes;
  readonly scale: PlannedScale;
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
  /** Of landing by workers of ours; 0 where Firehose does it. */
  readonly landingWorkers: number;
  /** Of batch, by day. */
  readonly batchVcpuHoursPerDay: number;
  readonly lakeGb: number;
  readonly tableGb: number;
}

/** Readers of a shard share 5 GetRecords a second; polling it once a second, with flushes of a second, is as fresh as this. */
const POLLING_FRESHNESS_MS = 4_000;

/** As the speed layer is set on AWS; a segment's final form and the longer ones of the open segment are one write each. */
const SEGMENT_SECONDS = 1;
export const INLINE_BYTES_MAX = AWS_PACE.inlineBytesMax;
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

const LANDING_VCPUS = 2;
const LANDING_WORKERS_MIN = 2;
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

export const FLUSH_MS = AWS_PACE.flushAfterMs;

export const needsOf = (question: PlanQuestion, coefficients: Coefficients): Needs => {
  const { eventsPerSecond, eventBytes, keys, skew, peak, replicas, retentionDays } = question;
  const { measured } = coefficients;
  const bytesPerSecond = eventsPerSecond * eventBytes;
  const eventsPerRecord = eventsPerRecordOf(question);
  const shards = shardsFor({
    ...{ eventsPerSecond: Math.ceil(eventsPerSecond * peak), bytesPerEvent: Math.ceil(eventBytes) },
    ...{ keys, eventsPerRecord },
  });
  const speedVcpus = speedVcpusOf(coefficients, question, shards);
  const scale = scaleOf(question, speedVcpus);
  const sizes = sizesFor(scale);
  const groupsPerSegment = expectedDistinct(eventsPerSecond / shards, keys, skew);
  const bodyBytesPerSegment = bodyBytesOf(measured, eventsPerSecond / shards, keys, skew);
  const inRecords = bodyBytesPerSegment <= INLINE_BYTES_MAX;
  const writes = writeUnitsOf(shards, bodyBytesPerSegment, FLUSH_MS);
  const workers = sizes.worker.count;
  const landVcpus = (eventsPerSecond * measured.landUsPerEvent * (eventBytes / measured.eventBytes)) / 1e6;
  const landingWorkers =
    question.landing === "firehose"
      ? 0
      : Math.max(LANDING_WORKERS_MIN, Math.ceil((landVcpus * peak) / (LANDING_VCPUS * WORKER_USE)));
  const batchUs = eventsPerSecond * SECONDS_PER_DAY * measured.batchUsPerEvent * SPARK_OVER_DUCKDB;
  return {
    sizes,
    scale,
    reading: question.freshnessMs < POLLING_FRESHNESS_MS ? "fan_out" : "polling",
    putUnitsPerSecond:
      (eventsPerSecond / eventsPerRecord) * Math.ceil((eventsPerRecord * eventBytes) / PUT_UNIT_BYTES),
    bytesPerSecond,
    groupsPerSegment,
    bodyBytesPerSegment,
    bodiesIn: inRecords ? "records" : "lake",
    writeUnitsPerSecond: writes.steady + writes.deletions,
    readUnitsPerSecond: replicas * POLLS_PER_SECOND * (shards + TIP_PARTITIONS),
    putsPerSecond: inRecords ? 0 : workers / (FLUSH_MS / 1_000),
    getsPerSecond: inRecords ? 0 : (replicas * workers) / (FLUSH_MS / 1_000),
    speedVcpus,
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
