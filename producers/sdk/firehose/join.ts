import type { OutgoingEvent } from "../transport.js";

/** One record of a delivery stream: events as lines of JSON. */
export interface LineRecord {
  readonly data: Uint8Array;
  /** Places in the batch. */
  readonly members: readonly number[];
}

const NEWLINE = 0x0a;

/** Events one after another, a newline after each (Firehose adds none), in records of at most `bytesMax`; a longer event goes alone. */
export const linesOf = (events: readonly OutgoingEvent[], bytesMax: number): readonly LineRecord[] => {
  const records: LineRecord[] = [];
  for (let next = 0; next < events.length; ) {
    const first = next;
    let bytes = 0;
    do bytes += (events[next++] as OutgoingEvent).json.length + 1;
    while (next < events.length && bytes + (events[next] as OutgoingEvent).json.length + 1 <= bytesMax);
    const data = new Uint8Array(bytes);
    let at = 0;
    for (let index = first; index < next; index++) {
      const { json } = events[index] as OutgoingEvent;
      data.set(json, at);
      at += json.length;
      data[at++] = NEWLINE;
    }
    records.push({ data, members: Array.from({ length: next - first }, (_, index) => first + index) });
  }
  return records;
};

export const REQUEST_RECORDS_MAX = 500;
/** Firehose takes 4 MiB a request. */
export const REQUEST_BYTES_MAX = 3.9 * 2 ** 20;

export const requestsOf = (records: readonly LineRecord[]): readonly (readonly LineRecord[])[] => {
  const requests: LineRecord[][] = [];
  let last: LineRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (
      last.length === 0 ||
      last.length >= REQUEST_RECORDS_MAX ||
      bytes + record.data.length > REQUEST_BYTES_MAX
    ) {
      requests.push((last = []));
      bytes = 0;
    }
    last.push(record);
    bytes += record.data.length;
  }
  return requests;
};
