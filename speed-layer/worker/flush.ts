import type { Reason, SegmentRecord, ShardId } from "@freshet/model";
import type { DeadLetterSink, IncrementStore } from "@freshet/storage";
import type { BodyPlacer } from "../bodies/placeBodies.js";
import type { Report } from "../report.js";
import type { Checkpoint, CheckpointSaver } from "../shard/checkpoint.js";
import type { ShardOutput } from "../shard/output.js";

export interface FlushStores {
  readonly increments: IncrementStore;
  readonly checkpoints: CheckpointSaver;
  readonly deadLetters: DeadLetterSink;
  readonly bodies: BodyPlacer;
}

/** The stored finished segment differs from what was folded from the same log: one of the two is wrong. */
export class SegmentConflict extends Error {
  constructor(
    readonly folded: SegmentRecord,
    readonly stored: SegmentRecord,
  ) {
    super(
      `segment ${folded.tick}.${folded.ordinal} of ${folded.shard} was folded as ${folded.firstSequence} to ` +
        `${folded.lastSequence} (body ${folded.bodyHash.slice(0, 12)}), but is stored as ${stored.firstSequence} to ` +
        `${stored.lastSequence} (body ${stored.bodyHash.slice(0, 12)}, finished). The shard is stopped; nothing was overwritten.`,
    );
    this.name = "SegmentConflict";
  }
}

/** Asked for at once: the store lets them take effect in this order, so that a crash leaves no hole in the chain. */
const writeSegments = async (
  increments: IncrementStore,
  segments: readonly SegmentRecord[],
): Promise<SegmentConflict | null> => {
  const outcomes = await Promise.all(segments.map((record) => increments.writeSegment(record)));
  for (const [index, outcome] of outcomes.entries()) {
    const folded = segments[index];
    if (outcome.kind === "conflict" && folded) return new SegmentConflict(folded, outcome.record);
  }
  return null;
};

const reasonsOf = (output: ShardOutput): Partial<Record<Reason, number>> => {
  const counts: Partial<Record<Reason, number>> = {};
  for (const { reason } of output.letters) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};

/** What one flush has to write of one shard, and the checkpoint that was saved last. */
export interface ShardFlush {
  readonly output: ShardOutput;
  readonly savedCheckpoint: Checkpoint | null;
}

const movedOn = ({ output: { checkpoint }, savedCheckpoint }: ShardFlush): boolean =>
  savedCheckpoint === null ||
  checkpoint.previousSequence !== savedCheckpoint.previousSequence ||
  (checkpoint.ended !== null) !== (savedCheckpoint.ended !== null);

/**
 * Writes what shards have folded, each thing after those that it vouches for: dead letters, bodies, segment records,
 * then tip and checkpoint. A shard whose segment conflicts gets neither tip nor checkpoint; the others do.
 */
export const flushShards = async (
  stores: FlushStores,
  flushes: readonly ShardFlush[],
  report: Report,
): Promise<ReadonlyMap<ShardId, SegmentConflict>> => {
  const letters = flushes.flatMap(({ output }) => output.letters);
  if (letters.length > 0) await stores.deadLetters.put(letters);
  const placed = await stores.bodies.place(flushes.flatMap(({ output }) => output.segments));
  const conflicts = new Map<ShardId, SegmentConflict>();
  let from = 0;
  const writes = flushes.map((flush) => {
    const segments = placed.slice(from, from + flush.output.segments.length);
    from += segments.length;
    return { flush, segments };
  });
  await Promise.all(
    writes.map(async ({ flush, segments }) => {
      const { tip, checkpoint } = flush.output;
      const { shard } = checkpoint;
      const conflict = await writeSegments(stores.increments, segments);
      if (conflict) {
        conflicts.set(shard, conflict);
        return;
      }
      await Promise.all([
        tip && stores.increments.writeTip(tip),
        movedOn(flush) && stores.checkpoints.save(checkpoint),
      ]);
      if (flush.output.letters.length > 0)
        report({ kind: "dead_letters", shard, counts: reasonsOf(flush.output) });
      if (checkpoint.ended) report({ kind: "shard_ended", shard, children: checkpoint.ended.children });
    }),
  );
  return conflicts;
};
