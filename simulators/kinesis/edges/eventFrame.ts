import { crc32 } from "node:zlib";

/**
 * One message of `application/vnd.amazon.eventstream`: total length, headers' length, CRC-32 of those eight bytes, headers, payload, CRC-32 of all.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export const eventFrame = (headers: Readonly<Record<string, string>>, payload: Uint8Array): Uint8Array => {
  const encoded = Buffer.concat(Object.entries(headers).map(([name, value]) => stringHeader(name, value)));
  const frame = Buffer.alloc(PRELUDE_BYTES + encoded.length + payload.length + CHECKSUM_BYTES);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(encoded.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(encoded, PRELUDE_BYTES);
  frame.set(payload, PRELUDE_BYTES + encoded.length);
  const checkedEnd = frame.length - CHECKSUM_BYTES;
  frame.writeUInt32BE(crc32(frame.subarray(0, checkedEnd)), checkedEnd);
  return frame;
};

const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
const STRING_TYPE = 7;

const stringHeader = (name: string, value: string): Buffer => {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const header = Buffer.alloc(1 + nameBytes.length + 1 + 2 + valueBytes.length);
  header.writeUInt8(nameBytes.length, 0);
  header.set(nameBytes, 1);
  header.writeUInt8(STRING_TYPE, 1 + nameBytes.length);
  header.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  header.set(valueBytes, 4 + nameBytes.length);
  return header;
};
