const NEWLINE = 0x0a;
const RETURN = 0x0d;

export type Row =
  | { readonly kind: "row"; readonly bytes: Buffer }
  /** Its syntax is broken; the bytes are those of one line. */
  | { readonly kind: "broken"; readonly bytes: Buffer }
  /** A line of more than `rowBytesMax`. */
  | { readonly kind: "oversize"; readonly head: Buffer; readonly length: number };

/** Where the row that starts at `start` ends: at a line break, or at the end of the data when `final`; null: further on. */
export type FindRowEnd = (data: Buffer, start: number, final: boolean) => RowEnd | null;

export interface RowEnd {
  readonly at: number;
  readonly broken: boolean;
}

export interface RowSplitter {
  /** The rows that the chunk completes. The same rows come out however the input is cut into chunks. */
  push(chunk: Buffer): Row[];
  end(): Row[];
}

const HEAD_BYTES_MAX = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into rows, holding at most one row and one chunk. Empty lines are no rows. A row that gets longer
 * than `rowBytesMax` is given up: its first line is broken (or oversize), and the next line begins a new row.
 */
export const createRowSplitter = (findRowEnd: FindRowEnd, rowBytesMax: number): RowSplitter => {
  let carried: Buffer = NOTHING;
  let skipping: { readonly head: Buffer; length: number } | null = null;

  /** Passes over the rest of an oversize line: null when it goes on beyond the data. */
  const skipLine = (data: Buffer, rows: Row[], final: boolean): Buffer | null => {
    if (!skipping) return data;
    const newline = data.indexOf(NEWLINE);
    skipping.length += newline < 0 ? data.length : newline;
    if (newline < 0 && !final) return null;
    rows.push({ kind: "oversize", ...skipping });
    skipping = null;
    return newline < 0 ? NOTHING : data.subarray(newline + 1);
  };

  const split = (fresh: Buffer, final: boolean): Row[] => {
    const rows: Row[] = [];
    const data = skipLine(carried.length > 0 ? Buffer.concat([carried, fresh]) : fresh, rows, final);
    carried = NOTHING;
    if (data === null) return rows;
    let start = 0;
    while (start < data.length) {
      const end = findRowEnd(data, start, final);
      if ((end?.at ?? data.length) - start <= rowBytesMax) {
        if (!end) break;
        addRow(rows, data, start, end);
        start = end.at + 1;
        continue;
      }
      const newline = data.indexOf(NEWLINE, start);
      if (newline < 0 || newline - start > rowBytesMax) {
        skipping = {
          head: Buffer.from(data.subarray(start, start + Math.min(HEAD_BYTES_MAX, rowBytesMax))),
          length: 0,
        };
        const rest = skipLine(data.subarray(start), rows, final);
        if (rest === null) return rows;
        start = data.length - rest.length;
      } else {
        addRow(rows, data, start, { at: newline, broken: true });
        start = newline + 1;
      }
    }
    carried = data.subarray(start);
    return rows;
  };

  return { push: (chunk) => split(chunk, false), end: () => split(NOTHING, true) };
};

const addRow = (rows: Row[], data: Buffer, start: number, end: RowEnd): void => {
  const stop = end.at > start && data[end.at - 1] === RETURN ? end.at - 1 : end.at;
  if (stop > start) rows.push({ kind: end.broken ? "broken" : "row", bytes: data.subarray(start, stop) });
};

export const findLineEnd: FindRowEnd = (data, start, final) => {
  const newline = data.indexOf(NEWLINE, start);
  if (newline >= 0) return { at: newline, broken: false };
  return final ? { at: data.length, broken: false } : null;
};
