import type { HashKey } from "@freshet/kpl";
import { type Clock, systemClock } from "../clock.js";
import type { ProducerSettings } from "../settings.js";
import type { EventResult, Transport } from "../transport.js";
import { createKnownStream } from "./knownStream.js";
import { type Misrouted, strayMembers } from "./landing.js";
import { createPlanner, type Plan, type PlannedRecord } from "./plan.js";
import { requestsOf } from "./requests.js";
import { createShardRates } from "./shardRates.js";
import { type PutEntry, PutFailure, type PutResult, type WritableStream } from "./stream.js";

export interface KinesisTransportOptions {
  readonly stream: WritableStream;
  /** Joins events of one shard into KPL aggregates; default true. Without it, each is a record of its own. */
  readonly aggregate?: boolean;
  /** Of an aggregate, key included; default `AGGREGATE_BYTES`. */
  readonly aggregateBytesMax?: number;
  /** Of each shard's 1000 records and 1 MiB a second, what this producer may use; default 1. */
  readonly shardShare?: number;
  /** Default `leave`. */
  readonly misrouted?: Misrouted;
  readonly clock?: Clock;
}

export interface KinesisCounters {
  readonly requests: number;
  readonly records: number;
  /** Events that were stored. */
  readonly events: number;
  readonly throttledRecords: number;
  readonly failedRecords: number;
  /** Records that landed in another shard than was expected. */
  readonly misroutedRecords: number;
  /** Events that went again because of it. */
  readonly reputEvents: number;
  /** Events that were told to come again before anything was sent, since their shard's budget was used up. */
  readonly deferredEvents: number;
}

export interface KinesisTransport extends Transport {
  counters(): KinesisCounters;
}

/** Kinesis bills a record by units of 25 KB: a larger aggregate costs no less. In the smaller sense of KB, to be safe. */
export const AGGREGATE_BYTES = 25_000;

const SETTINGS: Partial<ProducerSettings> = {
  batchEventsMax: 5_000,
  batchBytesMax: 4 << 20,
  bufferEventsMax: 100_000,
  bufferBytesMax: 64 << 20,
  inFlightBatchesMax: 8,
  deadlineMs: 180_000,
};

/** The longest that a batch waits for its shards' budgets; what would wait longer is told to come again. */
const BUDGET_WAIT_MS_MAX = 2_000;
/** Records whose turns are this close go together. */
const TOGETHER_MS = 50;

