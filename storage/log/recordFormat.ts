/*
 * What a log record's bytes hold: one event (UTF-8 JSON), or a control record of ours.
 * A control record begins with 0x00, which no JSON text does, then one byte of kind.
 * (KPL aggregates are recognised here too, when that codec arrives.)
 */
const CONTROL = 0x00;
const HEARTBEAT = 0x01;
const OVERSIZE = 0x02;
const HEAD_BYTES_MAX = 1024;
const SIZE_MAX = 2 ** 32 - 1;

export type UnpackedRecord =
  | { readonly kind: "events"; readonly events: readonly Uint8Array[] }
  | { readonly kind: "heartbeat" }
  /** One event that was too large to store: its size and first bytes. It counts as one rejected event. */
  | { readonly kind: "oversize"; readonly bytes: number; readonly head: Uint8Array };

export const heartbeatRecord = (): Uint8Array => Uint8Array.of(CONTROL, HEARTBEAT);

/** `bytes`: the event's size, where only its beginning was kept. */
export const oversizeRecord = (event: Uint8Array, bytes = event.length): Uint8Array => {
  const head = event.subarray(0, HEAD_BYTES_MAX);
  const record = new Uint8Array(6 + head.length);
  record[0] = CONTROL;
  record[1] = OVERSIZE;
  new DataView(record.buffer).setUint32(2, Math.min(bytes, SIZE_MAX), true);
  record.set(head, 6);
  return record;
};

export const unpackRecord = (data: Uint8Array): UnpackedRecord => {
  if (data.length >= 2 && data[0] === CONTROL) {
    if (data[1] === HEARTBEAT && data.length === 2) return { kind: "heartbeat" };
    if (data[1] === OVERSIZE && data.length >= 6) {
      const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(2, true);
      return { kind: "oversize", bytes, head: data.subarray(6) };
    }
  }
  return { kind: "events", events: [data] };
};
