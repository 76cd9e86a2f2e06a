/*
 * Columns of a row group: the values that are there, one behind the other as Parquet's PLAIN encoding has them, and a bit a row that
 * says which are. Or values as a dictionary, and runs of their indexes. Filled again after each row group.
 */
const ROWS_FIRST = 1_024;
const BYTES_FIRST = 16_384;
const LENGTH_BYTES = 4;

interface Presence {
  rows: number;
  /** One bit a row, from the lowest. */
  bits: Uint8Array;
}

const note = (presence: Presence, present: boolean): void => {
  const { rows } = presence;
  if (rows >> 3 >= presence.bits.length) {
    const grown = new Uint8Array(presence.bits.length * 2);
    grown.set(presence.bits);
    presence.bits = grown;
  }
  if (present) presence.bits[rows >> 3] = (presence.bits[rows >> 3] as number) | (1 << (rows & 7));
  presence.rows = rows + 1;
};

const clear = (presence: Presence): void => {
  presence.bits.fill(0, 0, (presence.rows + 7) >> 3);
  presence.rows = 0;
};

/** A column of the row group at hand. */
export interface PlainColumn {
  readonly rows: number;
  readonly presence: Uint8Array;
  /** The values that are there. */
  readonly values: Uint8Array;
  /** Null: `values` stand for themselves. */
  readonly dictionary: { readonly values: Uint8Array; readonly count: number } | null;
  clear(): void;
}

export interface NumberColumn extends PlainColumn {
  add(value: number): void;
  addNull(): void;
}

export interface TextColumn extends PlainColumn {
  /** Valid UTF-8. */
  addBytes(from: Uint8Array, start: number, end: number): void;
  /** As `addBytes`, and one byte more. */
  addBytesAnd(from: Uint8Array, start: number, end: number, last: number): void;
  add(text: string): void;
  addNull(): void;
}

/** A text that is defined once, for many rows in a row. */
export interface RunColumn extends PlainColumn {
  /** Its code, until the column is cleared. */
  define(text: string): number;
  add(code: number): void;
  addNull(): void;
}

type Numbers = Int32Array | Float64Array;

const numberColumn = (make: (length: number) => Numbers): NumberColumn => {
  const presence: Presence = { rows: 0, bits: new Uint8Array(ROWS_FIRST / 8) };
  let numbers = make(ROWS_FIRST);
  let count = 0;
  return {
    get rows() {
      return presence.rows;
    },
    get presence() {
      return presence.bits;
    },
    get values() {
      return new Uint8Array(numbers.buffer, 0, count * numbers.BYTES_PER_ELEMENT);
    },
    dictionary: null,
    add(value) {
      if (count === numbers.length) {
        const grown = make(count * 2);
        grown.set(numbers);
        numbers = grown;
      }
      numbers[count++] = value;
      note(presence, true);
    },
    addNull: () => note(presence, false),
    clear() {
      clear(presence);
      count = 0;
    },
  };
};

export const int32Column = (): NumberColumn => numberColumn((length) => new Int32Array(length));
export const doubleColumn = (): NumberColumn => numberColumn((length) => new Float64Array(length));

/** Up to here a loop is faster than a call. */
const LOOP_BYTES_MAX = 64;
const UTF8_BYTES_OF_UNIT_MAX = 3;

export const textColumn = (): TextColumn => {
  const presence: Presence = { rows: 0, bits: new Uint8Array(ROWS_FIRST / 8) };
  let bytes: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST);
  let at = 0;

  const makeRoom = (length: number): void => {
    if (at + LENGTH_BYTES + length <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, at + LENGTH_BYTES + length));
    bytes.copy(grown, 0, 0, at);
    bytes = grown;
  };
  const putLength = (length: number): void => {
    bytes[at] = length;
    bytes[at + 1] = length >>> 8;
    bytes[at + 2] = length >>> 16;
    bytes[at + 3] = length >>> 24;
    at += LENGTH_BYTES;
  };
  const put = (from: Uint8Array, start: number, end: number): void => {
    if (end - start <= LOOP_BYTES_MAX) {
      for (let index = start; index < end; index++) bytes[at++] = from[index] as number;
      return;
    }
    bytes.set(from.subarray(start, end), at);
    at += end - start;
  };
  /** False: the text is something else. */
  const putShortAscii = (text: string, from: number): boolean => {
    if (text.length > LOOP_BYTES_MAX) return false;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return false;
      bytes[from + index] = unit;
    }
    return true;
  };
  return {
    get rows() {
      return presence.rows;
    },
    get presence() {
      return presence.bits;
    },
    get values() {
      return bytes.subarray(0, at);
    },
    dictionary: null,
    addBytes(from, start, end) {
      makeRoom(end - start);
      putLength(end - start);
      put(from, start, end);
      note(presence, true);
    },
    addBytesAnd(from, start, end, last) {
      makeRoom(end - start + 1);
      putLength(end - start + 1);
      put(from, start, end);
      bytes[at++] = last;
      note(presence, true);
    },
    add(text) {
      makeRoom(text.length * UTF8_BYTES_OF_UNIT_MAX);
      const from = at + LENGTH_BYTES;
      const length = putShortAscii(text, from) ? text.length : bytes.write(text, from, "utf8");
      putLength(length);
      at += length;
      note(presence, true);
    },
    addNull: () => note(presence, false),
    clear() {
      clear(presence);
      at = 0;
    },
  };
};

/** Codes are written as so many bits. */
const CODE_BITS = 32;
const VARINT_BYTES_MAX = 5;
const CODE_BYTES = 4;

export const runColumn = (): RunColumn => {
  const presence: Presence = { rows: 0, bits: new Uint8Array(ROWS_FIRST / 8) };
  const texts = textColumn();
  let runs: Buffer = Buffer.allocUnsafeSlow(BYTES_FIRST);
  let at = 0;
  let code = 0;
  let length = 0;

  /** A run of the RLE encoding: twice its length, then the code. */
  const writeRun = (): void => {
    if (length === 0) return;
    if (at + VARINT_BYTES_MAX + CODE_BYTES > runs.length) {
      const grown = Buffer.allocUnsafeSlow(runs.length * 2);
      runs.copy(grown, 0, 0, at);
      runs = grown;
    }
    let rest = length * 2;
    for (; rest >= 0x80; rest >>>= 7) runs[at++] = (rest & 0x7f) | 0x80;
    runs[at++] = rest;
    for (let shift = 0; shift < CODE_BITS; shift += 8) runs[at++] = code >>> shift;
    length = 0;
  };
  const begin = (): void => {
    runs[0] = CODE_BITS;
    at = 1;
    length = 0;
  };
  begin();
  return {
    get rows() {
      return presence.rows;
    },
    get presence() {
      return presence.bits;
    },
    get values() {
      writeRun();
      return runs.subarray(0, at);
    },
    get dictionary() {
      return { values: texts.values, count: texts.rows };
    },
    define(text) {
      texts.add(text);
      return texts.rows - 1;
    },
    add(next) {
      if (next !== code) {
        writeRun();
        code = next;
      }
      length++;
      note(presence, true);
    },
    addNull: () => note(presence, false),
    clear() {
      clear(presence);
      texts.clear();
      begin();
    },
  };
};
