import { State } from "./state";

const DAY_MS: f64 = 86400000;
/** 0001-01-01T00:00:00Z and the last millisecond of 9999, in epoch milliseconds. */
const MS_MIN: f64 = -62135596800000;
const MS_MAX: f64 = 253402300799999;
const FRACTION_DIGITS_MAX: usize = 9;

/** The day that was read last: its ten characters, and the milliseconds at which it begins. */
let dayHead: u64 = 0;
let dayTail: u16 = 0;
let dayMs: f64 = 0;

/** Reads epoch milliseconds into `State.number`. Returns where they end; 0: they are none. */
export function epochEnd(end: usize): usize {
  const ms = State.number;
  return end !== 0 && floor(ms) === ms && ms >= MS_MIN && ms <= MS_MAX ? end : 0;
}

/**
 * Reads ISO 8601 with a zone into `State.number`, as `parseInstant` does, from behind its quote. Returns where its
 * closing quote is; 0: it is none.
 */
export function readInstant(at: usize): usize {
  if (!readDay(at) || load<u8>(at, 10) !== 0x54) return 0;
  // hh:mm:ss, .fffZ and a quote: a byte that is beyond its greatest digit gets its high bit set
  const clock = load<u64>(at, 11) ^ 0x30303a30303a3030;
  const rest = load<u64>(at, 19) ^ 0x0000225a3030302e;
  const clockSigns = (clock | (clock + 0x767a7f767a7f767d)) & 0x8080808080808080;
  const restSigns = (rest | (rest + 0x00007f7f7676767f)) & 0x0000808080808080;
  if ((clockSigns | restSigns) !== 0) return readClock(at + 11);
  const hours = (clock & 15) * 10 + ((clock >> 8) & 15);
  if (hours > 23) return 0;
  const minutes = ((clock >> 24) & 15) * 10 + ((clock >> 32) & 15);
  const seconds = ((clock >> 48) & 15) * 10 + (clock >> 56);
  const ms = ((rest >> 8) & 15) * 100 + ((rest >> 16) & 15) * 10 + ((rest >> 24) & 15);
  State.number = dayMs + <f64>(((hours * 60 + minutes) * 60 + seconds) * 1000 + ms);
  return at + 24;
}

/** Any other way to write the time of day and the zone. */
function readClock(start: usize): usize {
  const hours = two(start);
  const minutes = two(start + 3);
  if (load<u8>(start, 2) !== 0x3a || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return 0;
  let at = start + 5;
  let ms = 0;
  if (load<u8>(at) === 0x3a) {
    const seconds = two(at + 1);
    if (seconds < 0 || seconds > 59) return 0;
    ms = seconds * 1000;
    at += 3;
    if (load<u8>(at) === 0x2e) {
      const from = ++at;
      let unit = 100;
      while (digit(at) >= 0) {
        ms += digit(at) * unit;
        unit /= 10;
        at++;
      }
      if (at === from || at - from > FRACTION_DIGITS_MAX) return 0;
    }
  }
  let zoneMinutes = 0;
  const sign = load<u8>(at);
  if (sign === 0x5a) at++;
  else {
    const zoneHours = two(at + 1);
    zoneMinutes = two(at + 4);
    if ((sign !== 0x2b && sign !== 0x2d) || load<u8>(at, 3) !== 0x3a) return 0;
    if (zoneHours < 0 || zoneHours > 23 || zoneMinutes < 0 || zoneMinutes > 59) return 0;
    zoneMinutes += zoneHours * 60;
    if (sign === 0x2d) zoneMinutes = -zoneMinutes;
    at += 6;
  }
  if (load<u8>(at) !== 0x22) return 0;
  State.number = dayMs + <f64>((hours * 60 + minutes - zoneMinutes) * 60000 + ms);
  return epochEnd(at);
}

function digit(at: usize): i32 {
  const value = <u8>(load<u8>(at) - 0x30);
  return value < 10 ? <i32>value : -1;
}

function two(at: usize): i32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

function readDay(at: usize): bool {
  const head = load<u64>(at);
  const tail = load<u16>(at, 8);
  if (head === dayHead && tail === dayTail) return true;
  const centuries = two(at);
  const years = two(at + 2);
  const month = two(at + 5);
  const day = two(at + 8);
  if (centuries < 0 || years < 0 || load<u8>(at, 4) !== 0x2d || load<u8>(at, 7) !== 0x2d) return false;
  const year = centuries * 100 + years;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  dayHead = head;
  dayTail = tail;
  dayMs = <f64>daysFromEpoch(year, month, day) * DAY_MS;
  return true;
}

function daysIn(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar; the year begins in March, so that leap days end it. */
function daysFromEpoch(year: i32, month: i32, day: i32): i32 {
  const marchYear = month <= 2 ? year - 1 : year;
  const marchMonth = (month + 9) % 12;
  const leapDays = marchYear / 4 - marchYear / 100 + marchYear / 400;
  return marchYear * 365 + leapDays + (153 * marchMonth + 2) / 5 + day - 1 - 719468;
}
