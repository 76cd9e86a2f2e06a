import type { EventSlices } from "@freshet/model";
import type { RecordBatch } from "@freshet/storage";
import type { Columns, Scanner } from "../columns/columns.js";

/** A batch of more events, which is one of a large record, is scanned in parts. */
const WINDOW_EVENTS_MAX = 8_192;

/** Some events of a batch, scanned: `columns` begin with that at `from`. */
export interface Window {
  readonly from: number;
  readonly toExclusive: number;
  readonly columns: Columns;
}

/** Gives the window that an event of the batch lies in. Events are asked for in order; a window holds until the next. */
export const scanByWindow = (batch: RecordBatch, scanner: Scanner): ((index: number) => Window) => {
  let window: Window | null = null;
  return (index) => {
    if (window !== null && index < window.toExclusive) return window;
    const toExclusive = Math.min(index + WINDOW_EVENTS_MAX, batch.count);
    window = { from: index, toExclusive, columns: scanner.scan(slicesOf(batch, index, toExclusive)) };
    return window;
  };
};

/** The events `from` to `toExclusive` of a batch as slices of their own; the batch itself where they are all. */
const slicesOf = (batch: RecordBatch, from: number, toExclusive: number): EventSlices => {
  if (from === 0 && toExclusive === batch.count) return batch;
  const oversize = new Map<number, number>();
  for (const [index, bytes] of batch.oversize)
    if (index >= from && index < toExclusive) oversize.set(index - from, bytes);
  return {
    get bytes() {
      return batch.bytes;
    },
    starts: batch.starts.subarray(from, toExclusive),
    ends: batch.ends.subarray(from, toExclusive),
    count: toExclusive - from,
    oversize,
    append: batch.append,
    get appendedThrough() {
      return batch.appendedThrough;
    },
  };
};
