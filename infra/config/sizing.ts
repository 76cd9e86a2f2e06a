import type { ScaleConfig } from "./deployment.js";

/** Of Kinesis, a shard and second: PutRecords. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 1_048_576;
/** Keys do not spread evenly, and a shard that is full throttles its producers. */
const SHARD_USE = 0.7;

/**
 * What a vCPU folds: well under what docs/performance.md measures of a core, since here the stores are called as well and events are
 * a shard's and not a benchmark's.
 */
const EVENTS_PER_VCPU = 25_000;
const WORKER_VCPUS_MAX = 4;
/** Of a worker, at least: half of them may be down at a time. */
const WORKERS_MIN = 2;
/** docs/performance.md: 159 MB a million live groups; the segments of a dedupe horizon and the process itself beside them. */
const BYTES_PER_KEY = 160;
const WORKER_BASE_MIB = 1_024;
const SERVING_BASE_MIB = 2_048;
/** The reader holds states of more panes than the fold does. */
const SERVING_PANES = 4;
const MIB = 1_048_576;

const MEMORY_MIB_MAX = 30_720;

/** Of Fargate: vCPUs to the least and the most MiB that go with them, in steps of a GiB. */
const FARGATE_SIZES = [
  { vcpus: 1, mibMin: 2_048, mibMax: 8_192 },
  { vcpus: 2, mibMin: 4_096, mibMax: 16_384 },
  { vcpus: 4, mibMin: 8_192, mibMax: MEMORY_MIB_MAX },
] as const;

export interface TaskSize {
  readonly vcpus: number;
  readonly memoryMib: number;
}

export interface Sizes {
  readonly shards: number;
  readonly worker: TaskSize & { readonly count: number };
  /** Between so many copies; each holds all live keys. */
  readonly serving: TaskSize & { readonly least: number; readonly most: number };
  readonly fold: { readonly memoryMib: number };
  readonly batch: TaskSize;
  readonly spark: { readonly executorsMax: number };
  /** Of OpenSearch, a data node. */
  readonly search: { readonly nodes: number; readonly volumeGib: number };
}

/** Shards that carry the scale when none of its events are aggregated. */
export const shardsFor = ({ eventsPerSecond, bytesPerEvent }: ScaleConfig): number =>
  Math.max(
    1,
    Math.ceil(
      Math.max(eventsPerSecond / SHARD_RECORDS, (eventsPerSecond * bytesPerEvent) / SHARD_BYTES) / SHARD_USE,
    ),
  );

const GIB_MIB = 1_024;

/** Keys that a server holds: all that are live, until the keyspace is kept in parts. */
export const SERVED_KEYS_MAX = Math.floor(
  ((MEMORY_MIB_MAX - SERVING_BASE_MIB) * MIB) / (BYTES_PER_KEY * SERVING_PANES),
);

/** The least task of Fargate that has both; the largest where none has. */
export const taskSize = (vcpus: number, memoryMib: number): TaskSize => {
  const fitting = FARGATE_SIZES.find((size) => size.vcpus >= vcpus && size.mibMax >= memoryMib);
  const size = fitting ?? FARGATE_SIZES[FARGATE_SIZES.length - 1];
  if (!size) throw new Error("Fargate has no sizes");
  const wanted = Math.ceil(memoryMib / GIB_MIB) * GIB_MIB;
  return { vcpus: size.vcpus, memoryMib: Math.min(size.mibMax, Math.max(size.mibMin, wanted)) };
};

const LAMBDA_MIB_MAX = 10_240;
const LAMBDA_MIB_MIN = 1_769;
const EXECUTORS_MIN = 2;
/** An executor of 4 vCPUs; a run recounts an hour's events within minutes. */
const EVENTS_PER_SECOND_PER_EXECUTOR = 20_000;
const SEARCH_BYTES_PER_KEY = 2_048;
const SEARCH_VOLUME_GIB_MIN = 20;
const GIB = 1_073_741_824;

/** What each part must be like to carry a scale. Pure: the same scale, the same sizes. */
export const sizesFor = (scale: ScaleConfig): Sizes => {
  const vcpus = scale.eventsPerSecond / EVENTS_PER_VCPU;
  const workerVcpus = Math.min(WORKER_VCPUS_MAX, Math.max(1, Math.ceil(vcpus / WORKERS_MIN)));
  const keysMib = (scale.keys * BYTES_PER_KEY) / MIB;
  const worker = taskSize(workerVcpus, WORKER_BASE_MIB + keysMib);
  const serving = taskSize(1, SERVING_BASE_MIB + keysMib * SERVING_PANES);
  return {
    shards: shardsFor(scale),
    worker: { ...worker, count: Math.max(WORKERS_MIN, Math.ceil(vcpus / worker.vcpus)) },
    serving: { ...serving, least: 2, most: 10 },
    fold: {
      memoryMib: Math.min(LAMBDA_MIB_MAX, Math.max(LAMBDA_MIB_MIN, Math.ceil(WORKER_BASE_MIB + keysMib))),
    },
    batch: taskSize(vcpus > 1 ? WORKER_VCPUS_MAX : 2, SERVING_BASE_MIB + keysMib * SERVING_PANES),
    spark: {
      executorsMax: Math.max(
        EXECUTORS_MIN,
        Math.ceil(scale.eventsPerSecond / EVENTS_PER_SECOND_PER_EXECUTOR),
      ),
    },
    search: {
      nodes: 2,
      volumeGib: Math.max(SEARCH_VOLUME_GIB_MIN, Math.ceil((scale.keys * SEARCH_BYTES_PER_KEY) / GIB)),
    },
  };
};
