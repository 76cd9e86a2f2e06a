import type { KinesisClient } from "@aws-sdk/client-kinesis";
import {
  type Clock,
  createFanOutStream,
  createKinesisStream,
  createPoller,
  createReadBudget,
  createSubscriber,
  failureOf,
  type PaceSettings,
  type StartingPoint,
  StreamFailure,
} from "@freshet/kinesis-consumer";
import type { SequenceNumber, ShardId } from "@freshet/model";
import { StorageError } from "../../errors.js";
import type { Records } from "../../records/port.js";
import type { LogCreation } from "../identity.js";
import { entriesOfSpans } from "../entrySpans.js";
import { outcomesOf } from "../outcomes.js";
import type { AppendOutcome, LogEntry, ReadResult, ShardAdmin, ShardLog } from "../port.js";
import { appendRecords } from "./appendRecords.js";
import { describeStream } from "./describeStream.js";
import { asStorageFailure } from "./failure.js";
import { fixIdentity } from "./fixIdentity.js";
import { createKnownShards } from "./knownShards.js";
import { createNews } from "./news.js";
import { createPushedSource } from "./pushedSource.js";
import { createReadableStream } from "./readableStream.js";
import { createReshard } from "./reshard.js";
import { createShardList } from "./shardList.js";
import { createShardReader, type ShardReader } from "./shardReader.js";

export const KINESIS_PACE: PaceSettings = {
  idlePollMs: 1_000,
  busyPollMs: 250,
  backOffMinMs: 500,
  backOffMaxMs: 10_000,
  replyBytesAim: 2 * 2 ** 20,
};
const REQUEST_TIMEOUT_MS = 30_000;
/** A shard may be read ahead so far, and all of them together. */
const PREFETCH = { recordsMax: 10_000, bytesMax: 8 * 2 ** 20 };
const BUDGET = { bytesMax: 128 * 2 ** 20, readsMax: 8 };
/** How long a read waits for Kinesis before it says that nothing is known yet. */
const PATIENCE_MS = 2_000;
/** Nobody reads a shard on that was not read for so long: another has it. */
const UNREAD_MS_MAX = 60_000;
/** Credentials may be about to be renewed; after so many refusals running of one shard it is said. */
const REFUSALS_MAX = 3;
/** A subscription to a shard that ages out is refused as often before the list of shards is asked. */
const GONE_MAX = 6;
/** Kinesis sends a subscription an event every few seconds, with records or without; the KCL gives up after as long. */
const SILENCE_MS = 35_000;

export interface KinesisLogOptions {
  /** Closed with the log. */
  readonly client: KinesisClient;
  readonly stream: string;
  /** Keeps the log's identity and the shards that it ever had. */
  readonly records: Records;
  /** What a log is begun with where there is none. */
  readonly create?: LogCreation | undefined;
  /** What a log must have been begun with. */
  readonly expected?: Partial<LogCreation>;
  readonly now: () => number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pace?: Partial<PaceSettings>;
  /**
   * Shards that still take records are pushed to this consumer of the stream instead of polled. One process at a time may have a
   * shard's subscription: who gives this holds leases of the shards that it reads. The client is closed with the log.
   */
  readonly fanOut?: { readonly client: KinesisClient; readonly consumerArn: string };
}

interface Reading {
  readonly reader: ShardReader;
  refusal: StreamFailure | null;
  refusals: number;
  readMs: number;
  /** As of when the shard's end was last told of. */
  endMs: number | null;
}

/**
 * A Kinesis stream as the shard log. Shards are read ahead of who asks, from where the last read ended; another position opens the
 * shard anew. Kinesis does not say what retention took: records count as trimmed when the one is gone after which is read.
 * @throws StorageError
 */
