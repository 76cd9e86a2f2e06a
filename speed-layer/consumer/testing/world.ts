import { encodeAggregate } from "@freshet/kpl";
import {
  createRandom,
  createSimulatedKinesis,
  createVirtualClock,
  type SimulatedKinesisOptions,
} from "@freshet/simulators";
import { type Clock, pause } from "../clock.js";
import { isEnded, type Lease } from "../lease/lease.js";
import type { LeaseStore } from "../lease/store.js";
import type { InitialPosition } from "../plan/newLeases.js";
import { createPoller } from "../polling/poller.js";
import type { Batch, ProcessShard } from "../session/shardSession.js";
import type { Report } from "../worker/report.js";
import { DEFAULT_SETTINGS, type WorkerSettings } from "../worker/settings.js";
import { startWorker, type WorkerOptions } from "../worker/worker.js";
import { type LeaseFaults, NO_FAULTS, faultyLeases } from "./faultyLeases.js";
import { createFreezer } from "./freezer.js";
import { memoryLeases } from "./memoryLeases.js";
import { simulatedStream } from "./simulatedStream.js";
import { createTruth } from "./truth.js";

export const START_MS = Date.parse("2026-11-21T12:00:00Z");
const STREAM = "events";

export interface WorldOptions {
  readonly seed?: number;
  readonly shards?: number;
  readonly leases?: readonly Lease[];
  readonly kinesis?: Partial<SimulatedKinesisOptions>;
  readonly settings?: Partial<WorkerSettings>;
  readonly initial?: InitialPosition;
  /** Of handling one batch that is not empty. */
  readonly handlingMs?: number;
}

/** Goes before the handling of each batch, and may delay it or throw. */
export type BeforeBatch = (batch: Batch, clock: Clock) => Promise<void>;

