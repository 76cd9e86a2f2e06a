import {
  type FanOutEvent,
  type FanOutStream,
  type KinesisStream,
  StreamFailure,
  type StreamRecord,
} from "@freshet/kinesis-consumer";

export interface ReadableStream extends KinesisStream {
  /** When a reply was asked for, by the records that it brought; null of one that was cut off at the limit asked for. */
  wholeSinceMs(records: readonly StreamRecord[]): number | null;
  /** Their events too are known to `wholeSinceMs`. */
  pushed(fanOut: FanOutStream): FanOutStream;
}

/**
 * An event that says that it is not behind speaks of a moment before it came. Kinesis names no bound; it speaks of 70 ms from
 * arrival to delivery.
 */
const PUSHED_BEFORE_MS = 1_000;

const isNoPlace = (error: unknown): boolean =>
  error instanceof StreamFailure &&
  error.cause instanceof Error &&
  error.cause.name === "InvalidArgumentException";

/**
 * Keeps when each reply was asked for. AWS does not say what an iterator at a sequence is that retention has passed; where it is
 * refused, the oldest record is the place.
 */
export const createReadableStream = (stream: KinesisStream, now: () => number): ReadableStream => {
  const asked = new WeakMap<readonly StreamRecord[], number | null>();
  async function* noted(events: AsyncIterable<FanOutEvent>): AsyncIterable<FanOutEvent> {
    for await (const event of events) {
      asked.set(event.records, now() - PUSHED_BEFORE_MS);
      yield event;
    }
  }
  return {
    ...stream,
    async iterator(shard, from, signal) {
      try {
        return await stream.iterator(shard, from, signal);
      } catch (error) {
        if (from.kind !== "atSequence" || !isNoPlace(error)) throw error;
        return stream.iterator(shard, { kind: "trimHorizon" }, signal);
      }
    },
    async read(iterator, limit, signal) {
      const askedMs = now();
      const reply = await stream.read(iterator, limit, signal);
      asked.set(reply.records, reply.records.length < limit ? askedMs : null);
      return reply;
    },
    pushed: ({ subscribe }) => ({
      subscribe: async (shard, from, signal) => noted(await subscribe(shard, from, signal)),
    }),
    // Of a shard that has left the log nothing was read, and nothing will come.
    wholeSinceMs: (records) => (asked.has(records) ? (asked.get(records) ?? null) : now()),
  };
};
