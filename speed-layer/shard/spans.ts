import {
  advance,
  type SegmentKey,
  type SegmenterSettings,
  type SegmenterState,
  type SequenceNumber,
  type Tick,
} from "@freshet/model";
import type { LogRecord, RecordBatch } from "@freshet/storage";
import { isFull } from "./batch.js";
import type { Judge, RuleBook } from "./rules.js";

/** A run of records of one segment within one batch. */
export interface Span {
  readonly key: SegmentKey;
  /** Whether the run's first record opens the segment. */
  readonly opens: boolean;
  /** As it stood before the first record. */
  readonly segmenter: SegmenterState;
  readonly previousSequence: SequenceNumber | null;
  readonly firstSequence: SequenceNumber;
  lastSequence: SequenceNumber;
  records: number;
  /** The run's events within the batch. */
  readonly from: number;
  toExclusive: number;
}

/** What was put into a batch: records that are judged alike, so that their events can be scanned at once. */
export interface Cutting {
  /** Null: no record was taken. */
  readonly judge: Judge | null;
  readonly spans: readonly Span[];
  readonly segmenter: SegmenterState;
  readonly taken: number;
  /** The tick of the first record that was not taken, where its rules are not known. */
  readonly blockedAt: Tick | null;
}

const tickAt = ({ clockMs }: SegmenterState, { arrivalMs }: LogRecord, segmentMs: number): Tick =>
  Math.floor(Math.max(clockMs, arrivalMs) / segmentMs) as Tick;

interface Start {
  readonly segmenter: SegmenterState;
  readonly lastSequence: SequenceNumber | null;
}

/**
 * Fills the batch with records from index `from` on, cut into segments by their arrival clock, until it is full or the
 * next record's tick has other rules, or none that are known.
 */
export const cutIntoSpans = (
  batch: RecordBatch,
  records: readonly LogRecord[],
  from: number,
  start: Start,
  settings: SegmenterSettings,
  rules: RuleBook,
): Cutting => {
  batch.clear();
  const spans: Span[] = [];
  let { segmenter, lastSequence } = start;
  let judge: Judge | null = null;
  let index = from;
  const cutting = (blockedAt: Tick | null): Cutting => ({
    judge,
    spans,
    segmenter,
    taken: index - from,
    blockedAt,
  });
  for (; index < records.length && !isFull(batch); index++) {
    const record = records[index] as LogRecord;
    const at = tickAt(segmenter, record, settings.segmentMs);
    const judgeOfTick = rules.judgeAt(at);
    if (judgeOfTick === null) return cutting(at);
    if (judge !== null && judgeOfTick !== judge) break;
    judge = judgeOfTick;
    const before = batch.count;
    const { state, opens } = advance(segmenter, record.arrivalMs, batch.add(record.data), settings);
    let span = spans.at(-1);
    if (opens || !span) {
      span = {
        key: state.key as SegmentKey,
        opens,
        segmenter,
        previousSequence: lastSequence,
        firstSequence: record.sequence,
        lastSequence: record.sequence,
        records: 0,
        from: before,
        toExclusive: before,
      };
      spans.push(span);
    }
    span.records++;
    span.lastSequence = record.sequence;
    span.toExclusive = batch.count;
    segmenter = state;
    lastSequence = record.sequence;
  }
  return cutting(null);
};
