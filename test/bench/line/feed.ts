import { hash } from "node:crypto";
import { type ClickAnswers, CLICK_BYTES_MAX, type ClickStream, createClicks } from "@freshet/simulators";
import { type Aggregator, createAggregator, type WireRecord } from "@freshet/kpl";
import type { LogEntry } from "@freshet/storage";

/** Clicks that happen now, as a producer hands them to the log: a call's entries after the other. */
export interface Feed {
  /** Null at the end. */
  next(): readonly LogEntry[] | null;
  answers(): ClickAnswers;
}

export type FeedForm = "plain" | "aggregates";

/** Entries of a call: an event each, or aggregates of about `AGGREGATE_BYTES`. */
const PLAIN_ENTRIES = 500;
const AGGREGATES = 8;
const AGGREGATE_BYTES = 50_000;
const AGGREGATE_EVENTS_MAX = 10_000;
const ROOM_BYTES = 2 ** 20;
const ID_START = Buffer.from('"id":"');
const ID_LENGTH = 26;

interface WrittenEvent {
  readonly id: string;
  readonly data: Uint8Array;
}

/** The stream's events one by one, each in bytes that stay as they are. */
const createWriter = (stream: ClickStream): (() => WrittenEvent) => {
  let room = Buffer.allocUnsafeSlow(ROOM_BYTES);
  let at = 0;
  return () => {
    if (at + CLICK_BYTES_MAX > ROOM_BYTES) {
      room = Buffer.allocUnsafeSlow(ROOM_BYTES);
      at = 0;
    }
    const end = stream.write(room, at);
    const data = room.subarray(at, end);
    at = end;
    const idAt = data.indexOf(ID_START) + ID_START.length;
    return { id: data.toString("latin1", idAt, idAt + ID_LENGTH), data };
  };
};

const plainCalls = (events: number, write: () => WrittenEvent): (() => readonly LogEntry[]) => {
  let left = events;
  return () => {
    const count = Math.min(PLAIN_ENTRIES, left);
    left -= count;
    return Array.from({ length: count }, () => {
      const { id, data } = write();
      return { partitionKey: id, data };
    });
  };
};

/** Joins the events of each shard, as the KPL does, so that copies meet in one shard. @param shards a power of two */
const aggregateCalls = (
  events: number,
  shards: number,
  write: () => WrittenEvent,
): (() => readonly LogEntry[]) => {
  const limits = { bytesMax: AGGREGATE_BYTES, countMax: AGGREGATE_EVENTS_MAX };
  const aggregators: readonly Aggregator[] = Array.from({ length: shards }, () => createAggregator(limits));
  let left = events;
  const push = (taken: WireRecord | null, call: LogEntry[]): void => {
    if (taken) call.push(taken);
  };
  return () => {
    const call: LogEntry[] = [];
    for (; left > 0 && call.length < AGGREGATES; left--) {
      const { id, data } = write();
      const first = Number.parseInt(hash("md5", id, "hex").slice(0, 2), 16);
      const aggregator = aggregators[(first * shards) >> 8] as Aggregator;
      if (aggregator.add({ partitionKey: id, data })) continue;
      push(aggregator.take(), call);
      aggregator.add({ partitionKey: id, data });
    }
    if (left === 0) for (const aggregator of aggregators) push(aggregator.take(), call);
    return call;
  };
};

/** @param shards of the log, equal parts of the hash space */
export const createFeed = (form: FeedForm, events: number, shards: number, nowMs: number): Feed => {
  const stream = createClicks({ fromMs: nowMs });
  const write = createWriter(stream);
  const calls = form === "plain" ? plainCalls(events, write) : aggregateCalls(events, shards, write);
  return {
    next() {
      const call = calls();
      return call.length > 0 ? call : null;
    },
    answers: stream.answers,
  };
};
