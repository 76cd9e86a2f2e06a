import type { SequenceNumber, ShardId } from "@freshet/model";
import { createRecordBatch, type Shard } from "@freshet/storage";
import { createBodyPlacer } from "../bodies/placeBodies.js";
import { createFuse } from "../fuse.js";
import type { Report } from "../report.js";
import { type Coordinator, createCoordinator } from "../schedule/coordinator.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { DEFAULT_SETTINGS, type SpeedSettings } from "../settings.js";
import { startable } from "../shard/ancestors.js";
import { loadCheckpoints } from "../shard/checkpoint.js";
import type { DeliveredBatch } from "./event.js";
import type { FoldStores } from "./stores.js";
import { openWarmShard, type OutOfTime, type WarmShard, type WarmShardOptions } from "./warmShard.js";

/** Nobody tends the schedule between invocations, so that it is kept known for longer. */
export const LAMBDA_SETTINGS: SpeedSettings = { ...DEFAULT_SETTINGS, scheduleAheadMs: 60_000 };

export interface FoldShardsOptions {
  readonly stores: FoldStores;
  readonly settings?: Partial<SpeedSettings>;
  readonly now: () => number;
  readonly report: Report;
  /** Of letters and digits, unique to this run of this process: part of the names of the objects that it writes. */
  readonly writer: string;
}

/** How far a batch is folded and written: all of it, or (null: nothing) through a record. */
export type Folded =
  | { readonly kind: "all" }
  | { readonly kind: "through"; readonly last: SequenceNumber | null };

/** Shards without workers: each folded when something of it is handed in. One call at a time. */
export interface FoldShards {
  readonly settings: SpeedSettings;
  readonly coordinator: Coordinator;
  take(batch: DeliveredBatch, outOfTime: OutOfTime): Promise<Folded>;
  /** Folds closed shards to their ends, parents first. False: time ran out before. */
  endClosed(outOfTime: OutOfTime): Promise<boolean>;
}

export const createFoldShards = (options: FoldShardsOptions): FoldShards => {
  const { stores, now, report } = options;
  const { log, increments, records, leases, lake } = stores;
  const settings: SpeedSettings = { ...LAMBDA_SETTINGS, ...options.settings };
  const { scheduleAheadMs: aheadMs, leaseTtlMs } = settings;
  const coordinator = createCoordinator({
    log,
    records,
    leases,
    owner: options.writer,
    now,
    aheadMs,
    leaseTtlMs,
  });
  const shared: WarmShardOptions = {
    stores,
    bodies: createBodyPlacer(lake, options.writer, settings.inlineBytesMax),
    rules: createRuleBook(records, lake),
    coordinator,
    fuse: createFuse(settings.fuse),
    batch: createRecordBatch({ digest: log.identity.digest }),
    settings,
    now,
    report,
  };
  const warm = new Map<ShardId, { readonly shard: WarmShard; usedMs: number }>();

  /** A fold that was last used longer ago has more to read than one that is opened anew. */
  const dropStale = (): void => {
    const leastMs = now() - log.identity.dedupeHorizonMs;
    for (const [id, { usedMs }] of warm) if (usedMs < leastMs) warm.delete(id);
  };
  const endedOnes = async (): Promise<ReadonlySet<ShardId>> => {
    const checkpoints = await loadCheckpoints(records, log.identity.id);
    return new Set([...checkpoints.values()].filter(({ ended }) => ended).map(({ shard }) => shard));
  };
  const warmOf = async (shard: Shard): Promise<WarmShard | null> => {
    const standing = warm.get(shard.id);
    const opened = standing?.shard ?? (await openWarmShard(shard, shared));
    // thrown away until its use has succeeded
    warm.delete(shard.id);
    return opened;
  };
  const keep = (id: ShardId, shard: WarmShard): void => void warm.set(id, { shard, usedMs: now() });

  const endClosed = async (outOfTime: OutOfTime, of: (id: ShardId) => boolean): Promise<boolean> => {
    const shards = await log.shards();
    for (;;) {
      const next = startable(shards, await endedOnes()).filter(({ id, closed }) => closed && of(id));
      if (next.length === 0) return true;
      for (const shard of next) {
        const opened = await warmOf(shard);
        if (opened && !(await opened.end(outOfTime))) return false;
      }
    }
  };
  const ancestorsIn = (shards: readonly Shard[], id: ShardId): ReadonlySet<ShardId> => {
    const found = new Set<ShardId>();
    const todo = [id];
    for (let one = todo.pop(); one !== undefined; one = todo.pop())
      for (const parent of shards.find((shard) => shard.id === one)?.parents ?? []) {
        if (found.has(parent)) continue;
        found.add(parent);
        todo.push(parent);
      }
    return found;
  };

  return {
    settings,
    coordinator,
    async take(batch, outOfTime) {
      dropStale();
      const stored = (await increments.tips()).get(batch.shard)?.lastSequence ?? null;
      if (!warm.has(batch.shard)) {
        // a child's clock starts at its parents', and Lambda says nothing when a shard ends
        const ancestors = ancestorsIn(await log.shards(), batch.shard);
        if (!(await endClosed(outOfTime, (id) => ancestors.has(id)))) return { kind: "through", last: null };
      }
      const shard = (await log.shards()).find(({ id }) => id === batch.shard);
      if (!shard) throw new Error(`the log has no shard ${batch.shard}, of which a batch was delivered`);
      const opened = await warmOf(shard);
      if (!opened) return { kind: "all" };
      const isWhole = await opened.take(batch, stored, outOfTime);
      keep(shard.id, opened);
      return isWhole ? { kind: "all" } : { kind: "through", last: opened.lastSequence };
    },
    endClosed: (outOfTime) => endClosed(outOfTime, () => true),
  };
};
