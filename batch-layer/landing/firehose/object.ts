import { gunzipSync } from "node:zlib";

const GZIP = [0x1f, 0x8b] as const;
/** Firehose's own buffer ends at 128 MiB. */
const OBJECT_BYTES_MAX = 512 * 2 ** 20;

/** The lines of an object that Firehose wrote, compressed or not. */
export const linesOf = (object: Uint8Array): readonly string[] => {
  const isGzip = object[0] === GZIP[0] && object[1] === GZIP[1];
  const bytes = isGzip ? gunzipSync(object, { maxOutputLength: OBJECT_BYTES_MAX }) : object;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
};