/** Workers, a stream and a lease table in virtual time, watched by `truth`. */
export const createWorld = async (options: WorldOptions = {}) => {
  const { seed = 1, shards = 1, handlingMs = 0 } = options;
  const random = createRandom(seed, "world");
  const clock = createVirtualClock(START_MS);
  const kinesis = createSimulatedKinesis({ seed, clock, ...options.kinesis });
  await kinesis.service.call("CreateStream", { StreamName: STREAM, ShardCount: shards });
  const table = memoryLeases(options.leases);
  const truth = createTruth(kinesis, STREAM);
  const leaseFaults: LeaseFaults = { ...NO_FAULTS };
  const struck = { lostRequests: 0, lostResponses: 0 };
  const broken: unknown[] = [];
  let puts = 0;

  /** What breaks a law breaks the run, wherever it happens. */
  const watched = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      broken.push(error);
    }
  };

  const watchedTable = (worker: string): LeaseStore => ({
    ...table,
    change: async (seen, change) => {
      const outcome = await table.change(seen, change);
      if (outcome.kind === "changed") watched(() => truth.changed(worker, seen, change));
      return outcome;
    },
    create: async (lease) => {
      const isMade = await table.create(lease);
      if (isMade) watched(() => truth.created(worker, lease));
      return isMade;
    },
  });

  const startWorkerNamed = (id: string, overrides: Partial<WorkerOptions> = {}, before?: BeforeBatch) => {
    const freezer = createFreezer(clock);
    const reports: Report[] = [];
    const stream = simulatedStream(kinesis.service, STREAM);
    const settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const given: string[] = [];
    const draws = createRandom(seed, "worker", id);
    const work: ProcessShard = async (session) => {
      for await (const batch of session) {
        const { records, through } = batch;
        await before?.(batch, freezer.clock);
        if (handlingMs > 0 && records.length > 0) await pause(freezer.clock, handlingMs);
        for (const record of records) {
          const recordId = Buffer.from(record.data).toString();
          given.push(recordId);
          watched(() => truth.work(id, session.shard, recordId, record));
        }
        if (through) session.accept(through);
      }
    };
    const table = faultyLeases(watchedTable(id), clock, createRandom(seed, "table", id), leaseFaults, struck);
    const worker = startWorker({
      id,
      store: {
        list: (newest) => freezer.gated(table.list(newest)),
        read: (shard) => freezer.gated(table.read(shard)),
        create: (lease) => freezer.gated(table.create(lease)),
        change: (seen, change) => freezer.gated(table.change(seen, change)),
        remove: (seen) => freezer.gated(table.remove(seen)),
      },
      stream,
      initial: options.initial ?? { kind: "trimHorizon" },
      process: work,
      openSource: (shard, from, budget) =>
        createPoller({
          stream: {
            listShards: (covering, signal) => freezer.gated(stream.listShards(covering, signal)),
            iterator: (shard, from, signal) => freezer.gated(stream.iterator(shard, from, signal)),
            read: (iterator, limit, signal) => freezer.gated(stream.read(iterator, limit, signal)),
          },
          shard,
          from,
          clock: freezer.clock,
          random: draws.unit,
          pace: settings,
          prefetch: { recordsMax: settings.prefetchRecordsMax, bytesMax: settings.prefetchBytesMax },
          budget,
          requestTimeoutMs: settings.requestTimeoutMs,
          onFailure: (failure) => reports.push({ kind: "readFailed", shard, failure }),
        }),
      settings,
      clock: freezer.clock,
      random: draws.unit,
      report: (report) => reports.push(report),
      ...overrides,
    });
    return { id, worker, freezer, reports, given };
  };

  /** By another operation than the workers ask, whose faults and delays are not the world's. */
  const listed = async () => {
    const { StreamDescription } = await kinesis.service.call("DescribeStream", { StreamName: STREAM });
    return (StreamDescription?.Shards ?? []).map((shard) => ({
      id: shard.ShardId as string,
      first: BigInt(shard.HashKeyRange?.StartingHashKey as string),
      last: BigInt(shard.HashKeyRange?.EndingHashKey as string),
      parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined),
      isOpen: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
    }));
  };

  const learnShards = async (): Promise<void> => {
    for (const { id, parents } of await listed()) truth.descends(id, parents);
  };

  /** Resharding is the world's own doing: no fault touches it. */
  const undisturbed = async (run: () => Promise<unknown>): Promise<void> => {
    await run();
    await learnShards();
  };

  const world = {
    clock,
    kinesis,
    table,
    truth,
    random,
    leaseFaults,
    struck,
    stream: simulatedStream(kinesis.service, STREAM),
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    /** A registered consumer's ARN. */
    async fanOutConsumer(): Promise<string> {
      const { StreamDescriptionSummary: summary } = await kinesis.service.call("DescribeStreamSummary", {
        StreamName: STREAM,
      });
      const { Consumer } = await kinesis.service.call("RegisterStreamConsumer", {
        StreamARN: summary?.StreamARN,
        ConsumerName: "consumer",
      });
      return Consumer?.ConsumerARN as string;
    },
    startWorker: startWorkerNamed,
    listed,
    rows: (): readonly Lease[] => [...table.rows.values()],
    openShards: async () => (await listed()).filter(({ isOpen }) => isOpen),
    /** One record, or one aggregate of several, with names of their own for data. */
    async put(members = 1): Promise<string> {
      const ids = Array.from({ length: members }, () => `r${puts++}`);
      const users = ids.map((id) => ({ partitionKey: id, data: Buffer.from(id) }));
      const data = members === 1 ? (users[0]?.data as Uint8Array) : encodeAggregate(users);
      const key = ids[0] as string;
      const stored = await kinesis.service.call("PutRecord", {
        StreamName: STREAM,
        PartitionKey: key,
        Data: data,
      });
      const at = { shard: stored.ShardId as string, sequence: stored.SequenceNumber as string };
      for (const [subsequence, id] of ids.entries()) truth.put({ ...at, id, subsequence });
      return at.shard;
    },
    /** A record that came before the application's time: nobody is to work it. */
    async putEarlier(): Promise<void> {
      const input = { StreamName: STREAM, PartitionKey: `early${puts++}`, Data: Buffer.from("early") };
      await kinesis.service.call("PutRecord", input);
    },
    async split(shard: {
      readonly id: string;
      readonly first: bigint;
      readonly last: bigint;
    }): Promise<void> {
      const NewStartingHashKey = `${(shard.first + shard.last) / 2n + 1n}`;
      await undisturbed(() =>
        kinesis.service.call("SplitShard", {
          StreamName: STREAM,
          ShardToSplit: shard.id,
          NewStartingHashKey,
        }),
      );
    },
    async merge(shard: { readonly id: string }, adjacent: { readonly id: string }): Promise<void> {
      await undisturbed(() =>
        kinesis.service.call("MergeShards", {
          StreamName: STREAM,
          ShardToMerge: shard.id,
          AdjacentShardToMerge: adjacent.id,
        }),
      );
    },
    trim: (beforeMs: number): void => kinesis.trim(STREAM, beforeMs),
    /** Lets time pass; @throws what broke a law meanwhile */
    async run(ms: number): Promise<void> {
      await clock.advance(ms);
      if (broken.length > 0) throw broken[0];
    },
    /** Open leases by owner. */
    owned: (): ReadonlyMap<string, number> => {
      const counts = new Map<string, number>();
      for (const lease of table.rows.values()) {
        if (isEnded(lease) || lease.owner === null) continue;
        counts.set(lease.owner, (counts.get(lease.owner) ?? 0) + 1);
      }
      return counts;
    },
  };
  await learnShards();
  return world;
};

export type World = Awaited<ReturnType<typeof createWorld>>;
