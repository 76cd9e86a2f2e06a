import type { EventSlices } from "@freshet/model";
import {
  createEventOffsets,
  type DigestCheck,
  type DigestPolicy,
  digestsOfRecords,
  grown,
  holdDigests,
  holdsDigest,
  pushAggregate,
  pushEvent,
} from "@freshet/kpl";
import { isHeartbeat, oversizeBytes, oversizeHead } from "./recordFormat.js";

/** Offsets are 32-bit. */
const BATCH_BYTES_MAX = 2 ** 31 - 1;
const BYTES_FIRST = 1 << 20;
const UTF8_BYTES_OF_UNIT_MAX = 3;

/**
 * Gives at least `bytesMin` bytes that begin with the first `used` of what it gave before; those are not used again.
 * In this way a batch can lie in memory that is not JavaScript's own.
 */
export type GrowBytes = (before: Uint8Array, used: number, bytesMin: number) => Uint8Array;

const growOnHeap: GrowBytes = (before, used, bytesMin) => {
  const bytes = Buffer.allocUnsafeSlow(Math.min(BATCH_BYTES_MAX, Math.max(bytesMin, before.length * 2)));
  bytes.set(before.subarray(0, used));
  return bytes;
};

export interface RecordBatchOptions {
  readonly digest: DigestPolicy;
  readonly grow?: GrowBytes;
}

/** Log records in one buffer that is used again, with the events that they hold. */
export interface RecordBatch extends EventSlices {
  readonly bytes: Buffer;
  readonly recordCount: number;
  /** By event: the index of its record, by order of adding, and its own index inside the record. */
  readonly recordOf: Int32Array;
  readonly subsequences: Int32Array;
  /** Copies a record. Returns how many events it holds: none of a heartbeat, each of an aggregate. */
  add(data: Uint8Array): number;
  /** Makes room to write a record into `bytes` oneself. Returns where it is to start. */
  reserve(bytesMax: number): number;
  /** Adds the record of that length that has been written where `reserve` said. */
  addReserved(length: number): number;
  /**
   * Compares the digests of records of which `add` will be given the same arrays, one after the other: the more there are, the faster.
   * Forgets what it was told before, and costs nothing where the policy compares none.
   */
  foresee(records: readonly Uint8Array[]): void;
  /**
   * Runs `fill`, which adds to the batch, and compares the digests of what it added at its end, which is faster the more there are.
   * Should one be wrong, it is run again from where the batch stood, each digest being compared as it comes: so it must do the same again.
   */
  together<Result>(fill: () => Result): Result;
  clear(): void;
}

/** Where in the batch a message lies whose digest is still to be compared. */
interface Unchecked {
  readonly start: number;
  readonly end: number;
}

const sameBytes = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const createRecordBatch = ({ digest, grow = growOnHeap }: RecordBatchOptions): RecordBatch => {
  const offsets = createEventOffsets();
  const oversize = new Map<number, number>();
  let bytes = sameBytes(grow(new Uint8Array(0), 0, BYTES_FIRST));
  let used = 0;
  let recordCount = 0;
  /** Inside `together`: whose digests are still to be compared. */
  let later: Unchecked[] | null = null;
  /** Of records that are to be added: whether their digest holds. */
  let foreseen = new Map<Uint8Array, boolean>();
  let recordOf: Int32Array = new Int32Array(offsets.starts.length);
  let subsequences: Int32Array = new Int32Array(offsets.starts.length);

  const reserve = (bytesMax: number): number => {
    const through = used + bytesMax;
    if (through > bytes.length) {
      if (through > BATCH_BYTES_MAX) throw new RangeError(`a batch of ${through} bytes: clear it sooner`);
      bytes = sameBytes(grow(bytes, used, through));
    }
    return used;
  };

  const holds: DigestCheck = (of, start, end, hasMembers) => {
    if (!later || !hasMembers) return holdsDigest(of, start, end);
    later.push({ start, end });
    return true;
  };

  const pushEvents = (start: number, end: number, known: boolean | undefined): void => {
    if (isHeartbeat(bytes, start, end)) return;
    const head = oversizeHead(bytes, start, end);
    if (head >= 0) {
      oversize.set(offsets.count, oversizeBytes(bytes, start));
      pushEvent(offsets, head, end);
      return;
    }
    const check = known === undefined ? holds : () => known;
    if (!pushAggregate(bytes, start, end, digest, offsets, check)) pushEvent(offsets, start, end);
  };

  const addWritten = (length: number, digestHolds: boolean | undefined): number => {
    const before = offsets.count;
    const start = used;
    used = start + length;
    pushEvents(start, used, digestHolds);
    const { count } = offsets;
    if (count > recordOf.length) {
      recordOf = grown(recordOf, offsets.starts.length);
      subsequences = grown(subsequences, offsets.starts.length);
    }
    for (let index = before; index < count; index++) {
      recordOf[index] = recordCount;
      subsequences[index] = index - before;
    }
    recordCount++;
    return count - before;
  };

  const rewind = (toBytes: number, toRecords: number, toEvents: number): void => {
    used = toBytes;
    recordCount = toRecords;
    offsets.count = toEvents;
    for (const index of oversize.keys()) if (index >= toEvents) oversize.delete(index);
  };

  const fillLater = <Result>(fill: () => Result, messages: Unchecked[]): Result => {
    later = messages;
    try {
      return fill();
    } finally {
      later = null;
    }
  };

  return {
    get bytes() {
      return bytes;
    },
    get starts() {
      return offsets.starts;
    },
    get ends() {
      return offsets.ends;
    },
    get count() {
      return offsets.count;
    },
    get appendedThrough() {
      return used;
    },
    get recordCount() {
      return recordCount;
    },
    get recordOf() {
      return recordOf;
    },
    get subsequences() {
      return subsequences;
    },
    oversize,
    append: (text) => {
      const start = reserve(text.length * UTF8_BYTES_OF_UNIT_MAX);
      used += bytes.write(text, start, "utf8");
      return start;
    },
    add: (data) => {
      const start = reserve(data.length); // may replace `bytes`
      bytes.set(data, start);
      const digestHolds = foreseen.get(data);
      foreseen.delete(data);
      return addWritten(data.length, digestHolds);
    },
    reserve,
    addReserved: (length) => addWritten(length, undefined),
    foresee: (records) => {
      foreseen = digestsOfRecords(records, digest);
    },
    together: (fill) => {
      if (later) return fill();
      const [usedBefore, recordsBefore, eventsBefore] = [used, recordCount, offsets.count];
      const messages: Unchecked[] = [];
      const result = fillLater(fill, messages);
      if (holdDigests(messages.map((message) => ({ bytes, ...message }))).every((held) => held))
        return result;
      rewind(usedBefore, recordsBefore, eventsBefore);
      return fill();
    },
    clear: () => {
      rewind(0, 0, 0);
      if (later) later.length = 0;
    },
  };
};
