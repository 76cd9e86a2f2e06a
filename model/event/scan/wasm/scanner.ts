import type { AppDocument } from "../../../app.js";
import { fingerprint, identitySeed } from "../../../measure/hash/fingerprint.js";
import { EVENT_ID_BYTES_MAX } from "../../reader.js";
import { ABSENT, type EventScanner, type EventSlices, type FieldColumn, type FieldNeed } from "../columns.js";
import { createPlainRowReader, TOO_LARGE } from "../plainRow.js";
import { planEvents } from "../plan.js";
import { columnsOf } from "../scanTable.js";
import { createArena } from "./arena.js";
import * as layout from "./layout.js";
import { startKernel } from "./program.js";
import { createRows } from "./rows.js";
import { writeTable } from "./table.js";

/** Events are copied into the kernel's memory so many bytes at a time, which stay in a core's own cache. */
const CHUNK_BYTES = 256 * 1024;
const UINT32_MAX = 0xffffffff;

export interface KernelScanner extends EventScanner {
  /** How many events were read by the plain reader so far. */
  readonly counts: { readonly plain: number };
}

/**
 * The scanner in WebAssembly: it reads any order of members, 16 bytes at a time. Null where Node lacks its vectors.
 */
export const createKernelScanner = (app: AppDocument, needs: readonly FieldNeed[]): KernelScanner | null => {
  const columnOf = columnsOf(needs);
  const distinct = needs.filter((_, index) => columnOf.indexOf(columnOf[index] as number) === index);
  const plans = planEvents(app, distinct);
  const kernel = startKernel();
  if (kernel === null || plans.length === 0) return null;
  const { eventBytesMax, eventDepthMax, maxLateMs, maxAheadMs } = app.settings;
  const seeds = app.events.map(({ name }) => identitySeed(name));
  const readPlain = createPlainRowReader(app, distinct);
  const arena = createArena(kernel.memory);
  writeSettings(arena.view, eventBytesMax, eventDepthMax, maxLateMs, maxAheadMs);
  const members = writeTable(arena, plans);
  const roomBytes = Math.max(CHUNK_BYTES, eventBytesMax);
  const room = arena.take(roomBytes);
  let rows = createRows(arena, 0, columnOf, members);
  let bytes = new Uint8Array(arena.buffer, room, roomBytes);
  const counts = { plain: 0 };

  /** Row after row as much as there is room for; a row without room is the plain reader's. */
  const readChunks = ({ bytes: from, count }: EventSlices): void => {
    let row = 0;
    while (row < count) {
      const lowest = rows.starts[row] as number;
      const through = rowThrough(rows.ends, row, count, lowest + roomBytes);
      const size = through === row ? 0 : (rows.ends[through - 1] as number) - lowest;
      if (size > 0) bytes.set(from.subarray(lowest, lowest + size));
      const next = Math.max(through, row + 1);
      kernel.scan(row, next, room - lowest, room, room + size);
      row = next;
    }
  };

  const unescape = (slices: EventSlices, row: number, { starts, ends }: FieldColumn): void => {
    const raw = slices.bytes.subarray(starts[row], ends[row]);
    const text = JSON.parse(`"${Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString()}"`) as string;
    starts[row] = slices.append(text);
    ends[row] = slices.appendedThrough;
  };

  const putFingerprint = (from: Uint8Array, row: number): void => {
    const { types, timesMs, idStarts, idEnds, fingerprints } = rows.table;
    const seed = seeds[types[row] as number] as Int32Array;
    const start = idStarts[row] as number;
    fingerprint(from, start, idEnds[row] as number, timesMs[row] as number, seed, fingerprints, row);
  };

  const scan = (slices: EventSlices) => {
    const { count, oversize } = slices;
    if (count > rows.capacity) {
      rows = createRows(arena, count * 2, columnOf, members);
      bytes = new Uint8Array(arena.buffer, room, roomBytes);
    }
    const { table, refused, escaped } = rows;
    table.count = count;
    rows.starts.set(slices.starts.subarray(0, count));
    rows.ends.set(slices.ends.subarray(0, count));
    for (const { kinds } of table.columns) kinds.fill(ABSENT, 0, count);
    arena.view.setUint32(layout.REFUSED_COUNT, 0, true);
    arena.view.setUint32(layout.ESCAPED_COUNT, 0, true);
    readChunks(slices);
    const escapedCount = arena.view.getUint32(layout.ESCAPED_COUNT, true);
    for (let index = 0; index < escapedCount; index++) {
      const column = table.columns[escaped[index * 2 + 1] as number] as FieldColumn;
      unescape(slices, escaped[index * 2] as number, column);
    }
    const refusedCount = arena.view.getUint32(layout.REFUSED_COUNT, true);
    for (let index = 0; index < refusedCount; index++) {
      const row = refused[index] as number;
      if ((rows.ends[row] as number) - (rows.starts[row] as number) > eventBytesMax)
        table.reasons[row] = TOO_LARGE;
      else {
        counts.plain++;
        readPlain(slices, row, table);
        if (table.reasons[row] === 0) putFingerprint(slices.bytes, row);
      }
    }
    for (const row of oversize.keys()) table.reasons[row] = TOO_LARGE;
    return table;
  };

  return { scan, counts };
};

const writeSettings = (
  view: DataView,
  eventBytesMax: number,
  depthMax: number,
  lateMs: number,
  aheadMs: number,
): void => {
  for (let index = 0; index < layout.BLOCK_BYTES; index++) {
    view.setUint8(layout.QUOTES + index, 34);
    view.setUint8(layout.BACKSLASHES + index, 92);
    view.setUint8(layout.SPACES + index, 32);
  }
  view.setUint32(layout.EVENT_BYTES_MAX, Math.min(eventBytesMax, UINT32_MAX), true);
  view.setUint32(layout.DEPTH_MAX, depthMax, true);
  view.setUint32(layout.ID_BYTES_MAX, EVENT_ID_BYTES_MAX, true);
  view.setFloat64(layout.LATE_MS, lateMs, true);
  view.setFloat64(layout.AHEAD_MS, aheadMs, true);
};

/** The first row that ends past `limit`; rows lie in order. */
const rowThrough = (ends: Int32Array, from: number, count: number, limit: number): number => {
  let low = from;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
