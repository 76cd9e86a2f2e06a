/** Bytes with a view of the same memory for whole words. Kernels read up to `SLACK_BYTES` past an event's end. */
export type Bytes = Uint8Array;

export const SLACK_BYTES = 32;

const encoder = new TextEncoder();
export const utf8Of = (text: string): Uint8Array => encoder.encode(text);

const SPACE = 32;
const isSpace = (byte: number): boolean => byte === SPACE || byte === 10 || byte === 13 || byte === 9;

/** Behind the white space at `at`, `end` at most. */
export const spaceEnd = (bytes: Bytes, at: number, end: number): number => {
  let from = at;
  while (from < end && isSpace(bytes[from] as number)) from++;
  return from;
};

/** Up to four ASCII characters as the word that their bytes are read as. */
export const littleEndian = (text: string): number =>
  [...text].reduce((word, character, index) => word | (character.charCodeAt(0) << (8 * index)), 0);

export const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
