import type { DigestPolicy } from "@freshet/kpl";
import type { Clock } from "../clock.js";
import type { HeldLease } from "../lease/heldLease.js";
import { comparePositions, type Position } from "../lease/position.js";
import type { ChildShard } from "../plan/shardEnd.js";
import type { Delivery, RecordSource } from "../source/source.js";
import type { Misrouted } from "./misrouted.js";
import { recordsAfter, type Unpacking } from "./record.js";
import type { Batch, SessionEnd, ShardSession } from "./shardSession.js";

export interface SessionOptions {
  readonly held: HeldLease;
  readonly source: RecordSource;
  /** What lies at or before this is left out. */
  readonly after: Position | null;
  readonly stopping: AbortSignal;
  readonly clock: Clock;
  readonly unpacking: Unpacking;
  readonly digest: DigestPolicy;
  readonly misrouted: Misrouted;
  readonly onMisrouted: (count: number) => void;
  readonly onBatch: (batch: Batch) => void;
  /** All that was given out is accepted. */
  readonly onAccepted: () => void;
}

export interface OpenSession extends ShardSession {
  /** What the shard became; null before its end has been given out. */
  readonly children: readonly ChildShard[] | null;
  close(): void;
}

/** Resolves with null as soon as one of the signals is aborted; the delivery stays where it is then. */
const nextUnless = async (
  source: RecordSource,
  signals: readonly AbortSignal[],
): Promise<Delivery | null> => {
  if (signals.some(({ aborted }) => aborted)) return null;
  let leave = (): void => {};
  const left = new Promise<null>((resolve) => {
    leave = () => resolve(null);
    for (const signal of signals) signal.addEventListener("abort", leave);
  });
  try {
    return await Promise.race([source.next(), left]);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", leave);
  }
};

export const openSession = (options: SessionOptions): OpenSession => {
  const { held, source, stopping, clock, onBatch, onAccepted, onMisrouted } = options;
  const { hashRange } = held.taken;
  let after = options.after;
  let given: Position | null = null;
  let ended: readonly ChildShard[] | null = null;
  let end: SessionEnd | null = null;

  const leaving = (): SessionEnd | null =>
    !held.isHeld() ? "lost" : held.asked.aborted ? "asked" : stopping.aborted ? "stopping" : null;

  const batchOf = (delivery: Delivery): Batch => {
    const { records, last, misrouted } = recordsAfter(after, delivery.records, { ...options, hashRange });
    if (last) after = null;
    if (misrouted > 0) onMisrouted(misrouted);
    const quiet = delivery.quietThrough === null ? null : { sequence: delivery.quietThrough, subsequence: 0 };
    const through = last ?? (delivery.records.length === 0 ? quiet : null);
    if (through) given = { sequence: through.sequence, subsequence: through.subsequence };
    return { records, through: through && given, behindMs: delivery.behindMs, givenMs: clock.elapsedMs() };
  };

  const next = async (): Promise<Batch | null> => {
    if (end === null && ended === null) {
      const delivery = await nextUnless(source, [held.lost, held.asked, stopping]);
      end = leaving();
      if (end === null && delivery) {
        const batch = batchOf(delivery);
        ended = delivery.ended?.children ?? null;
        if (ended === null || batch.records.length > 0) {
          onBatch(batch);
          return batch;
        }
      }
    }
    end ??= leaving() ?? (ended === null ? "lost" : "ended");
    return null;
  };

  return {
    shard: held.shard,
    lost: held.lost,
    next,
    get end() {
      return end;
    },
    get children() {
      return end === "ended" ? ended : null;
    },
    accept: (position) => {
      if (given === null || comparePositions(position, given) > 0) {
        throw new RangeError(
          `${held.shard}: nothing was given out through ${position.sequence}/${position.subsequence}`,
        );
      }
      held.accept(position);
      if (comparePositions(position, given) === 0) onAccepted();
    },
    flush: () => held.flush(),
    close: () => source.close(),
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const batch = await next();
        return batch === null ? { done: true, value: undefined } : { done: false, value: batch };
      },
    }),
  };
};
