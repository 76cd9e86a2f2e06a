import type { SequenceNumber, ShardId } from "../brand.js";
import { compareSegmentKeys, type SegmentKey } from "../time/segment.js";
import type { CutPoint } from "./generation.js";
import type { CompactedRecord, SegmentRecord, Tip } from "./segmentRecord.js";

/** One link of a shard's chain: a segment's record, or a compacted run of them. */
export type Link = { readonly kind: "segment"; readonly record: SegmentRecord } | CompactedLink;
export interface CompactedLink {
  readonly kind: "compacted";
  readonly record: CompactedRecord;
}

/** What can be read of one shard after a cut, without a break. */
export interface Chain {
  readonly shard: ShardId;
  readonly links: readonly Link[];
  /** Through here everything has been read; null before any record. */
  readonly lastSequence: SequenceNumber | null;
  /** The children, once the chain contains the shard's `ended` record. */
  readonly children: readonly ShardId[] | null;
  /** Where the chain breaks, or is shorter than what the tip vouches for. */
  readonly hole: string | null;
}

const sameKey = (a: SegmentKey, b: SegmentKey): boolean => compareSegmentKeys(a, b) === 0;

/** A compacted record is used only where the chain stands exactly at its start. */
const compactedAt = (
  compacted: readonly CompactedRecord[],
  at: SegmentRecord,
  previous: SequenceNumber | null,
): CompactedRecord | undefined =>
  compacted.find((run) => sameKey(run.first, at) && run.previousSequence === previous);

/**
 * Follows `previousSequence` from a cut (null: from the shard's beginning).
 *
 * @param records the shard's segment records, in key order; those at or before the cut are passed over
 * @param tip read before the records: a chain shorter than it is a hole
 */
export const followChain = (
  shard: ShardId,
  cut: CutPoint | null,
  records: readonly SegmentRecord[],
  compacted: readonly CompactedRecord[],
  tip: Tip | null,
): Chain => {
  const links: Link[] = [];
  let lastSequence = cut?.lastSequence ?? null;
  let children: readonly ShardId[] | null = null;
  let hole: string | null = null;
  let coveredThrough: SegmentKey | null = cut;
  for (const record of records) {
    if (coveredThrough && compareSegmentKeys(record, coveredThrough) <= 0) continue;
    const run = compactedAt(compacted, record, lastSequence);
    if (run) {
      links.push({ kind: "compacted", record: run });
      lastSequence = run.lastSequence;
      coveredThrough = run.last;
      continue;
    }
    if (record.previousSequence !== lastSequence) {
      hole = `segment ${record.tick}.${record.ordinal} follows ${record.previousSequence ?? "the beginning"}, not ${lastSequence ?? "the beginning"}`;
      break;
    }
    links.push({ kind: "segment", record });
    lastSequence = record.lastSequence;
    if (record.ended) children = record.children;
  }
  if (hole === null && tip?.lastSequence && (lastSequence === null || lastSequence < tip.lastSequence)) {
    hole = `the worker vouches for ${tip.lastSequence}, the chain ends at ${lastSequence ?? "the beginning"}`;
  }
  return { shard, links, lastSequence, children, hole };
};
