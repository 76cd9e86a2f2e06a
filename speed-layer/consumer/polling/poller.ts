import { pause } from "../clock.js";
import { withDeadline } from "../deadline.js";
import { createPrefetch } from "../source/prefetch.js";
import { findEnd, UNCLEAR_MAX } from "../source/shardFate.js";
import type { Delivery, RecordSource, SourceOptions } from "../source/source.js";
import { failureOf } from "../stream/failures.js";
import { type Reply, StreamFailure } from "../stream/stream.js";
import { limitFor, meanRecordBytes, type PaceSettings, pauseAfterFailure, pauseAfterReply } from "./pace.js";

export interface PollerOptions extends SourceOptions {
  readonly pace: PaceSettings;
}

/** Reads a shard by GetRecords, and goes on whatever happens, from behind the last record that it put down. */
export const createPoller = (options: PollerOptions): RecordSource => {
  const { stream, shard, clock, pace, budget, requestTimeoutMs } = options;
  const prefetch = createPrefetch(options.prefetch, budget.hold);
  const closing = new AbortController();
  let from = options.from;
  let iterator: string | null = null;
  let failures = 0;
  let unclear = 0;
  let recordBytes: number | null = null;

  const bounded = <T>(what: string, run: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(clock, requestTimeoutMs, `${what} ${shard}`, run);

  const read = async (): Promise<Reply | null> => {
    const turn = await budget.begin(prefetch.isEmpty);
    try {
      if (closing.signal.aborted) return null;
      iterator ??= await bounded("finding the place in", (signal) => stream.iterator(shard, from, signal));
      const standing = iterator;
      return await bounded("reading", (signal) => stream.read(standing, limitFor(recordBytes, pace), signal));
    } finally {
      turn.done();
    }
  };

  const put = (delivery: Delivery): void => {
    const last = delivery.records.at(-1);
    if (last) from = { kind: "afterSequence", sequence: last.sequence };
    prefetch.put(delivery);
    if (delivery.ended) prefetch.end();
  };

  /** How long to wait before the next read; null after the last. */
  const takeIn = async (reply: Reply): Promise<number | null> => {
    const { records, nextIterator, children, behindMs } = reply;
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    recordBytes = meanRecordBytes(recordBytes, records.length, bytes);
    // Only a reply without iterator ends a shard, never an empty one; and then it names what the shard became.
    let ended: Delivery["ended"] = children && { children };
    if ((nextIterator === null) !== (ended !== null)) {
      iterator = null;
      ended = await asListed();
      if (ended === null)
        throw new StreamFailure("unavailable", `reading ${shard}`, "a shard's end without children");
    }
    unclear = 0;
    iterator = nextIterator;
    put({ records, bytes, ended, quietThrough: null, behindMs });
    return ended ? null : pauseAfterReply({ count: records.length, bytes, behindMs }, pace);
  };

  /** Whether a shard has ended that Kinesis answers unclearly for, several times running; an end is for ever. */
  const asListed = async (): Promise<Delivery["ended"]> => {
    unclear++;
    return unclear < UNCLEAR_MAX ? null : bounded("listing", (signal) => findEnd(stream, shard, signal));
  };

  const afterFailure = async (error: unknown): Promise<number | null> => {
    const failure = failureOf(`reading ${shard}`, error);
    failures++;
    const isLate = failure.kind === "expiredIterator";
    if (isLate || failure.kind === "gone" || failure.kind === "refused") iterator = null;
    if (!isLate || failures > 1) options.onFailure(failure);
    if (failure.kind === "gone") {
      const ended = await asListed();
      if (ended) {
        put({ records: [], bytes: 0, ended, quietThrough: null, behindMs: 0 });
        return null;
      }
    }
    return pauseAfterFailure(failure.kind, failures, options.random(), pace);
  };

  const step = async (): Promise<number | null> => {
    try {
      const reply = await read();
      const pauseMs = reply && (await takeIn(reply));
      failures = 0;
      return pauseMs;
    } catch (error) {
      return await afterFailure(error);
    }
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      await prefetch.room();
      if (closing.signal.aborted) return;
      const pauseMs = await step();
      if (pauseMs === null) return;
      await pause(clock, pauseMs, closing.signal);
    }
  };

  run().catch(prefetch.fail);
  return {
    next: prefetch.take,
    close: () => {
      closing.abort();
      prefetch.drop();
    },
  };
};
