import type { Random } from "../../random/random.js";

/** The beginning of an event of one type: every field in it has a fixed width, and is written over in place. */
export interface Template {
  readonly bytes: Uint8Array;
  /** Where each field begins; -1: the type has none. */
  readonly id: number;
  readonly time: number;
  readonly article: number;
  readonly cluster: number;
  readonly user: number;
}

const ULID_DIGITS = 26;
const INSTANT_CHARACTERS = "2026-01-05T12:00:50.000Z".length;

/** Numbers begin where all have as many digits, as ids mostly do. */
export const ARTICLE = { from: 100_000, digits: 6 };
export const CLUSTER = { from: 10, digits: 2 };
export const USER = { from: 1_000_000, digits: 7 };

/** What stands in a template's text for a field. */
export const HOLES = {
  id: "I".repeat(ULID_DIGITS),
  time: "T".repeat(INSTANT_CHARACTERS),
  article: "A".repeat(ARTICLE.digits),
  cluster: "C".repeat(CLUSTER.digits),
  user: "U".repeat(USER.digits),
};

export const templateOf = (text: string): Template => ({
  bytes: Buffer.from(text),
  id: text.indexOf(HOLES.id),
  time: text.indexOf(HOLES.time),
  article: text.indexOf(HOLES.article),
  cluster: text.indexOf(HOLES.cluster),
  user: text.indexOf(HOLES.user),
});

const ZERO = 48;

/** Writes the last `count` decimal digits of a number below 2^31. */
export const putDigits = (bytes: Uint8Array, from: number, count: number, value: number): void => {
  let rest = value;
  for (let at = from + count - 1; at >= from; at--) {
    const tens = (rest / 10) | 0;
    bytes[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
};

const CROCKFORD = Buffer.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
/** How many digits of 5 bits the later part of the time has, and one draw gives. */
const LOW_DIGITS = 4;
const LOW_END = 32 ** LOW_DIGITS;
const HIGH_DIGITS = 6;
const DRAW_DIGITS = 4;

const putBase32 = (bytes: Uint8Array, from: number, count: number, value: number): void => {
  let rest = value;
  for (let at = from + count - 1; at >= from; at--) {
    bytes[at] = CROCKFORD[rest & 31] as number;
    rest >>>= 5;
  }
};

/** The time, then 80 random bits. https://github.com/ulid/spec */
export const putUlid = (bytes: Uint8Array, from: number, timeMs: number, random: Random): void => {
  const high = Math.floor(timeMs / LOW_END);
  putBase32(bytes, from, HIGH_DIGITS, high);
  putBase32(bytes, from + HIGH_DIGITS, LOW_DIGITS, timeMs - high * LOW_END);
  for (let at = from + HIGH_DIGITS + LOW_DIGITS; at < from + ULID_DIGITS; at += DRAW_DIGITS) {
    putBase32(bytes, at, DRAW_DIGITS, random.integer(32 ** DRAW_DIGITS));
  }
};

const MINUTE_MS = 60_000;
const MINUTE_CHARACTERS = "2026-01-05T12:00:".length;

/** Writes times as `toISOString` does, those of the years 1970 to 9999. */
export const createInstantWriter = (): ((bytes: Uint8Array, from: number, timeMs: number) => void) => {
  let minute = -1;
  let text: Uint8Array = new Uint8Array(0);
  return (bytes, from, timeMs) => {
    const at = Math.floor(timeMs / MINUTE_MS);
    if (at !== minute) {
      minute = at;
      text = Buffer.from(new Date(timeMs).toISOString());
    }
    bytes.set(text, from);
    const ms = timeMs - at * MINUTE_MS;
    const seconds = (ms / 1000) | 0;
    putDigits(bytes, from + MINUTE_CHARACTERS, 2, seconds);
    putDigits(bytes, from + MINUTE_CHARACTERS + 3, 3, ms - seconds * 1000);
  };
};
