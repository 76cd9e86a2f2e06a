import type { FindRowEnd, RowEnd } from "./rowSplitter.js";

const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * RFC 4180: a field that begins with a quote runs to the next single quote, line breaks and all. A quote inside an unquoted
 * field is an ordinary character. What follows a closing quote must be a delimiter or the row's end, else the row is broken
 * and taken to end with its first line.
 */
export const csvRowEnd =
  (delimiter: string): FindRowEnd =>
  (data, start, final) => {
    const newline = data.indexOf(NEWLINE, start);
    const lineEnd = newline < 0 ? data.length : newline;
    if (!data.subarray(start, lineEnd).includes(QUOTE)) {
      return newline >= 0 || final ? { at: lineEnd, broken: false } : null;
    }
    const broken = (): RowEnd | null => (newline >= 0 || final ? { at: lineEnd, broken: true } : null);
    const delimiterByte = delimiter.charCodeAt(0);
    let at = start;
    for (;;) {
      if (data[at] === QUOTE) {
        at = closingQuote(data, at + 1);
        if (at < 0) return final ? broken() : null;
        at++;
        if (at >= data.length && !final) return null;
        const returns = data[at] === RETURN && (data[at + 1] === NEWLINE || at + 1 >= data.length);
        if (returns && at + 1 >= data.length && !final) return null;
        if (at < data.length && data[at] !== delimiterByte && data[at] !== NEWLINE && !returns)
          return broken();
      }
      while (at < data.length && data[at] !== delimiterByte && data[at] !== NEWLINE) at++;
      if (at >= data.length) return final ? { at, broken: false } : null;
      if (data[at] === NEWLINE) return { at, broken: false };
      at++;
    }
  };

/** Doubled quotes stand for one. -1: not in the data. */
const closingQuote = (data: Buffer, from: number): number => {
  let at = data.indexOf(QUOTE, from);
  while (at >= 0 && data[at + 1] === QUOTE) at = data.indexOf(QUOTE, at + 2);
  return at;
};

/** The fields of one row that `csvRowEnd` found whole. */
export const csvFields = (row: string, delimiter: string): string[] => {
  if (!row.includes('"')) return row.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; at <= row.length; at++) {
    let field = "";
    if (row[at] === '"') {
      let close = row.indexOf('"', at + 1);
      while (row[close + 1] === '"') close = row.indexOf('"', close + 2);
      field = row.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
    } else {
      const end = row.indexOf(delimiter, at);
      field = row.slice(at, end < 0 ? row.length : end);
      at += field.length;
    }
    fields.push(field);
  }
  return fields;
};
