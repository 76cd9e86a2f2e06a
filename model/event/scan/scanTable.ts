import type { EventColumns, FieldColumn, FieldNeed } from "./columns.js";

const ROWS_FIRST = 1024;

/** The columns of a run of events; a longer table takes its place when a run needs more. */
export interface ScanTable extends EventColumns {
  count: number;
  /** Each once: fields that are needed twice share one. */
  readonly columns: readonly FieldColumn[];
}

/** `columnOf` gives the column of each need. */
export const createScanTable = (rows: number, columnOf: readonly number[]): ScanTable => {
  const length = Math.max(ROWS_FIRST, rows);
  const columns = Array.from({ length: new Set(columnOf).size }, () => createFieldColumn(length));
  return {
    columns,
    count: 0,
    reasons: new Uint8Array(length),
    types: new Uint16Array(length),
    timesMs: new Float64Array(length),
    lateMs: new Float64Array(length),
    aheadMs: new Float64Array(length),
    idStarts: new Int32Array(length),
    idEnds: new Int32Array(length),
    fields: columnOf.map((column) => columns[column] as FieldColumn),
  };
};

const createFieldColumn = (length: number): FieldColumn => ({
  kinds: new Uint8Array(length),
  starts: new Int32Array(length),
  ends: new Int32Array(length),
  numbers: new Float64Array(length),
});

/** For each need its column: equal needs share one. */
export const columnsOf = (needs: readonly FieldNeed[]): readonly number[] => {
  const columns = new Map<string, number>();
  return needs.map(({ event, path }) => {
    const key = JSON.stringify([event, path]);
    const column = columns.get(key) ?? columns.size;
    columns.set(key, column);
    return column;
  });
};
