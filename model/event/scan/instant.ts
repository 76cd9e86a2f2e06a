import { INSTANT_MS_MAX, INSTANT_MS_MIN, parseInstant } from "../instant.js";
import type { Bytes } from "./bytes.js";

const QUOTE = 34;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const ZED = 90;
const MINUTE_CHARACTERS = 16;
const FRACTION_DIGITS_MAX = 9;

/** Reads ISO 8601 times as `parseInstant` does. */
export interface InstantReader {
  /** Behind the closing quote of the time that starts at `at`; -1 where it is none. */
  read(bytes: Bytes, words: DataView, at: number, end: number): number;
  /** Holds what was read last, in epoch milliseconds. */
  readonly value: Float64Array;
}

/** -1 where one of them is no digit. */
const twoDigits = (bytes: Bytes, at: number): number => {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? -1 : tens * 10 + ones;
};

/** Keeps the last minute: times of a stream are near each other, and of the next only the rest is read. */
export const createInstantReader = (): InstantReader => {
  const value = new Float64Array(1);
  /** `YYYY-MM-DDThh:mm` */
  const minute = new Int32Array(MINUTE_CHARACTERS / 4);
  let minuteMs = Number.NaN;

  const learnMinute = (bytes: Bytes, words: DataView, at: number): boolean => {
    let text = "";
    for (let index = at; index < at + MINUTE_CHARACTERS; index++)
      text += String.fromCharCode(bytes[index] as number);
    const ms = parseInstant(`${text}Z`);
    if (ms === null) return false;
    minuteMs = ms;
    for (let word = 0; word < minute.length; word++) minute[word] = words.getInt32(at + 4 * word, true);
    return true;
  };

  const readZone = (bytes: Bytes, at: number, utcMs: number): number => {
    const sign = bytes[at] === PLUS ? 1 : bytes[at] === MINUS ? -1 : 0;
    const hours = twoDigits(bytes, at + 1);
    const minutes = twoDigits(bytes, at + 4);
    if (sign === 0 || bytes[at + 3] !== COLON || bytes[at + 6] !== QUOTE) return -1;
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return -1;
    const ms = utcMs - sign * (hours * 60 + minutes) * 60_000;
    if (ms < INSTANT_MS_MIN || ms > INSTANT_MS_MAX) return -1;
    value[0] = ms;
    return at + 7;
  };

  const read = (bytes: Bytes, words: DataView, start: number, end: number): number => {
    if (start + MINUTE_CHARACTERS >= end) return -1;
    const isKnown =
      words.getInt32(start + 12, true) === minute[3] &&
      words.getInt32(start + 8, true) === minute[2] &&
      words.getInt32(start + 4, true) === minute[1] &&
      words.getInt32(start, true) === minute[0];
    if (!isKnown && !learnMinute(bytes, words, start)) return -1;
    let at = start + MINUTE_CHARACTERS;
    let ms = 0;
    if (bytes[at] === COLON) {
      const second = twoDigits(bytes, at + 1);
      if (second < 0 || second > 59) return -1;
      ms = second * 1000;
      at += 3;
      if (bytes[at] === POINT) {
        const from = ++at;
        let unit = 100;
        let digit = (bytes[at] as number) - 48;
        while (digit >>> 0 <= 9 && at - from < FRACTION_DIGITS_MAX) {
          ms += digit * unit;
          unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
          digit = (bytes[++at] as number) - 48;
        }
        if (at === from) return -1;
      }
    }
    if (bytes[at] !== ZED || bytes[at + 1] !== QUOTE) return readZone(bytes, at, minuteMs + ms);
    value[0] = minuteMs + ms;
    return at + 2;
  };

  return { read, value };
};
