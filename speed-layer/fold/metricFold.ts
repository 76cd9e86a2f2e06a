import type { MetricColumns } from "../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK } from "./chunks.js";
import { type GroupOrder, orderGroups } from "./groupOrder.js";
import { createGroupTable, type GroupTable, RECORD_KEY, RECORD_LENGTH, RECORD_PANE } from "./groupTable.js";
import { type Output, putVarint, putZigzag, reserve, VARINT_BYTES_MAX, ZIGZAG_BYTES_MAX } from "./output.js";
import type { Slabs } from "./slabs.js";
import { storeFor } from "./stores/storeFor.js";

/** The groups of one metric within one segment, and their states. */
export interface MetricFold {
  readonly definition: string;
  readonly overflow: boolean;
  /** Adds those of the first `count` accepted events that the metric counts. */
  add(columns: MetricColumns, accepted: Int32Array, count: number): void;
  /** Writes the metric's section of an increment. Yields how many groups each slice of the work took in hand. */
  encode(out: Output): Generator<number, void>;
}

const SLICE_GROUPS = 1_024;
/** Of the events that a metric counts: those events, and their groups. */
let rows = new Int32Array(0);
let groups = new Int32Array(0);

const selectCounted = (counted: Uint8Array, accepted: Int32Array, count: number): number => {
  let selected = 0;
  for (let at = 0; at < count; at++) {
    const index = accepted[at] as number;
    rows[selected] = index;
    if (counted[index] === 1) selected++;
  }
  return selected;
};

const paneOf = ({ chunks, panes }: GroupTable, record: number): number => {
  const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
  return panes.panesMs[chunk[(record & CHUNK_MASK) + RECORD_PANE] as number] as number;
};

const encodePanes = (table: GroupTable, records: Int32Array, from: number, to: number, out: Output): void => {
  reserve(out, (to - from) * ZIGZAG_BYTES_MAX);
  let { at } = out;
  let pane = from === 0 ? 0 : paneOf(table, records[from - 1] as number);
  for (let index = from; index < to; index++) {
    const next = paneOf(table, records[index] as number);
    at = putZigzag(out.bytes, at, next - pane);
    pane = next;
  }
  out.at = at;
};

/** How many bytes two keys have in common at their front. */
const sharedBytes = (a: Int32Array, recordA: number, b: Int32Array, recordB: number): number => {
  const most = Math.min(a[recordA + RECORD_LENGTH] as number, b[recordB + RECORD_LENGTH] as number);
  for (let shared = 0; shared < most; shared += 4) {
    const word = RECORD_KEY + (shared >>> 2);
    const differing = (a[recordA + word] as number) ^ (b[recordB + word] as number);
    if (differing !== 0) return Math.min(most, shared + (Math.clz32(differing) >>> 3));
  }
  return most;
};

const encodeKeys = (
  { chunks }: GroupTable,
  records: Int32Array,
  from: number,
  to: number,
  out: Output,
): void => {
  for (let index = from; index < to; index++) {
    const record = records[index] as number;
    const chunk = chunks[record >>> CHUNK_BITS] as Int32Array;
    const base = record & CHUNK_MASK;
    const length = chunk[base + RECORD_LENGTH] as number;
    let shared = 0;
    if (index > 0) {
      const before = records[index - 1] as number;
      shared = sharedBytes(chunks[before >>> CHUNK_BITS] as Int32Array, before & CHUNK_MASK, chunk, base);
    }
    reserve(out, 2 * VARINT_BYTES_MAX + length - shared);
    const { bytes } = out;
    let at = putVarint(bytes, out.at, shared);
    at = putVarint(bytes, at, length - shared);
    for (let byte = shared; byte < length; byte++) {
      bytes[at++] = (chunk[base + RECORD_KEY + (byte >>> 2)] as number) >>> (24 - 8 * (byte & 3));
    }
    out.at = at;
  }
};

export const createMetricFold = (
  { definition, measures, groupsMax }: MetricColumns,
  slabs: Slabs,
): MetricFold => {
  const table = createGroupTable(groupsMax);
  const stores = measures.map((measure) => storeFor(measure, slabs));
  let order: GroupOrder | null = null;

  return {
    definition,
    get overflow() {
      return table.overflow;
    },
    add(columns, accepted, count) {
      if (rows.length < count) {
        rows = new Int32Array(count * 2);
        groups = new Int32Array(count * 2);
      }
      const selected = selectCounted(columns.counted, accepted, count);
      if (selected === 0) return;
      table.resolve(columns, rows, selected, groups);
      stores.forEach((store, measure) => {
        const column = columns.inputs[measure];
        if (!column) throw new Error(`no column for measure ${measure} of ${definition}`);
        store.grow(table.count);
        store.add(column, rows, groups, selected);
      });
    },
    *encode(out) {
      const { count } = table;
      if (order?.groups.length !== count) order = yield* orderGroups(table);
      const { records, groups: sorted } = order;
      reserve(out, VARINT_BYTES_MAX);
      out.at = putVarint(out.bytes, out.at, count);
      for (const write of [encodePanes, encodeKeys]) {
        for (let from = 0; from < count; from += SLICE_GROUPS) {
          const to = Math.min(from + SLICE_GROUPS, count);
          write(table, records, from, to, out);
          yield to - from;
        }
      }
      for (const store of stores) {
        for (let from = 0; from < count; ) {
          const to = store.encode(sorted, from, Math.min(from + SLICE_GROUPS, count), out);
          yield to - from;
          from = to;
        }
      }
    },
  };
};
