import type { LogRecord, RecordBatch } from "@freshet/storage";

/** A batch takes no more once it holds as much as this: it stays within the processor's cache, and soon gives way. */
export const BATCH_EVENTS_MAX = 4_096;
export const BATCH_BYTES_MAX = 2 ** 20;

/** Never true of an empty batch: a record of any size is taken, by itself where it must be. */
export const isFull = ({ count, appendedThrough }: RecordBatch): boolean =>
  count >= BATCH_EVENTS_MAX || appendedThrough >= BATCH_BYTES_MAX;

/** The digests of so much are compared at once: several of the largest records, without a pause that is felt. */
const FORESEEN_BYTES_MAX = 2 ** 23;

/** Has the batch compare digests of records from index `from` on, at least one. Returns up to which, exclusively. */
export const foresee = (batch: RecordBatch, records: readonly LogRecord[], from: number): number => {
  let to = from;
  let bytes = 0;
  while (
    to < records.length &&
    (to === from || bytes + (records[to] as LogRecord).data.length <= FORESEEN_BYTES_MAX)
  )
    bytes += (records[to++] as LogRecord).data.length;
  batch.foresee(records.slice(from, to).map(({ data }) => data));
  return to;
};
