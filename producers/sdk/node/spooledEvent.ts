import type { OutgoingEvent } from "../transport.js";

const HEAD_BYTES = 4;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/* An event in a spool: the length of what comes next (u32, little-endian), all but its bytes as JSON, its bytes. */
export const spooledEvent = ({ json, ...stamp }: OutgoingEvent): Uint8Array => {
  const head = utf8.encode(JSON.stringify(stamp));
  const entry = new Uint8Array(HEAD_BYTES + head.length + json.length);
  new DataView(entry.buffer).setUint32(0, head.length, true);
  entry.set(head, HEAD_BYTES);
  entry.set(json, HEAD_BYTES + head.length);
  return entry;
};

/** Of an entry whose checksum held, and which `spooledEvent` made. */
export const eventOf = (entry: Uint8Array): OutgoingEvent => {
  const length = new DataView(entry.buffer, entry.byteOffset).getUint32(0, true);
  const stamp = JSON.parse(text.decode(entry.subarray(HEAD_BYTES, HEAD_BYTES + length)));
  return { ...(stamp as Omit<OutgoingEvent, "json">), json: entry.subarray(HEAD_BYTES + length) };
};
