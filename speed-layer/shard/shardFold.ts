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
import type { DeadLetter, LogRecord } from "@freshet/storage";
import type { IdentitySet } from "../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../clear/segmentFold.js";
import type { Checkpoint } from "./checkpoint.js";
import { type HorizonMarks, place } from "./horizon.js";
import { letterOf } from "./letter.js";
import { hashOf, type SegmentOutput, type ShardOutput } from "./output.js";
import type { Judge, RuleBook } from "./rules.js";
import { type Batch, cutIntoSpans, type Span } from "./spans.js";
import type { Unpack } from "./unpack.js";

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

/** One shard's folding: fed with what is read from its log, it says what is to be written. Decides, and does no I/O. */
export interface ShardFold {
  readonly lastSequence: SequenceNumber | null;
  readonly openSegment: SegmentKey | null;
  /** Of the arrival clock. */
  readonly tick: Tick;
  /** Bytes, segments and letters that wait to be written. */
  readonly pending: { readonly bytes: number; readonly segments: number; readonly letters: number };
  readonly ended: boolean;
  /** Takes records in order, up to the first whose tick has no known rules. */
  take(records: readonly LogRecord[]): Taken;
  /** All that the log held at `atMs` has been taken. */
  stoodAtEnd(atMs: EpochMs): void;
  /** Records after `lastSequence` were trimmed. `until`: the first that is there; null: none, to the closed shard's end. */
  skip(until: SequenceNumber, ended: null): void;
  skip(until: null, ended: { readonly children: readonly ShardId[] }): void;
  /** The shard is closed, and all its records have been taken. */
  end(children: readonly ShardId[]): void;
  /** What is to be written now, in order. */
  drain(): ShardOutput;
}

export interface ShardFoldOptions {
  readonly checkpoint: Checkpoint;
  /** The stored record of the open segment, where its own records are trimmed. */
  readonly adopted: SegmentRecord | null;
  readonly settings: SegmenterSettings;
  readonly identities: IdentitySet;
  readonly marks: HorizonMarks;
  readonly rules: RuleBook;
  readonly unpack: Unpack;
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
  const { settings, rules, identities, marks } = options;
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

  const outputOf = (segment: OpenSegment, end: Checkpoint["ended"], isFinished: boolean): SegmentOutput => {
    const closing = { finished: isFinished, ended: end !== null, children: end?.children ?? [] };
    if (segment.kind === "adopted") {
      const { body, ...record } = segment.record;
      return { record: { ...record, ...closing }, body: { kind: "stored", pointer: body } };
    }
    const { span, fold, revision } = segment;
    const bytes = fold.body();
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
        bodyHash: hashOf(bytes),
      },
      body: { kind: "bytes", bytes },
    };
  };

  const push = (output: SegmentOutput): void => {
    finished.push(output);
    if (output.body.kind === "bytes") pendingBytes += output.body.bytes.length;
  };

  const finish = (end: Checkpoint["ended"]): void => {
    if (open) push(outputOf(open, end, true));
    open = null;
    boundary = { previousSequence: lastSequence, segmenter };
  };

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

  const foldSpan = (batch: Batch, columns: ReturnType<Judge["scanner"]["scan"]>, span: Span): number => {
    if (span.opens) {
      finish(null);
      boundary = { previousSequence: span.previousSequence, segmenter: span.segmenter };
      marks.raised(span.key.tick, place(span.previousSequence, span.segmenter.clockMs));
      const fold = createSegmentFold(span.key.tick, settings.segmentMs, identities, batch.judge.empty);
      open = { kind: "folding", span, revision: batch.judge.revision, fold, changed: true };
    }
    if (open?.kind !== "folding") throw new Error(`no open segment for ${span.firstSequence} of ${shard}`);
    open.span.lastSequence = span.lastSequence;
    open.changed = true;
    open.fold.addRecords(span.records);
    let rejected = 0;
    open.fold.fold(columns, span.from, span.toExclusive, (index, reason) => {
      const source = batch.sources[index];
      const event = batch.events[index];
      if (!source || !event) throw new Error(`no event ${index} in its batch`);
      const tickStartMs = span.key.tick * settings.segmentMs;
      letters.push(letterOf(shard, source, event, reason, batch.judge.scanner, tickStartMs));
      rejected++;
    });
    lastSequence = span.lastSequence;
    return rejected;
  };

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
    take(records) {
      const cutting = cutIntoSpans(records, { segmenter, lastSequence }, settings, rules, options.unpack);
      let events = 0;
      let rejected = 0;
      for (const batch of cutting.batches) {
        const columns = batch.judge.scanner.scan(batch.events);
        for (const span of batch.spans) rejected += foldSpan(batch, columns, span);
        events += batch.events.length;
      }
      segmenter = cutting.segmenter;
      return { records: cutting.taken, events, rejected, blockedAt: cutting.blockedAt };
    },
    stoodAtEnd(atMs) {
      tip = { shard, atMs, lastSequence };
    },
    skip(until, end) {
      finish(null);
      const key = keyAfter(segmenter, settings);
      const last = until === null ? (lastSequence ?? NO_SEQUENCE) : sequenceNumber(BigInt(until) - 1n);
      pushEmpty(key, last, end, { after: lastSequence, until });
      lastSequence = last;
      segmenter = filled(segmenter, key, settings);
      ended = end;
      boundary = { previousSequence: lastSequence, segmenter };
    },
    end(children) {
      const end = { children };
      if (open) finish(end);
      else if (lastSequence === null)
        pushEmpty({ tick: EMPTY_SHARD_TICK, ordinal: 0 }, NO_SEQUENCE, end, null);
      else throw new Error(`${shard} ended after ${lastSequence} without an open segment`);
      ended = end;
    },
    drain() {
      const segments = finished;
      if (open?.kind === "folding" && open.changed) {
        segments.push(outputOf(open, null, false));
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
