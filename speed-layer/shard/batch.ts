import type { RecordBatch } from "@freshet/storage";

/** A batch takes no more once it holds as much as this: it stays within the processor's cache, and soon gives way. */
export const BATCH_EVENTS_MAX = 4_096;
export const BATCH_BYTES_MAX = 2 ** 20;

/** Never true of an empty batch: a record of any size is taken, by itself where it must be. */
export const isFull = ({ count, appendedThrough }: RecordBatch): boolean =>
  count >= BATCH_EVENTS_MAX || appendedThrough >= BATCH_BYTES_MAX;
