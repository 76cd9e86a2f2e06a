import {
  EMPTY_SHARD_TICK,
  type EpochMs,
  type Gap,
  type LedgerCounts,
  NO_SEQUENCE,
  type SegmentKey,
  type SegmenterSettings,
  type SegmenterState,
  type SegmentRecord,
  type SequenceNumber,
  type ShardId,
  sequenceNumber,
  type Tick,
  type Tip,
} from "@freshet/model";
import type { DeadLetter, LogRecord, RecordBatch } from "@freshet/storage";
import type { IdentitySet } from "../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../fold/segmentFold.js";
import type { Work } from "../work.js";
import { foresee } from "./batch.js";
import type { Checkpoint } from "./checkpoint.js";
import { type HorizonMarks, place } from "./horizon.js";
import { letterOf } from "./letter.js";
import { bodyOf, hashOf, type SegmentOutput, type ShardOutput } from "./output.js";
import type { Judge, RuleBook } from "./rules.js";
import { cutIntoSpans, type Span } from "./spans.js";
import { scanByWindow, type Window } from "./window.js";

/** The segment that is not finished yet. */
type OpenSegment =
  | {
      readonly kind: "folding";
      readonly span: Span;
      readonly revision: number;
      readonly fold: SegmentFold;
      changed: boolean;
    }
  /** Folded before its records were trimmed: it can only be finished as it is stored. */
  | { readonly kind: "adopted"; readonly record: SegmentRecord };

export interface Taken {
  readonly records: number;
  readonly events: number;
  readonly rejected: number;
  readonly blockedAt: Tick | null;
}

/**
 * One shard's folding: fed with what is read from its log, it says what is to be written. Decides, and does no I/O.
 * One work at a time, each to its end.
 */
export interface ShardFold {
  readonly lastSequence: SequenceNumber | null;
  readonly openSegment: SegmentKey | null;
  /** Of the arrival clock. */
  readonly tick: Tick;
  /** Bytes, segments and letters that wait to be written. */
  readonly pending: { readonly bytes: number; readonly segments: number; readonly letters: number };
  readonly ended: boolean;
  /** Takes records in order, up to the first whose tick has no known rules. */
  take(records: readonly LogRecord[]): Work<Taken>;
  /** All that the log held at `atMs` has been taken. */
  stoodAtEnd(atMs: EpochMs): void;
  /** Records after `lastSequence` were trimmed. `until`: the first that is there; null: none, to the closed shard's end. */
  skip(until: SequenceNumber, ended: null): Work<void>;
  skip(until: null, ended: { readonly children: readonly ShardId[] }): Work<void>;
  /** The shard is closed, and all its records have been taken. */
  end(children: readonly ShardId[]): Work<void>;
  /** What is to be written now, in order. */
  drain(): Work<ShardOutput>;
}

export interface ShardFoldOptions {
  readonly checkpoint: Checkpoint;
  /** The stored record of the open segment, where its own records are trimmed. */
  readonly adopted: SegmentRecord | null;
  readonly settings: SegmenterSettings;
  readonly identities: IdentitySet;
  readonly marks: HorizonMarks;
  readonly rules: RuleBook;
  /** Used only while records are taken. */
  readonly batch: RecordBatch;
}

const NO_COUNTS: LedgerCounts = { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} };

/** A segmenter after which the next record opens a segment, whatever its tick. */
const filled = (state: SegmenterState, key: SegmentKey, settings: SegmenterSettings): SegmenterState => ({
  clockMs: Math.max(state.clockMs, key.tick * settings.segmentMs) as EpochMs,
  key,
  events: settings.segmentEventsMax,
});

const keyAfter = ({ key, clockMs }: SegmenterState, settings: SegmenterSettings): SegmentKey =>
  key
    ? { tick: key.tick, ordinal: key.ordinal + 1 }
    : { tick: Math.floor(clockMs / settings.segmentMs) as Tick, ordinal: 0 };

