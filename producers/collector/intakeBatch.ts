import type { EventSlices } from "@freshet/model";

const BYTES_FIRST = 1 << 20;
const EVENTS_FIRST = 1024;
/** A buffer that has grown larger for one great call is not kept past the next. */
const KEPT_BYTES_MAX = 16 * 2 ** 20;
/** Offsets are 32-bit. */
const BYTES_MAX = 2 ** 31 - 1;
const UTF8_BYTES_OF_UNIT_MAX = 3;
const NONE: ReadonlyMap<number, number> = new Map();

/** The events of a call in one buffer that is used again, and behind them what else is to be stored of them. */
export interface IntakeBatch extends EventSlices {
  readonly bytes: Buffer;
  /** By event, where its partition key lies; whoever reads the events sets it. */
  readonly keyStarts: Int32Array;
  readonly keyEnds: Int32Array;
  /** Adds an event that lies so in the bytes. */
  push(start: number, end: number): void;
  /** Copies bytes behind what there is. Returns where they start; they end at `appendedThrough`. @throws RangeError past 2 GiB. */
  put(bytes: Uint8Array): number;
  clear(): void;
}

export const createIntakeBatch = (): IntakeBatch => {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST);
  let used = 0;
  let count = 0;
  let starts: Int32Array = new Int32Array(EVENTS_FIRST);
  let ends: Int32Array = new Int32Array(EVENTS_FIRST);
  let keyStarts: Int32Array = new Int32Array(EVENTS_FIRST);
  let keyEnds: Int32Array = new Int32Array(EVENTS_FIRST);

  const reserve = (more: number): number => {
    const through = used + more;
    if (through > BYTES_MAX) throw new RangeError(`events of ${through} bytes: send fewer at once`);
    if (through > bytes.length) {
      const longer = Buffer.allocUnsafeSlow(Math.min(BYTES_MAX, Math.max(through, bytes.length * 2)));
      bytes.copy(longer, 0, 0, used);
      bytes = longer;
    }
    return used;
  };
  const doubled = (column: Int32Array): Int32Array => {
    const longer = new Int32Array(column.length * 2);
    longer.set(column);
    return longer;
  };

  return {
    get bytes() {
      return bytes;
    },
    get starts() {
      return starts;
    },
    get ends() {
      return ends;
    },
    get keyStarts() {
      return keyStarts;
    },
    get keyEnds() {
      return keyEnds;
    },
    get count() {
      return count;
    },
    get appendedThrough() {
      return used;
    },
    oversize: NONE,
    append(text) {
      const start = reserve(text.length * UTF8_BYTES_OF_UNIT_MAX);
      used += bytes.write(text, start, "utf8");
      return start;
    },
    put(given) {
      const start = reserve(given.length);
      bytes.set(given, start);
      used += given.length;
      return start;
    },
    push(start, end) {
      if (count === starts.length) {
        starts = doubled(starts);
        ends = doubled(ends);
        keyStarts = doubled(keyStarts);
        keyEnds = doubled(keyEnds);
      }
      starts[count] = start;
      ends[count++] = end;
    },
    clear() {
      if (bytes.length > KEPT_BYTES_MAX) bytes = Buffer.allocUnsafeSlow(BYTES_FIRST);
      used = 0;
      count = 0;
    },
  };
};
