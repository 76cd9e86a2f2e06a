/** Of a safe integer. */
export const VARINT_BYTES_MAX = 8;

/** Returns where it ends. */
export const putVarint = (bytes: Uint8Array, start: number, value: number): number => {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  return at;
};