export const createShardFold = (options: ShardFoldOptions): ShardFold => {
  const { settings, rules, identities, marks, batch } = options;
  const { shard, log } = options.checkpoint;
  let segmenter = options.checkpoint.segmenter;
  let lastSequence = options.checkpoint.previousSequence;
  let boundary = { previousSequence: lastSequence, segmenter };
  let open: OpenSegment | null = null;
  let ended: Checkpoint["ended"] = null;
  let finished: SegmentOutput[] = [];
  let pendingBytes = 0;
  let letters: DeadLetter[] = [];
  let tip: Tip | null = null;

  if (options.adopted) {
    open = { kind: "adopted", record: options.adopted };
    lastSequence = options.adopted.lastSequence;
    segmenter = filled(segmenter, options.adopted, settings);
  }

  const judgeAt = (tick: Tick): Judge => {
    const judge = rules.judgeAt(tick);
    if (!judge) throw new Error(`the rules of tick ${tick} of ${shard} were not prepared`);
    return judge;
  };

  function* outputOf(
    segment: OpenSegment,
    end: Checkpoint["ended"],
    isFinished: boolean,
  ): Work<SegmentOutput> {
    const closing = { finished: isFinished, ended: end !== null, children: end?.children ?? [] };
    if (segment.kind === "adopted") {
      const { body, ...record } = segment.record;
      return { record: { ...record, ...closing }, body: { kind: "stored", pointer: body } };
    }
    const { span, fold, revision } = segment;
    const { bytes, bodyHash } = yield* bodyOf(fold);
    return {
      record: {
        version: 1,
        shard,
        ...span.key,
        firstSequence: span.firstSequence,
        lastSequence: span.lastSequence,
        previousSequence: span.previousSequence,
        ...closing,
        revision,
        counts: fold.counts(),
        newestTimeMs: fold.newestTimeMs,
        bodyHash,
      },
      body: { kind: "bytes", bytes },
    };
  }

  const push = (output: SegmentOutput): void => {
    finished.push(output);
    if (output.body.kind === "bytes") pendingBytes += output.body.bytes.length;
  };

  function* finish(end: Checkpoint["ended"]): Work<void> {
    if (open) push(yield* outputOf(open, end, true));
    if (open?.kind === "folding") open.fold.release();
    open = null;
    boundary = { previousSequence: lastSequence, segmenter };
  }

  /** A finished record without events: of a gap, or of a shard that never had a record. */
  const pushEmpty = (
    key: SegmentKey,
    last: SequenceNumber,
    end: Checkpoint["ended"],
    gap: Gap | null,
  ): void => {
    const { revision, empty } = judgeAt(key.tick);
    const bytes = createSegmentFold(key.tick, settings.segmentMs, identities, empty).body();
    push({
      record: {
        version: 1,
        shard,
        ...key,
        firstSequence: last,
        lastSequence: last,
        previousSequence: lastSequence,
        finished: true,
        ended: end !== null,
        children: end?.children ?? [],
        revision,
        counts: NO_COUNTS,
        newestTimeMs: null,
        bodyHash: hashOf(bytes),
        ...(gap ? { gap } : {}),
      },
      body: { kind: "bytes", bytes },
    });
  };

  const openSegment = (span: Span, judge: Judge): void => {
    boundary = { previousSequence: span.previousSequence, segmenter: span.segmenter };
    marks.raised(span.key.tick, place(span.previousSequence, span.segmenter.clockMs));
    const fold = createSegmentFold(span.key.tick, settings.segmentMs, identities, judge.empty);
    open = { kind: "folding", span, revision: judge.revision, fold, changed: true };
  };

  /** Folds a span of the batch, whose records `recordAt` gives. */
  function* foldSpan(
    { scanner }: Judge,
    windowAt: (index: number) => Window,
    span: Span,
    recordAt: (inBatch: number) => LogRecord,
  ): Work<void> {
    if (open?.kind !== "folding") throw new Error(`no open segment for ${span.firstSequence} of ${shard}`);
    const { fold } = open;
    open.span.lastSequence = span.lastSequence;
    open.changed = true;
    fold.addRecords(span.records);
    const tickStartMs = span.key.tick * settings.segmentMs;
    for (let from = span.from; from < span.toExclusive; ) {
      const window = windowAt(from);
      const to = Math.min(window.toExclusive, span.toExclusive);
      fold.fold(window.columns, from - window.from, to - window.from, (row, reason) => {
        const index = window.from + row;
        const record = recordAt(batch.recordOf[index] as number);
        const letter = letterOf(shard, record, batch, index, reason, scanner, tickStartMs);
        pendingBytes += letter.body.length;
        letters.push(letter);
      });
      yield to - from;
      from = to;
    }
    lastSequence = span.lastSequence;
  }

  return {
    get lastSequence() {
      return lastSequence;
    },
    get tick() {
      return Math.floor(segmenter.clockMs / settings.segmentMs) as Tick;
    },
    get openSegment() {
      if (!open) return null;
      return open.kind === "folding" ? open.span.key : open.record;
    },
    get pending() {
      return { bytes: pendingBytes, segments: finished.length, letters: letters.length };
    },
    get ended() {
      return ended !== null;
    },
    *take(records) {
      const lettersBefore = letters.length;
      let events = 0;
      for (let taken = 0, foreseen = 0; ; ) {
        if (taken >= foreseen) foreseen = foresee(batch, records, taken);
        const from = taken;
        const cutting = cutIntoSpans(batch, records, from, { segmenter, lastSequence }, settings, rules);
        const { judge, spans, blockedAt } = cutting;
        if (judge) {
          const windowAt = scanByWindow(batch, judge.scanner);
          for (const span of spans) {
            if (span.opens) {
              yield* finish(null);
              openSegment(span, judge);
            }
            yield* foldSpan(judge, windowAt, span, (inBatch) => records[from + inBatch] as LogRecord);
          }
        }
        segmenter = cutting.segmenter;
        events += batch.count;
        taken += cutting.taken;
        if (blockedAt === null && taken < records.length) continue;
        return { records: taken, events, rejected: letters.length - lettersBefore, blockedAt };
      }
    },
    stoodAtEnd(atMs) {
      tip = { shard, atMs, lastSequence };
    },
    *skip(until, end) {
      yield* finish(null);
      const key = keyAfter(segmenter, settings);
      const last = until === null ? (lastSequence ?? NO_SEQUENCE) : sequenceNumber(BigInt(until) - 1n);
      pushEmpty(key, last, end, { after: lastSequence, until });
      lastSequence = last;
      segmenter = filled(segmenter, key, settings);
      ended = end;
      boundary = { previousSequence: lastSequence, segmenter };
    },
    *end(children) {
      const end = { children };
      if (open) yield* finish(end);
      else if (lastSequence === null)
        pushEmpty({ tick: EMPTY_SHARD_TICK, ordinal: 0 }, NO_SEQUENCE, end, null);
      else throw new Error(`${shard} ended after ${lastSequence} without an open segment`);
      ended = end;
    },
    *drain() {
      const segments = finished;
      if (open?.kind === "folding" && open.changed) {
        segments.push(yield* outputOf(open, null, false));
        open.changed = false;
      }
      const key: SegmentKey | null =
        open === null ? null : open.kind === "folding" ? open.span.key : open.record;
      const at = key?.tick ?? (Math.floor(boundary.segmenter.clockMs / settings.segmentMs) as Tick);
      const checkpoint: Checkpoint = {
        version: 1,
        log,
        shard,
        open: key && { tick: key.tick, ordinal: key.ordinal },
        ...boundary,
        horizon: marks.placeFor(at, place(boundary.previousSequence, boundary.segmenter.clockMs)),
        ended,
      };
      const output: ShardOutput = { letters, segments, tip, checkpoint };
      finished = [];
      pendingBytes = 0;
      letters = [];
      return output;
    },
  };
};
