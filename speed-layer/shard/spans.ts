import {
  advance,
  type SegmentKey,
  type SegmenterSettings,
  type SegmenterState,
  type SequenceNumber,
  type Tick,
} from "@freshet/model";
import type { LogRecord } from "@freshet/storage";
import type { RawEvent } from "../clear/columns.js";
import type { Judge, RuleBook } from "./rules.js";
import type { Unpack } from "./unpack.js";

/** A run of records of one segment within one read. */
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
  /** The run's events within its batch. */
  readonly from: number;
  toExclusive: number;
}

/** Runs that are judged alike, with their events, so that they can be scanned at once. */
export interface Batch {
  readonly judge: Judge;
  readonly spans: readonly Span[];
  readonly events: readonly RawEvent[];
  /** By event: its record, and its place within it. */
  readonly sources: readonly { readonly record: LogRecord; readonly subsequence: number }[];
}

export interface Cutting {
  readonly batches: readonly Batch[];
  readonly segmenter: SegmenterState;
  readonly taken: number;
  /** The tick of the first record that was not taken, because its rules are not known. */
  readonly blockedAt: Tick | null;
}

interface OpenBatch extends Batch {
  readonly spans: Span[];
  readonly events: RawEvent[];
  readonly sources: { readonly record: LogRecord; readonly subsequence: number }[];
}

/** Cuts records into segments by their arrival clock, up to the first whose tick has no known rules. */
export const cutIntoSpans = (
  records: readonly LogRecord[],
  start: { readonly segmenter: SegmenterState; readonly lastSequence: SequenceNumber | null },
  settings: SegmenterSettings,
  rules: RuleBook,
  unpack: Unpack,
): Cutting => {
  const batches: OpenBatch[] = [];
  let { segmenter, lastSequence } = start;
  let taken = 0;
  for (const record of records) {
    const events = unpack(record.data);
    const { state, opens } = advance(segmenter, record.arrivalMs, events.length, settings);
    const key = state.key as SegmentKey;
    const judge = rules.judgeAt(key.tick);
    if (judge === null) return { batches, segmenter, taken, blockedAt: key.tick };
    let batch = batches.at(-1);
    if (batch?.judge !== judge) {
      batch = { judge, spans: [], events: [], sources: [] };
      batches.push(batch);
    }
    let span = batch.spans.at(-1);
    if (opens || !span) {
      const from = batch.events.length;
      span = {
        key,
        opens,
        segmenter,
        previousSequence: lastSequence,
        firstSequence: record.sequence,
        lastSequence: record.sequence,
        records: 0,
        from,
        toExclusive: from,
      };
      batch.spans.push(span);
    }
    events.forEach((event, subsequence) => {
      batch.events.push(event);
      batch.sources.push({ record, subsequence });
    });
    span.records++;
    span.lastSequence = record.sequence;
    span.toExclusive = batch.events.length;
    segmenter = state;
    lastSequence = record.sequence;
    taken++;
  }
  return { batches, segmenter, taken, blockedAt: null };
};