export const openKinesisLog = async (options: KinesisLogOptions): Promise<ShardLog & ShardAdmin> => {
  const { client, stream: name, records, clock, now } = options;
  const pace: PaceSettings = { ...KINESIS_PACE, ...options.pace };
  const facts = await describeStream(client, name);
  const stream = createReadableStream(createKinesisStream(client, { StreamName: name }), now);
  const listed = await stream.listShards(null, new AbortController().signal).catch((error: unknown) => {
    throw asStorageFailure(failureOf("listing the shards", error));
  });
  const there = new Set(listed.map(({ id }) => id));
  const roster = listed.filter(({ parents }) => !parents.some((parent) => there.has(parent)));
  const identity = await fixIdentity(
    records,
    name,
    facts,
    roster.map(({ id }) => id as ShardId).sort(),
    options.create,
    options.expected ?? {},
  );
  const { fanOut } = options;
  const subscriptions = fanOut && stream.pushed(createFanOutStream(fanOut.client, fanOut.consumerArn));
  const list = createShardList(stream, createKnownShards(records), now);
  const budget = createReadBudget(BUDGET);
  const news = createNews(clock);
  const readings = new Map<ShardId, Reading>();
  const admin = createReshard({ client, stream: name, shards: list.refresh });

  const shardNamed = async (id: ShardId) => {
    const find = (shards: Awaited<ReturnType<typeof list.current>>) =>
      shards.find((shard) => shard.id === id);
    const shard = find(await list.current()) ?? find(await list.refresh());
    if (!shard) throw new StorageError("missing", `there is no shard ${id} in the stream ${name}`);
    return shard;
  };

  const close = (id: ShardId): void => {
    readings.get(id)?.reader.close();
    readings.delete(id);
  };

  const open = async (id: ShardId, after: SequenceNumber | null): Promise<Reading> => {
    const { seenMs, closed } = await shardNamed(id);
    const pushes = closed ? undefined : subscriptions;
    const children = (await list.current())
      .filter(({ parents }) => parents.includes(id))
      .map((child) => child.id);
    const onFailure = (failure: StreamFailure): void => {
      const isGone = pushes !== undefined && failure.kind === "gone";
      if (failure.kind !== "refused" && !isGone) return;
      reading.refusals += 1;
      if (reading.refusals >= (isGone ? GONE_MAX : REFUSALS_MAX)) reading.refusal = failure;
      news.tell();
    };
    const source = {
      stream,
      shard: id,
      clock,
      random: options.random,
      prefetch: PREFETCH,
      budget,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      onFailure,
    };
    const poll = (from: StartingPoint) => createPoller({ ...source, from, pace });
    const reader = createShardReader({
      open: (from) =>
        pushes
          ? createPushedSource({
              from,
              poll,
              push: (place) =>
                createSubscriber({ ...source, from: place, fanOut: pushes, silenceMs: SILENCE_MS }),
            })
          : poll(from),
      wholeSinceMs: stream.wholeSinceMs,
      after,
      isLate: now() - seenMs > facts.retentionMs,
      childrenOf: () => children,
      onDelivery: news.tell,
    });
    const reading: Reading = { reader, refusal: null, refusals: 0, readMs: now(), endMs: null };
    return reading;
  };

  const readingAt = async (id: ShardId, after: SequenceNumber | null): Promise<Reading> => {
    const standing = readings.get(id);
    if (standing) {
      const { base } = standing.reader;
      if (base === null || (after !== null && after >= base)) return standing;
    }
    close(id);
    const opened = await open(id, after);
    readings.set(id, opened);
    return opened;
  };

  const closeUnread = (): void => {
    for (const [id, { readMs }] of readings) if (now() - readMs > UNREAD_MS_MAX) close(id);
  };

  const readOnce = async (id: ShardId, after: SequenceNumber | null, limit: number): Promise<ReadResult> => {
    const reading = await readingAt(id, after);
    reading.readMs = now();
    closeUnread();
    let cancel = (): void => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = clock.after(PATIENCE_MS, resolve);
    });
    try {
      const result = await reading.reader.read(after, limit, patience);
      const endMs = result.readAtMs ?? null;
      if (result.records.length > 0 || endMs !== reading.endMs) reading.refusals = 0;
      reading.endMs = endMs;
      if (reading.refusal) throw reading.refusal;
      if (result.ended) await list.refresh();
      return result;
    } catch (error) {
      close(id);
      throw error instanceof StreamFailure ? asStorageFailure(error) : error;
    } finally {
      cancel();
    }
  };

  const append = async (entries: readonly LogEntry[]): Promise<readonly AppendOutcome[]> => {
    const outcomes = await appendRecords(
      { client, stream: name, recordBytesMax: facts.recordBytesMax },
      entries,
    );
    news.tell();
    return outcomes;
  };

  /** By shard, the read under way: one at a time. */
  const turns = new Map<ShardId, Promise<unknown>>();
  return {
    identity,
    append,
    appendSpans: async (spans) => outcomesOf(await append(entriesOfSpans(spans))),
    shards: list.current,
    read(id, after, limit) {
      const turn = (turns.get(id) ?? Promise.resolve()).then(
        () => readOnce(id, after, limit),
        () => readOnce(id, after, limit),
      );
      turns.set(id, turn);
      return turn;
    },
    leave: close,
    wait(timeoutMs) {
      closeUnread();
      for (const { reader } of readings.values()) if (reader.hasNews) return Promise.resolve();
      return news.wait(timeoutMs);
    },
    ...admin,
    async close() {
      for (const id of [...readings.keys()]) close(id);
      news.close();
      client.destroy();
      fanOut?.client.destroy();
    },
  };
};
