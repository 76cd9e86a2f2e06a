import type { Cut, CutPoint, SegmentKey, SequenceNumber, ShardId, Tip } from "@freshet/model";
import type { IncrementStore } from "@freshet/storage";
import { type FinishedSegment, finishedSegment } from "./finishedSegment.js";

const PAGE_SEGMENTS = 1_000;

/** A run of a shard for which speed has no record: after one segment (null: from the beginning), through a sequence. */
export interface MissingRun {
  readonly shard: ShardId;
  readonly after: CutPoint | null;
  readonly throughSequence: SequenceNumber;
}

/** What speed recorded of one shard after a cut: finished segments without a break, and what breaks the chain. */
export interface CandidateChain {
  readonly shard: ShardId;
  readonly segments: readonly FinishedSegment[];
  readonly missing: MissingRun | null;
}

/** Stands in for the records of a missing run; null where it must not be passed over. */
export type Bridge = (run: MissingRun) => Promise<readonly FinishedSegment[] | null>;

/**
 * Follows one shard's records from a cut through its finished segments.
 *
 * @param tip read before the records: a chain that is shorter has lost its end
 */
export const readChain = async (
  increments: IncrementStore,
  shard: ShardId,
  cut: CutPoint | null,
  tip: Tip | null,
  bridge: Bridge,
): Promise<CandidateChain> => {
  const segments: FinishedSegment[] = [];
  let last = cut?.lastSequence ?? null;
  let from: SegmentKey | null = cut;
  const pass = async (through: SequenceNumber): Promise<MissingRun | null> => {
    const before = segments.at(-1);
    const after = before
      ? { tick: before.tick, ordinal: before.ordinal, lastSequence: before.lastSequence }
      : cut;
    const run: MissingRun = { shard, after, throughSequence: through };
    const bridged = await bridge(run);
    if (!bridged) return run;
    segments.push(...bridged);
    last = through;
    return null;
  };
  for (;;) {
    const page = await increments.segments(shard, from, PAGE_SEGMENTS);
    for (const record of page) {
      if (record.previousSequence !== last) {
        if (record.previousSequence === null || (last !== null && record.previousSequence < last)) {
          throw new Error(
            `segment ${record.tick}.${record.ordinal} of ${shard} contradicts the one before it`,
          );
        }
        const missing = await pass(record.previousSequence);
        if (missing) return { shard, segments, missing };
      }
      if (!record.finished) return { shard, segments, missing: null };
      segments.push(finishedSegment(record, last));
      last = record.lastSequence;
    }
    from = page.at(-1) ?? from;
    if (page.length < PAGE_SEGMENTS) break;
  }
  const through = tip?.lastSequence ?? null;
  const short = through !== null && (last === null || last < through);
  return { shard, segments, missing: short ? await pass(through) : null };
};

/** Every shard that may hold something after the cut: the roster, the log's, and the children of what has ended. */
export const shardsAfterCut = (
  roster: readonly ShardId[],
  ofLog: readonly ShardId[],
  cut: Cut,
  ended: Readonly<Record<string, readonly ShardId[]>>,
): readonly ShardId[] => {
  const all = new Set<ShardId>([
    ...roster,
    ...ofLog,
    ...(Object.keys(cut) as ShardId[]),
    ...Object.values(ended).flat(),
  ]);
  return [...all].filter((shard) => !Object.hasOwn(ended, shard)).sort();
};
