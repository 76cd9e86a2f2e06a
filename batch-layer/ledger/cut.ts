import {
  compareSegmentKeys,
  type Cut,
  type CutPoint,
  type Disagreement,
  type LedgerCounts,
  type SegmentKey,
  type SequenceNumber,
  type ShardId,
  type WriteOff,
} from "@freshet/model";
import type { CandidateChain } from "./chain.js";
import type { Family } from "./family.js";
import type { FinishedSegment } from "./finishedSegment.js";

/** A segment whose counts differ between speed and batch. */
export interface Difference extends SegmentKey {
  readonly shard: ShardId;
  readonly batch: LedgerCounts;
}

export interface CutInput {
  readonly cut: Cut;
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
  readonly chains: readonly CandidateChain[];
  readonly differences: readonly Difference[];
  readonly family: Family;
  /** Whether landing has published everything of a shard through a sequence. */
  readonly landed: (shard: ShardId, through: SequenceNumber) => boolean;
  readonly writeOffs: readonly WriteOff[];
  /** The last tick of a shard up to which speed may not have known earlier copies, since a written-off run lies before. */
  readonly unauditedThrough: (shard: ShardId) => number;
  readonly horizonTicks: number;
}

export interface CutAdvance {
  readonly cut: Cut;
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
  /** The first segment of a shard at which the counts differ, and what breaks its chain. */
  readonly disagreements: readonly Disagreement[];
  /** Shards whose chain is broken after the new cut, to be named by what the raw lake holds there. */
  readonly brokenChains: readonly CandidateChain[];
}

/** Whether an operator gave up a segment, by its last sequence. */
export const isWrittenOff = (
  writeOffs: readonly WriteOff[],
  segment: { readonly shard: ShardId; readonly lastSequence: SequenceNumber },
): boolean =>
  writeOffs.some(
    ({ shard, firstSequence, lastSequence }) =>
      shard === segment.shard &&
      firstSequence <= segment.lastSequence &&
      segment.lastSequence <= lastSequence,
  );

const sameButDuplicates = (a: LedgerCounts, b: LedgerCounts): boolean =>
  a.records === b.records &&
  a.events === b.events &&
  [...Object.keys(a.rejected), ...Object.keys(b.rejected)].every((reason) => {
    const known = reason as keyof LedgerCounts["rejected"];
    return (a.rejected[known] ?? 0) === (b.rejected[known] ?? 0);
  });

/** Why a shard's cut cannot pass a segment; null: it can. */
const holds = (
  segment: FinishedSegment,
  difference: Difference | undefined,
  writtenOff: boolean,
  unauditedThrough: number,
): LedgerCounts | null => {
  if (writtenOff) return null;
  if (segment.gap) return difference?.batch ?? segment.counts;
  if (!difference) return null;
  const unaudited = segment.tick <= unauditedThrough;
  return unaudited && sameButDuplicates(segment.counts, difference.batch) ? null : difference.batch;
};

const keyText = ({ tick, ordinal }: SegmentKey): string => `${tick}.${ordinal}`;

/** Moves each shard's cut as far as all has landed and speed and batch agree; a child's only after its parents have ended in it. */
export const advanceCut = (input: CutInput): CutAdvance => {
  const { family, writeOffs, landed } = input;
  const cut: Record<string, CutPoint> = { ...input.cut };
  const ended: Record<string, readonly ShardId[]> = { ...input.ended };
  const disagreements: Disagreement[] = [];
  const brokenChains: CandidateChain[] = [];
  const differences = new Map(input.differences.map((one) => [`${one.shard} ${keyText(one)}`, one]));
  const unaudited = new Map<ShardId, number>();
  const unauditedOf = (shard: ShardId): number =>
    Math.max(
      input.unauditedThrough(shard),
      unaudited.get(shard) ?? -1,
      ...family
        .ancestorsOf(shard)
        .map((one) => Math.max(input.unauditedThrough(one), unaudited.get(one) ?? -1)),
    );

  const advance = ({ shard, segments, missing }: CandidateChain): boolean => {
    for (const segment of segments) {
      const { tick, ordinal, lastSequence } = segment;
      if (!landed(shard, lastSequence)) return false;
      const difference = differences.get(`${shard} ${keyText(segment)}`);
      const writtenOff = isWrittenOff(writeOffs, segment);
      const batch = holds(segment, difference, writtenOff, unauditedOf(shard));
      if (batch) {
        const { firstSequence, counts } = segment;
        disagreements.push({ shard, tick, ordinal, firstSequence, lastSequence, speed: counts, batch });
        return false;
      }
      if (writtenOff) unaudited.set(shard, tick + input.horizonTicks);
      cut[shard] = { tick, ordinal, lastSequence };
      if (segment.children) ended[shard] = segment.children;
    }
    return missing !== null;
  };

  const waiting = new Map(input.chains.map((chain) => [chain.shard, chain]));
  for (let progress = true; progress; ) {
    progress = false;
    for (const [shard, chain] of waiting) {
      if (!family.parentsOf(shard).every((parent) => Object.hasOwn(ended, parent))) continue;
      waiting.delete(shard);
      progress = true;
      if (advance(chain)) brokenChains.push(chain);
    }
  }
  disagreements.sort((a, b) => (a.shard < b.shard ? -1 : a.shard > b.shard ? 1 : compareSegmentKeys(a, b)));
  return { cut, ended, disagreements, brokenChains };
};
