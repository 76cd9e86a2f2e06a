import { pause } from "../clock.js";
import { TimedOut, withDeadline } from "../deadline.js";
import { createPrefetch } from "../source/prefetch.js";
import { findEnd, UNCLEAR_MAX } from "../source/shardFate.js";
import type { Delivery, RecordSource, SourceOptions } from "../source/source.js";
import { failureOf } from "../stream/failures.js";
import type { FailureKind, FanOutEvent, FanOutStream } from "../stream/stream.js";
import { untilNextSubscription } from "./fanOutPace.js";

/** `stream` is asked what became of a shard. */
export interface SubscriberOptions extends SourceOptions {
  readonly fanOut: FanOutStream;
  /** A subscription that says nothing for so long is dead, though its connection stands: Kinesis sends events without records too. */
  readonly silenceMs: number;
}

/** Reads a shard by enhanced fan-out: one subscription after the other, each from where the last event left off. */
export const createSubscriber = (options: SubscriberOptions): RecordSource => {
  const { fanOut, stream, shard, clock, budget, requestTimeoutMs, silenceMs } = options;
  const prefetch = createPrefetch(options.prefetch, budget.hold);
  const closing = new AbortController();
  let from = options.from;
  let failures = 0;
  let unclear = 0;
  let lastKind: FailureKind | null = null;
  let askedMs: number | null = null;
  let acceptedMs: number | null = null;

  const asListed = (): Promise<Delivery["ended"]> =>
    withDeadline(clock, requestTimeoutMs, `listing the shards for ${shard}`, (signal) =>
      findEnd(stream, shard, signal),
    );

  const deliver = (
    records: FanOutEvent["records"],
    ended: Delivery["ended"],
    event: Partial<FanOutEvent>,
  ): void => {
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    const { continueAfter = null, behindMs = 0 } = event;
    const last = continueAfter ?? records.at(-1)?.sequence;
    if (last !== undefined) from = { kind: "afterSequence", sequence: last };
    prefetch.put({ records, bytes, ended, quietThrough: ended ? null : continueAfter, behindMs });
    if (ended) prefetch.end();
  };

  /** True at the shard's end. */
  const takeIn = async (event: FanOutEvent): Promise<boolean> => {
    const { records, continueAfter, children } = event;
    if (continueAfter !== null) {
      unclear = 0;
      failures = 0;
      lastKind = null;
      deliver(records, null, event);
      return false;
    }
    const ended = children ? { children } : ++unclear < UNCLEAR_MAX ? null : await asListed();
    if (ended === null) throw new RangeError("the subscription ended without children");
    deliver(records, ended, event);
    return true;
  };

  /** One subscription, to its end. True at the shard's. */
  const subscribe = async (): Promise<boolean> => {
    // Aborting closes the connection: the next subscription must not find the last one standing.
    const connection = new AbortController();
    const leave = (): void => connection.abort();
    closing.signal.addEventListener("abort", leave);
    try {
      askedMs = clock.elapsedMs();
      const events = await withDeadline(clock, requestTimeoutMs, `subscribing to ${shard}`, (signal) => {
        signal.addEventListener("abort", leave);
        return fanOut.subscribe(shard, from, connection.signal);
      });
      acceptedMs = clock.elapsedMs();
      const iterator = events[Symbol.asyncIterator]();
      for (;;) {
        const next = await withDeadline(clock, silenceMs, `the subscription to ${shard}`, () =>
          iterator.next(),
        );
        if (next.done || closing.signal.aborted) return false;
        if (await takeIn(next.value)) return true;
        await prefetch.room();
      }
    } finally {
      leave();
      closing.signal.removeEventListener("abort", leave);
    }
  };

  /** True at the shard's end. */
  const afterFailure = async (error: unknown): Promise<boolean> => {
    const failure = failureOf(`the subscription to ${shard}`, error);
    failures++;
    lastKind = failure.kind;
    if (!(error instanceof TimedOut) || failures > 1) options.onFailure(failure);
    if (failure.kind !== "gone" || ++unclear < UNCLEAR_MAX) return false;
    const ended = await asListed();
    if (ended) deliver([], ended, {});
    return ended !== null;
  };

  const run = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const unit = options.random();
      const nowMs = clock.elapsedMs();
      const waitMs = untilNextSubscription({ nowMs, askedMs, acceptedMs, failures, kind: lastKind, unit });
      await pause(clock, waitMs, closing.signal);
      await prefetch.room();
      if (closing.signal.aborted) return;
      try {
        if (await subscribe()) return;
      } catch (error) {
        if (closing.signal.aborted) return;
        if (await afterFailure(error)) return;
      }
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
