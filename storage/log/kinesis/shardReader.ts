import type { Delivery, RecordSource, StartingPoint, StreamRecord } from "@freshet/kinesis-consumer";
import { epochMs, type SequenceNumber, sequenceNumber, type ShardId } from "@freshet/model";
import { type LogRecord, READ_BYTES_MAX, type ReadResult } from "../port.js";

export interface ShardReaderOptions {
  /** Opens at the shard's oldest record, or at a sequence (Kinesis' writing), which comes again where it is still there. */
  readonly open: (from: StartingPoint) => RecordSource;
  /** When the reply was asked for in which these records came; null where it does not hold all that there was. */
  readonly wholeSinceMs: (records: readonly StreamRecord[]) => number | null;
  /** The position before the first read; null: the beginning. */
  readonly after: SequenceNumber | null;
  /** Whether records may have left the shard before anybody could read it from its beginning. */
  readonly isLate: boolean;
  /** What became of a shard that Kinesis no longer knows. */
  readonly childrenOf: () => readonly ShardId[];
  /** Something came that nobody has been given yet. */
  readonly onDelivery: () => void;
}

/** Reads one shard forward; see `ShardLog.read`. One call at a time. */
export interface ShardReader {
  /** The earliest position that `read` can go on from. */
  readonly base: SequenceNumber | null;
  /** Waits for Kinesis only while nothing is known of the position, and no longer than `patience`. */
  read(after: SequenceNumber | null, limit: number, patience: Promise<void>): Promise<ReadResult>;
  readonly hasNews: boolean;
  close(): void;
}

const published = ({ sequence, arrivalMs, partitionKey, data }: StreamRecord): LogRecord => ({
  sequence: sequenceNumber(sequence),
  arrivalMs: epochMs(arrivalMs),
  partitionKey: partitionKey ?? "",
  data,
});

/** Whether there was something between them. */
const liesBefore = (after: SequenceNumber | null, available: SequenceNumber | null): boolean =>
  after === null || available === null || BigInt(after) + 1n < BigInt(available);

const withoutZeros = (sequence: SequenceNumber): string => sequence.replace(/^0+(?=\d)/, "");

export const createShardReader = (options: ShardReaderOptions): ShardReader => {
  const { after: openedAfter } = options;
  const source = options.open(
    openedAfter === null
      ? { kind: "trimHorizon" }
      : { kind: "atSequence", sequence: withoutZeros(openedAfter) },
  );
  let base = openedAfter;
  let records: readonly LogRecord[] = [];
  let newest: Delivery | null = null;
  /** When the reader stood at the shard's end; null: it does not. */
  let endMs: number | null = null;
  /** Null until the first record, or the end of a shard without any, has shown it. */
  let isTrimmed: boolean | null = openedAfter === null ? options.isLate : null;
  let firstAvailable: SequenceNumber | null = null;
  let ready: Delivery | null = null;
  let failure: { readonly error: unknown } | null = null;
  let coming: Promise<void> | null = null;

  const fetch = (): void => {
    if (coming || ready || newest?.ended) return;
    coming = source.next().then(
      (delivery) => {
        coming = null;
        ready = delivery;
        options.onDelivery();
      },
      (error: unknown) => {
        coming = null;
        failure = { error };
        options.onDelivery();
      },
    );
  };

  /** The record at which reading was opened is there still: so is all that came after it. */
  const look = (arrived: readonly LogRecord[]): void => {
    const [first] = arrived;
    if (first === undefined) return;
    if (isTrimmed === null) isTrimmed = first.sequence !== openedAfter;
    if (first.sequence !== openedAfter) firstAvailable ??= first.sequence;
  };

  const takeIn = (): void => {
    if (!ready) return;
    newest = ready;
    ready = null;
    endMs = newest.ended || newest.behindMs === 0 ? options.wholeSinceMs(newest.records) : null;
    const arrived = newest.records.map(published);
    look(arrived);
    records = [...records, ...arrived.filter(({ sequence }) => base === null || sequence > base)];
  };

  const pass = (after: SequenceNumber | null): void => {
    if (after === null) return;
    base = after;
    const kept = records.findIndex(({ sequence }) => sequence > after);
    records = kept < 0 ? [] : records.slice(kept);
  };

  const page = (limit: number): readonly LogRecord[] => {
    let bytes = 0;
    const end = records.findIndex(({ data }, index) => {
      bytes += data.length;
      return index >= limit || (index > 0 && bytes > READ_BYTES_MAX);
    });
    return end < 0 ? records : records.slice(0, end);
  };

  const result = (after: SequenceNumber | null, given: readonly LogRecord[]): ReadResult => {
    const atEnd = endMs !== null && given.length === records.length && !ready;
    const ended = atEnd ? (newest?.ended ?? null) : null;
    const children = ended?.children.map(({ id }) => id as ShardId) ?? [];
    // Nothing at all, where a record was: it has left the log, and others with it, as far as can be told.
    const isGone = isTrimmed ?? (atEnd && records.length === 0);
    return {
      records: given,
      atEnd,
      ...(endMs !== null && { readAtMs: epochMs(endMs) }),
      ended: ended && { children: children.length > 0 ? children : options.childrenOf() },
      trimmed: isGone && liesBefore(after, firstAvailable) ? { firstAvailable } : null,
    };
  };

  fetch();
  return {
    get base() {
      return base;
    },
    get hasNews() {
      return failure !== null || (ready !== null && (ready.records.length > 0 || ready.ended !== null));
    },
    async read(after, limit, patience) {
      pass(after);
      if (records.length === 0 && endMs === null && coming) await Promise.race([coming, patience]);
      if (failure) throw failure.error;
      if (records.length === 0 || !newest) takeIn();
      fetch();
      return result(after, page(limit));
    },
    close: () => source.close(),
  };
};
