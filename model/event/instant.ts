/** 0001-01-01T00:00:00Z and the last millisecond of 9999, in epoch milliseconds. */
export const INSTANT_MS_MIN = -62_135_596_800_000;
export const INSTANT_MS_MAX = 253_402_300_799_999;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const FRACTION_DIGITS_MAX = 9;

/**
 * ISO 8601 date and time with a zone (`Z` or `+hh:mm`): epoch milliseconds, digits past them cut off.
 * Null for anything else, and outside the years 1 to 9999.
 */
export const parseInstant = (text: string): number | null => {
  const { length } = text;
  if (length < 17 || length > 36) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  // biome-ignore format: one line a character
  if (text[4] !== "-" || text[7] !== "-" || text[10] !== "T" || text[13] !== ":") return null;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour < 0 || hour > 23)
    return null;
  if (minute < 0 || minute > 59) return null;
  let at = 16;
  let ms = 0;
  if (text[at] === ":") {
    const second = digits(text, at + 1, 2);
    if (second < 0 || second > 59) return null;
    ms = second * 1000;
    at += 3;
    if (text[at] === ".") {
      const from = at + 1;
      at = from;
      while (at < length && isDigit(text.charCodeAt(at))) at++;
      if (at === from || at - from > FRACTION_DIGITS_MAX) return null;
      ms += digits(text.slice(from, at).padEnd(3, "0"), 0, 3);
    }
  }
  const zoneMinutes = text[at] === "Z" && length === at + 1 ? 0 : parseZone(text, at);
  if (zoneMinutes === null) return null;
  const result =
    daysFromEpoch(year, month, day) * DAY_MS + (hour * 60 + minute - zoneMinutes) * MINUTE_MS + ms;
  return result < INSTANT_MS_MIN || result > INSTANT_MS_MAX ? null : result;
};

const parseZone = (text: string, at: number): number | null => {
  const sign = text[at] === "+" ? 1 : text[at] === "-" ? -1 : 0;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (sign === 0 || text[at + 3] !== ":" || text.length !== at + 6) return null;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return sign * (hours * 60 + minutes);
};

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/** -1 where one of them is no digit. */
const digits = (text: string, from: number, count: number): number => {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const unit = text.charCodeAt(index);
    if (!isDigit(unit)) return -1;
    value = value * 10 + unit - 48;
  }
  return value;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (MONTH_DAYS[month - 1] as number);

/** Days from 1970-01-01 in the proleptic Gregorian calendar; the year begins in March, so that leap days end it. */
const daysFromEpoch = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = (month + 9) % 12;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - 1 - 719_468;
};
