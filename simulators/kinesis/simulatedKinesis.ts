import type { Clock } from "@freshet/sdk";
import { createRandom, type Random } from "../random/random.js";
import { createFaults, type FaultRule, type Faults } from "./faults.js";
import { KINESIS_LIMITS, type Limits } from "./limits.js";
import type { Operation } from "./operations.js";
import { createService, type KinesisService } from "./service.js";
import type { Account } from "./state/account.js";
import { createBuckets } from "./state/bucket.js";
import type { StoredRecord } from "./state/shard.js";
import { shardsOf, trimStream, wake } from "./state/stream.js";

export interface SimulatedKinesisOptions {
  readonly seed: number | string;
  readonly clock: Clock;
  readonly limits?: Partial<Limits>;
  readonly faults?: readonly FaultRule[];
  /** There and back; none where absent. */
  readonly latencyMs?: (operation: Operation, random: Random) => number;
  /** How long streams and consumers stay CREATING, UPDATING or DELETING; no time where absent. */
  readonly transitionMs?: number;
  readonly region?: string;
  readonly accountId?: string;
}

/** A stored record, and where. */
export interface RecordInShard extends StoredRecord {
  readonly shard: string;
}

/** Kinesis Data Streams in memory: real limits, faults by seed, time by the clock it is given. */
export interface SimulatedKinesis {
  readonly service: KinesisService;
  readonly faults: Faults;
  readonly limits: Limits;
  /** All records that retention has left, by shard, in order: what an oracle compares with. */
  recordsOf(streamName: string): readonly RecordInShard[];
  /** Deletes records that arrived before, and shards that closed before, as retention would. */
  trim(streamName: string, beforeMs: number): void;
}

export const createSimulatedKinesis = (options: SimulatedKinesisOptions): SimulatedKinesis => {
  const { clock, seed, transitionMs = 0, latencyMs } = options;
  const limits: Limits = { ...KINESIS_LIMITS, ...options.limits };
  const account: Account = {
    id: options.accountId ?? "000000000000",
    region: options.region ?? "us-east-1",
    limits,
    streams: new Map(),
    random: createRandom(seed, "kinesis"),
    registrations: createBuckets(limits.registerConsumer),
    clock,
    whenTransitioned(run) {
      if (transitionMs > 0) clock.after(transitionMs, run);
      else run();
    },
  };
  const faults = createFaults(createRandom(seed, "faults"), options.faults ?? []);
  const latencies = createRandom(seed, "latency");
  const streamNamed = (name: string) => {
    const stream = account.streams.get(name);
    if (!stream) throw new RangeError(`no stream ${name}`);
    return stream;
  };
  return {
    service: createService(account, faults, (operation) => latencyMs?.(operation, latencies) ?? 0),
    faults,
    limits,
    recordsOf: (streamName) =>
      shardsOf(streamNamed(streamName)).flatMap(({ id, records }) =>
        records.map((record) => ({ ...record, shard: id })),
      ),
    trim(streamName, beforeMs) {
      const stream = streamNamed(streamName);
      trimStream(stream, beforeMs);
      wake(stream);
    },
  };
};
