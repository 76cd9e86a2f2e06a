import type { EpochMs } from "@freshet/model";
import type { LogEntry } from "./port.js";

/** Entries that lie in one buffer, by columns: many of them then cost no object each. Both are UTF-8 or any bytes in `bytes`. */
export interface EntrySpans {
  readonly count: number;
  /** No longer than what is used. */
  readonly bytes: Uint8Array;
  readonly keyStarts: Int32Array;
  readonly keyEnds: Int32Array;
  readonly dataStarts: Int32Array;
  readonly dataEnds: Int32Array;
  /** One an entry; the log's own clock where it is absent. */
  readonly arrivalMs?: readonly EpochMs[] | undefined;
}

/** The same by themselves, with bytes of their own. */
export const entriesOfSpans = (spans: EntrySpans): readonly LogEntry[] => {
  const bytes = Buffer.from(spans.bytes);
  return Array.from({ length: spans.count }, (_, index): LogEntry => {
    const partitionKey = bytes.toString("utf8", spans.keyStarts[index], spans.keyEnds[index]);
    const data = bytes.subarray(spans.dataStarts[index], spans.dataEnds[index]);
    const arrivalMs = spans.arrivalMs?.[index];
    return arrivalMs === undefined ? { partitionKey, data } : { partitionKey, data, arrivalMs };
  });
};
