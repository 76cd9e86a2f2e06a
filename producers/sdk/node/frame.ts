import { crc32 } from "node:zlib";

/* An entry of a spool's file: length (u32, little-endian), CRC-32 of the bytes (u32, little-endian), the bytes. */
export const FRAME_HEAD_BYTES = 8;

export const frameOf = (entry: Uint8Array): Buffer => {
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + entry.length);
  frame.writeUInt32LE(entry.length, 0);
  frame.writeUInt32LE(crc32(entry), 4);
  frame.set(entry, FRAME_HEAD_BYTES);
  return frame;
};

/** The entries that are whole, up to the first that is not: what a crash cut off was never acknowledged. */
export const entriesOf = (file: Buffer): readonly Uint8Array[] => {
  const entries: Uint8Array[] = [];
  for (let at = 0; at + FRAME_HEAD_BYTES <= file.length; ) {
    const start = at + FRAME_HEAD_BYTES;
    const end = start + file.readUInt32LE(at);
    if (end > file.length) break;
    const entry = file.subarray(start, end);
    if (crc32(entry) !== file.readUInt32LE(at + 4)) break;
    entries.push(entry);
    at = end;
  }
  return entries;
};
