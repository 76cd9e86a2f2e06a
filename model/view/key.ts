import type { GroupKey } from "../brand.js";
import type { Dimension, KeyValues } from "../metric/definition.js";

/*
 * A key's bytes, per dimension: a tag, then the value, so that comparing bytes compares null < false < true <
 * integers by size < strings by UTF-8 bytes.
 *   01 null | 02 false | 03 true | 04 integer: 8 bytes big endian of value + 2^63
 *   05 string: UTF-8 with 00 written as 00 FF, ended by 00 01
 */
export const KEY_TAGS = { null: 1, false: 2, true: 3, integer: 4, string: 5 } as const;
const NULL = String.fromCharCode(KEY_TAGS.null);
const FALSE = String.fromCharCode(KEY_TAGS.false);
const TRUE = String.fromCharCode(KEY_TAGS.true);
const INTEGER = String.fromCharCode(KEY_TAGS.integer);
const STRING = String.fromCharCode(KEY_TAGS.string);
const STRING_END = "\x00\x01";

/** Takes what comes after a segment's `groupsMax` groups. Greater than every other key. */
export const OTHER_KEY = "\xff" as GroupKey;

export type KeyPart = string | number | boolean | null;

const encodeInteger = (value: number): string => {
  const high = Math.floor(value / 0x1_0000_0000) + 0x8000_0000;
  const low = value >>> 0;
  return (
    INTEGER +
    String.fromCharCode(
      high >>> 24,
      (high >>> 16) & 255,
      (high >>> 8) & 255,
      high & 255,
      low >>> 24,
      (low >>> 16) & 255,
      (low >>> 8) & 255,
      low & 255,
    )
  );
};

// biome-ignore lint: control characters are the point
const PLAIN_ASCII = /^[\x01-\x7f]*$/;

const encodeString = (value: string): string => {
  if (PLAIN_ASCII.test(value)) return STRING + value + STRING_END;
  const bytes = Buffer.from(value, "utf8").toString("latin1");
  return STRING + bytes.replaceAll("\x00", "\x00\xff") + STRING_END;
};

/** One part per dimension, in the definition's order; instants as epoch ms. Numbers must be safe integers. */
export const encodeKey = (parts: readonly KeyPart[]): GroupKey => {
  let key = "";
  for (const part of parts) {
    if (part === null) key += NULL;
    else if (typeof part === "string") key += encodeString(part);
    else if (typeof part === "number") key += encodeInteger(part);
    else key += part ? TRUE : FALSE;
  }
  return key as GroupKey;
};

const decodeIntegerAt = (key: string, at: number): number => {
  let high = 0;
  let low = 0;
  for (let index = 0; index < 4; index++) {
    high = high * 256 + key.charCodeAt(at + index);
    low = low * 256 + key.charCodeAt(at + 4 + index);
  }
  return (high - 0x8000_0000) * 0x1_0000_0000 + low;
};

/** @throws RangeError for bytes that `encodeKey` does not make. */
export const decodeParts = (key: GroupKey): KeyPart[] => {
  const parts: KeyPart[] = [];
  for (let at = 0; at < key.length; ) {
    const tag = key[at++];
    if (tag === NULL) parts.push(null);
    else if (tag === FALSE) parts.push(false);
    else if (tag === TRUE) parts.push(true);
    else if (tag === INTEGER && at + 8 <= key.length) {
      parts.push(decodeIntegerAt(key, at));
      at += 8;
    } else if (tag === STRING) {
      const end = key.indexOf(STRING_END, at);
      if (end < 0) throw new RangeError("a key's string has no end");
      const bytes = key.slice(at, end).replaceAll("\x00\xff", "\x00");
      parts.push(Buffer.from(bytes, "latin1").toString("utf8"));
      at = end + 2;
    } else throw new RangeError(`not a key: tag ${tag?.charCodeAt(0)}`);
  }
  return parts;
};

/** As users see it: an object by dimension, instants as ISO text. */
export const decodeKey = (key: GroupKey, dimensions: readonly Dimension[]): KeyValues => {
  const parts = decodeParts(key);
  return Object.fromEntries(
    dimensions.map(({ name, type }, index) => {
      const part = parts[index] ?? null;
      return [name, type === "instant" && typeof part === "number" ? new Date(part).toISOString() : part];
    }),
  );
};
