import { createEventOffsets, type DigestPolicy, holdsDigest, pushAggregate } from "@freshet/kpl";

/*
 * What a log record's bytes hold: one event (UTF-8 JSON), many (a KPL aggregate: kpl/format.ts), or a control record of ours.
 * A control record begins with 0x00, which neither JSON nor an aggregate does, then one byte of kind:
 *   heartbeat  nothing more
 *   oversize   the event's size, u32 little endian, and its first bytes
 */
const CONTROL = 0x00;
const HEARTBEAT_KIND = 0x01;
const OVERSIZE_KIND = 0x02;
const OVERSIZE_HEADER_BYTES = 6;
const HEAD_BYTES_MAX = 1024;
const SIZE_MAX = 2 ** 32 - 1;

export type UnpackedRecord =
  /** One, or an aggregate's members: an event's index is its subsequence. */
  | { readonly kind: "events"; readonly events: readonly Uint8Array[] }
  | { readonly kind: "heartbeat" }
  /** One event that was too large to store: its size and first bytes. It counts as one rejected event. */
  | { readonly kind: "oversize"; readonly bytes: number; readonly head: Uint8Array };

export const heartbeatRecord = (): Uint8Array => Uint8Array.of(CONTROL, HEARTBEAT_KIND);

/** `bytes`: the event's size, where only its beginning was kept. */
export const oversizeRecord = (event: Uint8Array, bytes = event.length): Uint8Array => {
  const head = event.subarray(0, HEAD_BYTES_MAX);
  const record = new Uint8Array(OVERSIZE_HEADER_BYTES + head.length);
  record[0] = CONTROL;
  record[1] = OVERSIZE_KIND;
  new DataView(record.buffer).setUint32(2, Math.min(bytes, SIZE_MAX), true);
  record.set(head, OVERSIZE_HEADER_BYTES);
  return record;
};

export const isHeartbeat = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === 2 && bytes[start] === CONTROL && bytes[start + 1] === HEARTBEAT_KIND;

/** Where an oversize record's head begins, or -1 of any other record. */
export const oversizeHead = (bytes: Uint8Array, start: number, end: number): number =>
  bytes[start] === CONTROL && end - start >= OVERSIZE_HEADER_BYTES && bytes[start + 1] === OVERSIZE_KIND
    ? start + OVERSIZE_HEADER_BYTES
    : -1;

/** The event's size, of the oversize record that starts there. */
export const oversizeBytes = (bytes: Uint8Array, start: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset + start, OVERSIZE_HEADER_BYTES).getUint32(2, true);

/** One record by itself; `RecordBatch` does the same for many. The events are views into `data`. */
export const unpackRecord = (data: Uint8Array, digest: DigestPolicy = "always"): UnpackedRecord => {
  if (isHeartbeat(data, 0, data.length)) return { kind: "heartbeat" };
  const head = oversizeHead(data, 0, data.length);
  if (head >= 0) return { kind: "oversize", bytes: oversizeBytes(data, 0), head: data.subarray(head) };
  const offsets = createEventOffsets();
  if (!pushAggregate(data, 0, data.length, digest, offsets, holdsDigest))
    return { kind: "events", events: [data] };
  const { starts, ends, count } = offsets;
  return {
    kind: "events",
    events: Array.from({ length: count }, (_, index) => data.subarray(starts[index], ends[index])),
  };
};
