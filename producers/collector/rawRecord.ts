const SPACE = 0x20;

/**
 * Bytes that are no event, as a record: the log's own records begin with a byte that no JSON text begins with (and empty ones
 * cannot be stored), so a space goes before what could be taken for one of them.
 */
export const rawRecord = (bytes: Uint8Array): Uint8Array => {
  const first = bytes[0] ?? 0;
  if (first !== 0 && first < 0x80) return bytes;
  const record = new Uint8Array(bytes.length + 1);
  record[0] = SPACE;
  record.set(bytes, 1);
  return record;
};
