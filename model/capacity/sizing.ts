import { TASK_MIB_MAX, TASK_VCPUS_MAX, type TaskSize, taskSize } from "./fargate.js";
import { EVENTS_PER_VCPU, type Scale } from "./scale.js";
import { shardsFor } from "./shards.js";

/** At least: half of them may be down at a time. */
const WORKERS_MIN = 2;
/** docs/performance.md: 159 MB a million live groups; the segments of a dedupe horizon and the process itself beside them. */
const BYTES_PER_KEY = 160;
const WORKER_BASE_MIB = 1_024;
/** Identities that a worker remembers for the log's dedupe horizon, in tables that are half full. */
const DEDUPE_SECONDS = 120;
const IDENTITY_BYTES = 2 * 32;
const SERVING_BASE_MIB = 2_048;
/** The reader holds states of more panes than the fold does. */
const SERVING_PANES = 4;
const MIB = 1_048_576;
const LAMBDA_MIB_MAX = 10_240;
const LAMBDA_MIB_MIN = 1_769;
const EXECUTORS_MIN = 2;
/** An executor of 4 vCPUs; a run recounts an hour's events within minutes. */
const EVENTS_PER_SECOND_PER_EXECUTOR = 20_000;
const SEARCH_NODES = 2;
const SEARCH_BYTES_PER_KEY = 2_048;
const SEARCH_VOLUME_GIB_MIN = 20;
const GIB = 1_073_741_824;

/** Keys that a server holds: all that are live, until the keyspace is kept in parts. */
export const SERVED_KEYS_MAX = Math.floor(
  ((TASK_MIB_MAX - SERVING_BASE_MIB) * MIB) / (BYTES_PER_KEY * SERVING_PANES),
);

export interface Sizes {
  readonly shards: number;
  readonly worker: TaskSize & { readonly count: number };
  /** Between so many copies; each holds all live keys. */
  readonly serving: TaskSize & { readonly least: number; readonly most: number };
  readonly fold: { readonly memoryMib: number };
  readonly batch: TaskSize;
  readonly spark: { readonly executorsMax: number };
  /** Of OpenSearch; each node has a volume. */
  readonly search: { readonly nodes: number; readonly volumeGib: number };
}

/** What each part must be like to carry a scale: the stacks are made so, and a plan prices it. */
export const sizesFor = (scale: Scale): Sizes => {
  const { eventsPerSecond, keys, eventsPerVcpu = EVENTS_PER_VCPU } = scale;
  const vcpus = eventsPerSecond / eventsPerVcpu;
  const workerVcpus = Math.min(TASK_VCPUS_MAX, Math.max(1, Math.ceil(vcpus / WORKERS_MIN)));
  const workers = Math.max(WORKERS_MIN, Math.ceil(vcpus / workerVcpus));
  const keysMib = (keys * BYTES_PER_KEY) / MIB;
  const identitiesMib = (eventsPerSecond * DEDUPE_SECONDS * IDENTITY_BYTES) / workers / MIB;
  const worker = taskSize(workerVcpus, WORKER_BASE_MIB + identitiesMib + keysMib);
  const servingMib = SERVING_BASE_MIB + keysMib * SERVING_PANES;
  return {
    shards: shardsFor(scale),
    worker: { ...worker, count: workers },
    serving: { ...taskSize(1, servingMib), least: 2, most: 10 },
    fold: {
      memoryMib: Math.min(LAMBDA_MIB_MAX, Math.max(LAMBDA_MIB_MIN, Math.ceil(WORKER_BASE_MIB + keysMib))),
    },
    batch: taskSize(vcpus > 1 ? TASK_VCPUS_MAX : 2, servingMib),
    spark: {
      executorsMax: Math.max(EXECUTORS_MIN, Math.ceil(eventsPerSecond / EVENTS_PER_SECOND_PER_EXECUTOR)),
    },
    search: {
      nodes: SEARCH_NODES,
      volumeGib: Math.max(SEARCH_VOLUME_GIB_MIN, Math.ceil((keys * SEARCH_BYTES_PER_KEY) / GIB)),
    },
  };
};
