import type { Clock } from "../clock.js";
import { withDeadline } from "../deadline.js";
import type { Lease } from "../lease/lease.js";
import type { LeaseStore } from "../lease/store.js";
import { beginningOf, type InitialPosition, type ListedShard, missingLeases } from "../plan/newLeases.js";
import { removableLeases } from "../plan/removals.js";
import type { KinesisStream, StartingPoint } from "../stream/stream.js";

export interface ShardSyncOptions {
  readonly store: LeaseStore;
  readonly stream: KinesisStream;
  readonly clock: Clock;
  readonly initial: InitialPosition;
  readonly requestTimeoutMs: number;
}

/** Brings the lease table into line with the stream's shards. */
export interface ShardSync {
  /** Makes the leases that are missing, and learns of missing parents. Returns the shards of the new leases. */
  run(): Promise<readonly string[]>;
  /** Parents that have no lease and need none: their shards were worked, or have left the log. */
  readonly past: ReadonlySet<string>;
  /** Removes what nothing needs any more; returns its shards. */
  clean(): Promise<readonly string[]>;
}

export const createShardSync = (options: ShardSyncOptions): ShardSync => {
  const { store, stream, clock, initial, requestTimeoutMs } = options;
  const past = new Set<string>();

  const list = (covering: StartingPoint | null): Promise<readonly ListedShard[]> =>
    withDeadline(clock, requestTimeoutMs, "listing the shards", (signal) =>
      stream.listShards(covering, signal),
    );

  /** Asks which shards cover the beginning only when something begins there: at the very start, or after rows were lost. */
  const planned = async (
    listed: readonly ListedShard[],
    standing: readonly Lease[],
  ): Promise<readonly Lease[]> => {
    const beginning = beginningOf(standing, initial, clock.epochMs());
    const everything = missingLeases(listed, standing, { ...beginning, shards: new Set() });
    const covering = coveringPoint(standing, beginning.startMs);
    if (covering === null || everything.every(({ startMs }) => startMs === null)) return everything;
    const shards = new Set((await list(covering)).map(({ id }) => id));
    // Listed again: every shard that covers the beginning is in the list then.
    return missingLeases(await list(null), standing, { ...beginning, shards });
  };

  /** Null where the beginning is the oldest record. */
  const coveringPoint = (standing: readonly Lease[], startMs: number | null): StartingPoint | null => {
    if (startMs === null) return null;
    return standing.length === 0 ? initial : { kind: "timestamp", timeMs: startMs };
  };

  /** Rows of old clients do not say which hash keys their shards have. */
  const completed = async (
    leases: readonly Lease[],
    listed: readonly ListedShard[],
  ): Promise<readonly Lease[]> => {
    const ranges = new Map(listed.map(({ id, hashRange }) => [id, hashRange]));
    const complete: Lease[] = [];
    for (const lease of leases) {
      const hashRange = lease.hashRange ?? ranges.get(lease.shard) ?? null;
      if (lease.hashRange === null && hashRange)
        await store.change(lease, { raisesCounter: false, hashRange });
      complete.push({ ...lease, hashRange });
    }
    return complete;
  };

  const run = async (): Promise<readonly string[]> => {
    const listed = await list(null);
    const standing = await completed(await store.list(true), listed);
    const missing = await planned(listed, standing);
    for (const lease of missing) await store.create(lease);
    const present = new Set([...standing, ...missing].map(({ shard }) => shard));
    for (const parent of new Set([...standing, ...missing].flatMap(({ parents }) => parents))) {
      if (present.has(parent) || past.has(parent)) continue;
      if ((await store.read(parent)) === null) past.add(parent);
    }
    return missing.map(({ shard }) => shard);
  };

  const clean = async (): Promise<readonly string[]> => {
    const leases = await store.list(true);
    const listed = new Set((await list(null)).map(({ id }) => id));
    const removed: string[] = [];
    for (const lease of removableLeases(leases, listed))
      if (await store.remove(lease)) removed.push(lease.shard);
    return removed;
  };

  return { run, past, clean };
};
