/** What compiled expressions call. Texts are well-formed Unicode; positions count code points. */
const SURROGATE = /[\ud800-\udfff]/;

/** < 0, 0 or > 0 as the UTF-8 bytes of `a` stand to those of `b`. */
export const codePointOrder = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
};

/** Surrogates stand for code points above every other UTF-16 unit. */
const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

export const codePointCount = (text: string): number => {
  if (!SURROGATE.test(text)) return text.length;
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xdc00 || unit > 0xdfff) count++;
  }
  return count;
};

/** `length` code points from the `start`-th on, counted from 1. */
export const codePointSlice = (text: string, start: number, length: number): string => {
  if (!SURROGATE.test(text)) return text.slice(start - 1, start - 1 + length);
  const from = unitOffset(text, 0, start - 1);
  return text.slice(from, unitOffset(text, from, length));
};

const unitOffset = (text: string, from: number, codePoints: number): number => {
  let offset = from;
  for (let passed = 0; passed < codePoints && offset < text.length; passed++) {
    const unit = text.charCodeAt(offset);
    offset += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
  }
  return offset;
};

export const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
export const upperAscii = (text: string): string => text.replace(/[a-z]+/g, (run) => run.toUpperCase());

const SPACE = 32;
/** Without U+0020 at both ends; other white space stays. */
export const trimSpaces = (text: string): string => {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) === SPACE) from++;
  while (to > from && text.charCodeAt(to - 1) === SPACE) to--;
  return text.slice(from, to);
};

/** The `part`-th part, counted from 1; empty where there are fewer. */
export const splitPart = (text: string, separator: string, part: number): string => {
  let from = 0;
  for (let passed = 1; passed < part; passed++) {
    const found = text.indexOf(separator, from);
    if (found < 0) return "";
    from = found + separator.length;
  }
  const end = text.indexOf(separator, from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
};

/** The remainder with the divisor's sign; null for a divisor of 0. */
export const floorModulo = (a: number, b: number): number | null => {
  if (b === 0) return null;
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest + 0;
};

/** floor(a / b), exact; null for a divisor of 0. */
export const divideFloor = (a: number, b: number): number | null => {
  if (b === 0) return null;
  const rest = a % b;
  const truncated = (a - rest) / b + 0;
  return rest !== 0 && rest < 0 !== b < 0 ? truncated - 1 : truncated;
};

export const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null || a < b ? a : b;
export const greatest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null || a > b ? a : b;

const INTEGER = /^-?[0-9]{1,15}$/;
/** The integer that a text of decimal digits is; null for any other text. */
export const toInteger = (text: string): number | null => (INTEGER.test(text) ? Number(text) + 0 : null);
