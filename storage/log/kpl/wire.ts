const VARINT_BYTES_MAX = 10;
const TAG_BYTES_MAX = 5;
/** protobuf's own limit of nesting. */
const GROUPS_MAX = 100;

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED_32 = 5;

/** Instead of a number, where the bytes are no protobuf. */
export const BROKEN = -1;

/** Reads protobuf's wire format; never a byte at or past the `end` it is given. */
export interface WireReader {
  at: number;
  /** Rounded past 2^53. */
  varint(end: number): number;
  tag(end: number): number;
  /** A length that lies before `end`; `at` stands behind it. */
  length(end: number): number;
  /** Passes over the field whose tag has just been read. */
  skip(tag: number, end: number): boolean;
}

export const createWireReader = (bytes: Uint8Array): WireReader => {
  const number = (end: number, bytesMax: number): number => {
    let value = 0;
    let scale = 1;
    const last = Math.min(end, wire.at + bytesMax);
    while (wire.at < last) {
      const byte = bytes[wire.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    return BROKEN;
  };

  const pass = (count: number, end: number): boolean => {
    if (count < 0 || count > end - wire.at) return false;
    wire.at += count;
    return true;
  };

  const skipGroup = (field: number, end: number): boolean => {
    const open = [field];
    while (open.length > 0) {
      const tag = wire.tag(end);
      if (tag === BROKEN) return false;
      if (tag % 8 === GROUP_END) {
        if (open.pop() !== Math.floor(tag / 8)) return false;
      } else if (tag % 8 === GROUP_START) {
        if (open.push(Math.floor(tag / 8)) > GROUPS_MAX) return false;
      } else if (!wire.skip(tag, end)) return false;
    }
    return true;
  };

  const wire: WireReader = {
    at: 0,
    varint: (end) => number(end, VARINT_BYTES_MAX),
    tag: (end) => {
      const tag = number(end, TAG_BYTES_MAX);
      return tag >= 8 && tag < 2 ** 32 ? tag : BROKEN;
    },
    length: (end) => {
      const length = number(end, VARINT_BYTES_MAX);
      return length <= end - wire.at ? length : BROKEN;
    },
    skip: (tag, end) => {
      switch (tag % 8) {
        case VARINT:
          return wire.varint(end) !== BROKEN;
        case FIXED_64:
          return pass(8, end);
        case LENGTH_DELIMITED:
          return pass(wire.length(end), end);
        case GROUP_START:
          return skipGroup(Math.floor(tag / 8), end);
        case FIXED_32:
          return pass(4, end);
        default:
          return false;
      }
    },
  };
  return wire;
};
