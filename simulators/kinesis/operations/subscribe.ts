import type { SubscribeToShardEvent, SubscribeToShardInput } from "@aws-sdk/client-kinesis";
import { ConnectionLost, KinesisError, required, unlessDryRun } from "../errors.js";
import { type Context, consumerOf, holdToRate, shardIn } from "../state/account.js";
import { type Bucket, createBucket } from "../state/bucket.js";
import { placeOf, type Position, type Shard, type StoredRecord, takeFrom } from "../state/shard.js";
import { type Stream, trimHorizonOf, trimStream } from "../state/stream.js";
import { childShards, isAtEnd, millisBehind, publishedRecord } from "./getRecords.js";
import { startOf } from "./iterator.js";

/** Events are pulled, one at a time: who does not pull holds the shard's reading back. */
export interface Subscription {
  /**
   * Null after the last: the shard ended, five minutes are over, or it was cancelled.
   * @throws KinesisError ResourceInUseException when another takes over, ResourceNotFoundException when stream or consumer are deleted
   * @throws ConnectionLost
   */
  next(): Promise<SubscribeToShardEvent | null>;
  cancel(): void;
}

const EVENT_RECORDS_MAX = 10_000;
const EVENT_BYTES_MAX = 2 ** 20;
/** What a timer of Node can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** @throws KinesisError */
export const subscribeToShard = (context: Context, input: SubscribeToShardInput): Subscription => {
  const { nowMs, account } = context;
  const { stream, consumer } = consumerOf(context, required(input.ConsumerARN, "consumerARN"));
  const shard = shardIn(context, stream, required(input.ShardId, "shardId"));
  holdToRate(stream.rates.subscribes, `${consumer.arn} ${shard.id}`, nowMs, "SubscribeToShard");
  if (consumer.status !== "ACTIVE")
    throw new KinesisError(
      "ResourceInUseException",
      `Consumer ${consumer.arn} is ${consumer.status}, not ACTIVE.`,
    );
  const former = consumer.subscriptions.get(shard.id);
  if (former && nowMs - former.startedMs < account.limits.takeOverAfterMs)
    throw new KinesisError(
      "ResourceInUseException",
      `Another active subscription exists for this consumer: ${consumer.arn}, shard ${shard.id}.`,
    );
  const from = required(input.StartingPosition, "startingPosition");
  const position = startOf(context, shard, {
    type: required(from.Type, "startingPosition.type"),
    sequence: from.SequenceNumber,
    timestamp: from.Timestamp,
  });
  unlessDryRun(input);
  former?.takeOver();
  const { subscription, takeOver } = openSubscription(context, stream, consumer.name, shard, position);
  consumer.subscriptions.set(shard.id, { startedMs: nowMs, takeOver });
  return subscription;
};

type State = "running" | "silent" | "taken" | "cancelled" | "over";

const openSubscription = (
  { account, nowMs, strikes }: Context,
  stream: Stream,
  consumerName: string,
  shard: Shard,
  start: Position,
): { readonly subscription: Subscription; takeOver(): void } => {
  const { clock, limits } = account;
  const endsMs = nowMs + limits.subscriptionLifeMs;
  const bytes = createBucket(limits.fanOutBytes);
  let state: State = "running";
  let position = start;
  let quietSinceMs = nowMs;
  let wakeUp = (): void => undefined;

  const change = (to: State): void => {
    if (state === "running" || state === "silent") state = to;
    wakeUp();
  };
  const wait = async (untilMs: number): Promise<void> => {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancelTimer();
        stream.listeners.delete(done);
        resolve();
      };
      wakeUp = done;
      stream.listeners.add(done);
      const cancelTimer = clock.after(Math.min(TIMER_MS_MAX, Math.max(1, untilMs - clock.epochMs())), done);
    });
  };
  const fault = (error: Error): Error => {
    state = "over";
    return error;
  };

  const step = (): SubscribeToShardEvent | null | { readonly waitUntilMs: number } => {
    const atMs = clock.epochMs();
    if (state === "cancelled" || state === "over") return null;
    if (state === "taken")
      throw fault(
        new KinesisError(
          "ResourceInUseException",
          "Another subscription of the consumer took this shard over.",
        ),
      );
    if (state === "silent") return { waitUntilMs: Number.MAX_SAFE_INTEGER };
    if (account.streams.get(stream.name) !== stream || !stream.consumers.has(consumerName))
      throw fault(
        new KinesisError("ResourceNotFoundException", `Stream or consumer of ${stream.name} not found.`),
      );
    if (atMs >= endsMs) {
      state = "over";
      return null;
    }
    trimStream(stream, trimHorizonOf(stream, atMs));
    const place = placeOf(shard, position);
    const records = ready(shard, place, atMs - limits.fanOutDelayMs, bytes, atMs);
    const ended = isAtEnd(shard, place + records.length);
    if (records.length === 0 && !ended && atMs < quietSinceMs + limits.fanOutQuietMs)
      return {
        waitUntilMs: Math.min(endsMs, quietSinceMs + limits.fanOutQuietMs, dueMs(shard, place, atMs)),
      };
    if (strikes("brokenSubscription")) throw fault(new ConnectionLost());
    if (strikes("silentSubscription")) {
      state = "silent";
      return { waitUntilMs: Number.MAX_SAFE_INTEGER };
    }
    quietSinceMs = atMs;
    return eventOf(place, records, ended, atMs);
  };

  /** When the next record may be sent: it has come, or the consumer's bytes of this second are not used up. */
  const dueMs = (of: Shard, place: number, atMs: number): number => {
    const next = of.records[place];
    if (!next) return Number.MAX_SAFE_INTEGER;
    return Math.max(atMs + THROTTLED_LOOK_MS, next.arrivalMs + limits.fanOutDelayMs);
  };

  const eventOf = (
    place: number,
    records: readonly StoredRecord[],
    ended: boolean,
    atMs: number,
  ): SubscribeToShardEvent => {
    const read = place + records.length;
    const last = records.at(-1);
    // At the tip the shard's progress is told by a number that no record has.
    if (read >= shard.records.length)
      position = { sequence: stream.nextSequence(atMs, shard.index), after: true };
    else if (last) position = { sequence: last.sequence, after: true };
    const event = {
      Records: records.map((record) => publishedRecord(record, stream)),
      MillisBehindLatest: millisBehind(shard, read, atMs),
    };
    if (!ended) return { ...event, ContinuationSequenceNumber: position.sequence };
    state = "over";
    return { ...event, ContinuationSequenceNumber: undefined, ChildShards: childShards(stream, shard) };
  };

  return {
    takeOver: () => change("taken"),
    subscription: {
      cancel: () => change("cancelled"),
      async next() {
        for (;;) {
          const stepped = step();
          if (stepped === null || !("waitUntilMs" in stepped)) return stepped;
          await wait(stepped.waitUntilMs);
        }
      },
    },
  };
};

const THROTTLED_LOOK_MS = 50;

const ready = (
  shard: Shard,
  place: number,
  arrivedByMs: number,
  bucket: Bucket,
  nowMs: number,
): readonly StoredRecord[] => {
  if (!bucket.isOpen(nowMs)) return [];
  const { records } = takeFrom(shard, place, EVENT_RECORDS_MAX, EVENT_BYTES_MAX);
  const late = records.findIndex(({ arrivalMs }) => arrivalMs > arrivedByMs);
  const sent = late < 0 ? records : records.slice(0, late);
  bucket.owe(
    sent.reduce((sum, { data }) => sum + data.length, 0),
    nowMs,
  );
  return sent;
};
