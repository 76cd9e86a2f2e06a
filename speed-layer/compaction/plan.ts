import type { SegmentKey, SegmentRecord } from "@freshet/model";

/** What to do with the oldest stored segments that no compacted record covers. */
export type CompactionPlan =
  | { readonly kind: "merge"; readonly run: readonly SegmentRecord[] }
  /** These stay as they are. */
  | { readonly kind: "pass"; readonly through: SegmentKey }
  /** The oldest minute is not over yet. */
  | { readonly kind: "wait" };

const isPlain = (record: SegmentRecord): boolean => record.finished && !record.ended && !record.gap;

/**
 * The next run of finished segments of one minute with equal definitions: segments of one revision.
 *
 * @param records the oldest that are not covered, in key order
 * @param pageIsFull there are more records than these
 */
export const planCompaction = (
  records: readonly SegmentRecord[],
  pageIsFull: boolean,
  minuteTicks: number,
): CompactionPlan => {
  const first = records[0];
  if (!first?.finished) return { kind: "wait" };
  if (!isPlain(first)) return { kind: "pass", through: first };
  const minute = Math.floor(first.tick / minuteTicks);
  const run: SegmentRecord[] = [];
  let previous = first.previousSequence;
  for (const record of records) {
    const belongs =
      isPlain(record) &&
      Math.floor(record.tick / minuteTicks) === minute &&
      record.revision === first.revision &&
      record.previousSequence === previous;
    if (!belongs) break;
    run.push(record);
    previous = record.lastSequence;
  }
  const next = records[run.length];
  const isOver = next ? next.finished || Math.floor(next.tick / minuteTicks) > minute : pageIsFull;
  if (!isOver) return { kind: "wait" };
  return run.length > 1 ? { kind: "merge", run } : { kind: "pass", through: first };
};
