/** The size of the varint of an integer under 2^31. */
export const varintBytes = (value: number): number => {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest >>>= 7) bytes++;
  return bytes;
};

/** The size of a field whose tag is one byte. */
export const fieldBytes = (length: number): number => 1 + varintBytes(length) + length;
