import type { PlannedRecord } from "./plan.js";

export const REQUEST_RECORDS_MAX = 500;
/** Kinesis takes 10 MiB, keys counted; the margin is for whoever counts otherwise. */
export const REQUEST_BYTES_MAX = 9.5 * 2 ** 20;

/** Records as they go out together, in order; one that is larger than a request may be goes alone. */
export const requestsOf = (records: readonly PlannedRecord[]): readonly (readonly PlannedRecord[])[] => {
  const requests: PlannedRecord[][] = [];
  let last: PlannedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const isFull = last.length >= REQUEST_RECORDS_MAX || bytes + record.bytes > REQUEST_BYTES_MAX;
    if (last.length === 0 || isFull) {
      requests.push((last = []));
      bytes = 0;
    }
    last.push(record);
    bytes += record.bytes;
  }
  return requests;
};
