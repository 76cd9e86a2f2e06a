import type { FieldColumn } from "../columns.js";
import type { ScanTable } from "../scanTable.js";
import type { Arena } from "./arena.js";
import * as layout from "./layout.js";
import type { ColumnMember } from "./table.js";

const ROWS_FIRST = 4096;
/** So many texts with escapes a batch; the plain reader reads what goes past them. */
const ESCAPED_PER_ROW = 2;

/** The columns of a batch, in the kernel's memory. */
export interface Rows {
  readonly capacity: number;
  readonly table: ScanTable & { readonly fingerprints: Uint32Array };
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** As many as the settings count. */
  readonly refused: Uint32Array;
  readonly escaped: Uint32Array;
}

/** Makes room for at least so many rows and tells the kernel where it is. Earlier rows are lost. */
export const createRows = (
  arena: Arena,
  rowsMin: number,
  columnOf: readonly number[],
  members: readonly ColumnMember[],
): Rows => {
  const capacity = Math.max(ROWS_FIRST, rowsMin);
  const columnCount = new Set(columnOf).size;
  const place = (bytes: number, setting: number): number => {
    const at = arena.take(capacity * bytes);
    arena.view.setUint32(setting, at, true);
    return at;
  };
  const starts = place(4, layout.ROW_STARTS);
  const ends = place(4, layout.ROW_ENDS);
  const reasons = place(1, layout.ROW_REASONS);
  const types = place(2, layout.ROW_TYPES);
  const times = place(8, layout.ROW_TIMES);
  const late = place(8, layout.ROW_LATE);
  const ahead = place(8, layout.ROW_AHEAD);
  const idStarts = place(4, layout.ROW_ID_STARTS);
  const idEnds = place(4, layout.ROW_ID_ENDS);
  const fingerprints = place(16, layout.ROW_FINGERPRINTS);
  const refused = place(4, layout.REFUSED_ROWS);
  const escaped = place(8 * ESCAPED_PER_ROW, layout.ESCAPED_TEXTS);
  arena.view.setUint32(layout.ESCAPED_COUNT_MAX, capacity * ESCAPED_PER_ROW, true);
  const places = Array.from({ length: columnCount }, () => ({
    kinds: arena.take(capacity),
    starts: arena.take(capacity * 4),
    ends: arena.take(capacity * 4),
    numbers: arena.take(capacity * 8),
  }));
  const kinds = arena.take(columnCount * 4);
  for (const [index, of] of places.entries()) arena.view.setUint32(kinds + index * 4, of.kinds, true);
  arena.view.setUint32(layout.COLUMN_KINDS, kinds, true);
  arena.view.setUint32(layout.COLUMN_COUNT, columnCount, true);
  for (const { at, column } of members) {
    const of = places[column] as (typeof places)[number];
    arena.view.setUint32(at + layout.MEMBER_COLUMN, column, true);
    arena.view.setUint32(at + layout.MEMBER_KINDS, of.kinds, true);
    arena.view.setUint32(at + layout.MEMBER_STARTS, of.starts, true);
    arena.view.setUint32(at + layout.MEMBER_ENDS, of.ends, true);
    arena.view.setUint32(at + layout.MEMBER_NUMBERS, of.numbers, true);
  }
  // the memory grows no more: from here on it may be looked at
  const { buffer } = arena;
  const columns = places.map(
    (of): FieldColumn => ({
      kinds: new Uint8Array(buffer, of.kinds, capacity),
      starts: new Int32Array(buffer, of.starts, capacity),
      ends: new Int32Array(buffer, of.ends, capacity),
      numbers: new Float64Array(buffer, of.numbers, capacity),
    }),
  );
  const table = {
    count: 0,
    columns,
    fields: columnOf.map((column) => columns[column] as FieldColumn),
    reasons: new Uint8Array(buffer, reasons, capacity),
    types: new Uint16Array(buffer, types, capacity),
    timesMs: new Float64Array(buffer, times, capacity),
    lateMs: new Float64Array(buffer, late, capacity),
    aheadMs: new Float64Array(buffer, ahead, capacity),
    idStarts: new Int32Array(buffer, idStarts, capacity),
    idEnds: new Int32Array(buffer, idEnds, capacity),
    fingerprints: new Uint32Array(buffer, fingerprints, capacity * 4),
  };
  return {
    capacity,
    table,
    starts: new Int32Array(buffer, starts, capacity),
    ends: new Int32Array(buffer, ends, capacity),
    refused: new Uint32Array(buffer, refused, capacity),
    escaped: new Uint32Array(buffer, escaped, capacity * ESCAPED_PER_ROW * 2),
  };
};