/** Puts events into a Kinesis stream, with no more than its shards take. */
export const kinesisTransport = (options: KinesisTransportOptions): KinesisTransport => {
  const { stream, clock = systemClock, shardShare = 1, misrouted = "leave", aggregate = true } = options;
  const planner = createPlanner({
    aggregateBytesMax: aggregate ? (options.aggregateBytesMax ?? AGGREGATE_BYTES) : 0,
  });
  const known = createKnownStream(stream, clock);
  const rates = createShardRates(shardShare);
  const counts = {
    requests: 0,
    records: 0,
    events: 0,
    throttledRecords: 0,
    failedRecords: 0,
    misroutedRecords: 0,
    reputEvents: 0,
    deferredEvents: 0,
  };

  const storedAt = (result: Extract<PutResult, { kind: "stored" }>, index: number): EventResult => ({
    kind: "stored",
    position: { shard: result.shard, sequence: result.sequence, index },
  });

  const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const over = (): void => {
        cancel();
        signal.removeEventListener("abort", over);
        resolve();
      };
      const cancel = clock.after(ms, over);
      if (signal.aborted) over();
      else signal.addEventListener("abort", over);
    });

  /** One request; when something in it is not valid, in halves, until what that is stands alone. */
  const put = async (
    records: readonly PlannedRecord[],
    signal: AbortSignal,
  ): Promise<readonly PutAnswer[]> => {
    counts.requests++;
    try {
      // A signal of its own, since each request listens to it and there may be many.
      return await stream.put(
        records.map(({ entry }): PutEntry => entry),
        AbortSignal.any([signal]),
      );
    } catch (error) {
      if (!(error instanceof PutFailure)) throw error;
      if (error.kind === "invalid" && records.length > 1) {
        const middle = Math.ceil(records.length / 2);
        const halves = [records.slice(0, middle), records.slice(middle)];
        return (await Promise.all(halves.map((half) => put(half, signal)))).flat();
      }
      const answer: PutAnswer =
        error.kind === "throttled" || error.kind === "passing"
          ? { kind: error.kind === "throttled" ? "throttled" : "failed", detail: error.message }
          : { kind: "refused", detail: error.message };
      return records.map(() => answer);
    }
  };

  const resultsOf = async (
    record: PlannedRecord,
    hashes: readonly HashKey[],
    answer: PutAnswer,
  ): Promise<readonly EventResult[]> => {
    counts.records++;
    switch (answer.kind) {
      case "stored": {
        counts.events += record.members.length;
        const stored = record.members.map((_, index) => storedAt(answer, index));
        if (record.shard === null || record.shard.id === answer.shard) return stored;
        counts.misroutedRecords++;
        const { map } = await known.refresh();
        if (misrouted === "leave") return stored;
        const strays = new Set(strayMembers(record, hashes, answer.shard, map));
        counts.events -= strays.size;
        counts.reputEvents += strays.size;
        const detail = `${answer.shard} is not the shard of its key`;
        return record.members.map((member, index) =>
          strays.has(member) ? { kind: "retry", afterMs: null, detail } : (stored[index] as EventResult),
        );
      }
      case "throttled":
        counts.throttledRecords++;
        if (record.shard) rates.of(record.shard.id).throttled(clock.elapsedMs());
        return record.members.map(() => ({ kind: "retry", afterMs: null, detail: answer.detail }));
      case "failed":
        counts.failedRecords++;
        return record.members.map(() => ({ kind: "retry", afterMs: null, detail: answer.detail }));
      case "refused":
        counts.failedRecords++;
        return record.members.map(() => answer);
    }
  };

  /** Sends each record in its turn, and notes what became of its events. */
  const sendAll = async (plan: Plan, results: EventResult[], signal: AbortSignal): Promise<void> => {
    const nowMs = clock.elapsedMs();
    const turns: { readonly record: PlannedRecord; readonly atMs: number }[] = [];
    for (const record of plan.records) {
      const rate = record.shard ? rates.of(record.shard.id) : null;
      const waitMs = rate ? rate.reserve(record.bytes, nowMs, BUDGET_WAIT_MS_MAX) : 0;
      if (waitMs !== null) {
        turns.push({ record, atMs: nowMs + waitMs });
        continue;
      }
      counts.deferredEvents += record.members.length;
      const later: EventResult = {
        kind: "retry",
        afterMs: rate?.waitMs(nowMs) ?? null,
        detail: BUDGET_USED_UP,
      };
      for (const member of record.members) results[member] = later;
    }
    turns.sort((a, b) => a.atMs - b.atMs);
    const under: Promise<void>[] = [];
    for (let next = 0; next < turns.length; ) {
      const first = turns[next] as (typeof turns)[number];
      if (first.atMs > clock.elapsedMs()) await sleep(first.atMs - clock.elapsedMs(), signal);
      if (signal.aborted) break;
      const end = turns.findIndex(({ atMs }, index) => index > next && atMs > first.atMs + TOGETHER_MS);
      const due = turns.slice(next, end < 0 ? turns.length : end).map(({ record }) => record);
      next += due.length;
      for (const request of requestsOf(due)) under.push(exchange(request, plan.hashes, results, signal));
    }
    await Promise.all(under);
  };

  const exchange = async (
    request: readonly PlannedRecord[],
    hashes: readonly HashKey[],
    results: EventResult[],
    signal: AbortSignal,
  ): Promise<void> => {
    const answers = await put(request, signal);
    await Promise.all(
      request.map(async (record, index) => {
        const ends = await resultsOf(record, hashes, answers[index] as PutAnswer);
        record.members.forEach((member, place) => {
          results[member] = ends[place] as EventResult;
        });
      }),
    );
  };

  return {
    settings: SETTINGS,
    counters: () => ({ ...counts }),
    async send({ events }, signal) {
      const view = await known.view();
      const plan = planner.plan(events, view);
      const results: EventResult[] = events.map(() => NOT_SENT);
      const { recordBytesMax } = view.traits;
      for (const place of plan.oversize) {
        const detail = `more than ${recordBytesMax} bytes with its partition key, which is what a record of the stream may have`;
        results[place] = { kind: "rejected", reason: "too_large", detail };
      }
      await sendAll(plan, results, signal);
      return { kind: "results", results };
    },
  };
};

type PutAnswer = PutResult | { readonly kind: "refused"; readonly detail: string };

const BUDGET_USED_UP = "the shard's budget is used up";
const NOT_SENT: EventResult = { kind: "retry", afterMs: null, detail: "not sent" };
