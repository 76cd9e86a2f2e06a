import type { RecordBatch } from "../recordBatch.js";

const PADDING = 0x3d;

/**
 * Decodes base64 to where the batch's next record goes. Returns its length, or -1 unless it is RFC 4648's standard alphabet, padded.
 * Node's decoder passes over what it does not know, and takes the URL alphabet too: then the length is not what the text's length says,
 * or it holds one of that alphabet's own characters.
 */
export const decodeBase64 = (text: string, batch: RecordBatch): number => {
  const { length } = text;
  if (length % 4 !== 0 || text.includes("-") || text.includes("_")) return -1;
  const padding =
    text.charCodeAt(length - 1) !== PADDING ? 0 : text.charCodeAt(length - 2) !== PADDING ? 1 : 2;
  const expected = (length / 4) * 3 - padding;
  const start = batch.reserve((length / 4) * 3);
  return batch.bytes.write(text, start, "base64") === expected ? expected : -1;
};
