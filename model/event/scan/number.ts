import type { Bytes } from "./bytes.js";
import { numberEnd } from "./skip.js";

const MINUS = 45;
const POINT = 46;
/** So many digits are an integer that a double holds, and 10^22 is the last power of ten that it holds. */
const DIGITS_MAX = 15;
const POWERS = Float64Array.from({ length: DIGITS_MAX + 1 }, (_, power) => Number(`1e${power}`));

/** Reads JSON numbers as `JSON.parse` does. */
export interface NumberReader {
  /** Behind the finite number at `at`, -1 where there is none. */
  read(bytes: Bytes, at: number, end: number): number;
  /** Holds what was read last. */
  readonly value: Float64Array;
}

/** Up to 15 digits without an exponent are one division of two exact doubles, which rounds once: Clinger's fast path. */
export const createNumberReader = (): NumberReader => {
  const value = new Float64Array(1);

  const readLong = (bytes: Bytes, at: number, end: number): number => {
    const behind = numberEnd(bytes, at, end);
    if (behind < 0) return -1;
    let text = "";
    for (let index = at; index < behind; index++) text += String.fromCharCode(bytes[index] as number);
    const number = Number(text);
    if (!Number.isFinite(number)) return -1;
    value[0] = number;
    return behind;
  };

  const read = (bytes: Bytes, start: number, end: number): number => {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let digit = (bytes[at] as number) - 48;
    if (digit >>> 0 > 9) return -1;
    let units = digit;
    digit = (bytes[++at] as number) - 48;
    if (units === 0) {
      if (digit >>> 0 <= 9) return -1;
    } else {
      while (digit >>> 0 <= 9 && at < end) {
        units = units * 10 + digit;
        digit = (bytes[++at] as number) - 48;
      }
    }
    let digits = at - first;
    let decimals = 0;
    if (bytes[at] === POINT) {
      const point = at;
      digit = (bytes[++at] as number) - 48;
      while (digit >>> 0 <= 9 && at < end) {
        units = units * 10 + digit;
        digit = (bytes[++at] as number) - 48;
      }
      decimals = at - point - 1;
      if (decimals === 0) return -1;
      digits += decimals;
    }
    if (digits > DIGITS_MAX || ((bytes[at] as number) | 32) === 101) return readLong(bytes, start, end);
    if (at >= end) return -1;
    const number = decimals === 0 ? units : units / (POWERS[decimals] as number);
    value[0] = negative ? -number : number;
    return at;
  };

  return { read, value };
};
