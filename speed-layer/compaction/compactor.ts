import type { CompactedRecord, EpochMs, SegmentKey, SegmentRecord, ShardId } from "@freshet/model";
import { type IncrementStore, type Lake, type ShardLog, StorageError } from "@freshet/storage";
import type { BodyPlacer } from "../bodies/placeBodies.js";
import { hashOf } from "../shard/output.js";
import type { RuleBook } from "../shard/rules.js";
import { addCounts, mergeBodies } from "./mergeBodies.js";
import { planCompaction } from "./plan.js";

const MINUTE_MS = 60_000;
/** Segments looked at, and at most merged, at once. */
const RUN_SEGMENTS_MAX = 240;
/** How long a shard whose oldest minute is not over is left alone. */
const RETRY_AFTER_MS = 15_000;

/** Merges finished minutes for readers that start cold. Deletes nothing; nothing depends on it. */
export interface Compactor {
  /** Looks at one shard that is due, and compacts at most one run of it. */
  compactNext(shards: readonly ShardId[]): Promise<void>;
}

export interface CompactorOptions {
  readonly log: ShardLog;
  readonly increments: IncrementStore;
  readonly lake: Lake;
  readonly rules: RuleBook;
  readonly bodies: BodyPlacer;
  readonly now: () => number;
}

interface Progress {
  after: SegmentKey | null;
  dueMs: number;
}

export const createCompactor = (options: CompactorOptions): Compactor => {
  const { increments, lake, rules, now } = options;
  const minuteTicks = Math.max(1, Math.floor(MINUTE_MS / options.log.identity.segmentMs));
  const progressOf = new Map<ShardId, Progress>();

  const bodyOf = async ({ body }: SegmentRecord): Promise<Uint8Array> =>
    body.kind === "inline" ? body.bytes : lake.get(body.path, { offset: body.offset, length: body.length });

  const merge = async (run: readonly SegmentRecord[]): Promise<void> => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last) return;
    await rules.prepare(first.tick);
    const metrics = new Map(
      rules.judgeAt(first.tick)?.empty.metrics.map((metric) => [metric.definition, metric.measures]),
    );
    const bytes = mergeBodies(await Promise.all(run.map(bodyOf)), (hash) => metrics.get(hash) ?? null);
    const newest = run.flatMap(({ newestTimeMs }) => (newestTimeMs === null ? [] : [newestTimeMs]));
    const record: Omit<CompactedRecord, "body"> = {
      version: 1,
      shard: first.shard,
      first: { tick: first.tick, ordinal: first.ordinal },
      last: { tick: last.tick, ordinal: last.ordinal },
      previousSequence: first.previousSequence,
      lastSequence: last.lastSequence,
      revision: first.revision,
      counts: addCounts(run.map(({ counts }) => counts)),
      newestTimeMs: newest.length > 0 ? (Math.max(...newest) as EpochMs) : null,
      bodyHash: hashOf(bytes),
    };
    const pointer = await options.bodies.placeOne(bytes, last.tick);
    await increments.writeCompacted({ ...record, body: pointer });
  };

  const lookAt = async (shard: ShardId, progress: Progress): Promise<void> => {
    const records = await increments.segments(shard, progress.after, RUN_SEGMENTS_MAX);
    const plan = planCompaction(records, records.length === RUN_SEGMENTS_MAX, minuteTicks);
    switch (plan.kind) {
      case "wait":
        progress.dueMs = now() + RETRY_AFTER_MS;
        return;
      case "pass":
        progress.after = plan.through;
        return;
      case "merge":
        try {
          await merge(plan.run);
        } catch (error) {
          // A body that expired meanwhile: whoever starts cold now has a generation that covers it.
          if (!(error instanceof StorageError && error.kind === "missing")) throw error;
        }
        progress.after = plan.run.at(-1) ?? null;
    }
  };

  return {
    async compactNext(shards) {
      for (const shard of shards) {
        let progress = progressOf.get(shard);
        if (!progress) {
          const stored = await increments.compacted(shard);
          progress = { after: stored.at(-1)?.last ?? null, dueMs: now() };
          progressOf.set(shard, progress);
        }
        if (progress.dueMs > now()) continue;
        await lookAt(shard, progress);
        return;
      }
    },
  };
};
