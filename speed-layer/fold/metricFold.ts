import type { MeasureColumn, MetricColumns } from "../columns/columns.js";
import { createChunks } from "./chunks.js";
import { orderGroups } from "./groupOrder.js";
import { BLOCK_EVENTS, createGroupTable } from "./groupTable.js";
import { createOutput, type Output, putVarint, reserve, VARINT_BYTES_MAX } from "./output.js";
import { encodeKeys, encodePanes, touchRows } from "./rowCodec.js";
import { layOut } from "./rows.js";
import type { Slabs } from "./slabs.js";
import { storeFormsOf } from "./stores/storeFormsOf.js";

/** The groups of one metric within one segment, and their states. */
export interface MetricFold {
  readonly definition: string;
  readonly overflow: boolean;
  /** Adds those of the first `count` accepted events that the metric counts. */
  add(columns: MetricColumns, accepted: Int32Array, count: number): void;
  /** The metric's section of an increment, in order. Yields how many groups each slice of the work took in hand. */
  encode(): Generator<number, readonly Output[]>;
}

/** So many groups are encoded before the next: their rows stay in the processor's cache meanwhile. */
const BLOCK_GROUPS = 512;
/** Of a block that a metric counts: its events, and the rows of their groups. */
const events = new Int32Array(BLOCK_EVENTS);
const rowsOfEvents = new Int32Array(BLOCK_EVENTS);

export const createMetricFold = (
  { definition, measures, groupsMax }: MetricColumns,
  slabs: Slabs,
): MetricFold => {
  const forms = storeFormsOf(measures);
  const layout = layOut(forms.map(({ form }) => form));
  const rows = createChunks();
  const table = createGroupTable(groupsMax, layout, rows);
  const stores = forms.map(({ measures: ofStore, form }, index) => ({
    measures: ofStore,
    store: form.create(rows, layout.before[index] as number, slabs),
  }));
  let sorted: Int32Array | null = null;

  /** What each store adds. */
  const inputsOf = ({ inputs }: MetricColumns): readonly (readonly MeasureColumn[])[] =>
    stores.map(({ measures: ofStore }) => ofStore.flatMap((measure) => inputs[measure] ?? []));

  return {
    definition,
    get overflow() {
      return table.overflow;
    },
    add(columns, accepted, count) {
      const { counted, keys } = columns;
      const inputs = inputsOf(columns);
      const keyBytes = new DataView(keys.bytes.buffer, keys.bytes.byteOffset, keys.bytes.byteLength);
      const addBlock = (selectedEvents: number): void => {
        table.resolve(columns, keyBytes, events, selectedEvents, rowsOfEvents);
        for (let index = 0; index < stores.length; index++) {
          const { store } = stores[index] as (typeof stores)[number];
          store.add(inputs[index] as readonly MeasureColumn[], events, rowsOfEvents, selectedEvents);
        }
      };
      let selected = 0;
      for (let at = 0; at < count; at++) {
        const event = accepted[at] as number;
        events[selected] = event;
        selected += counted[event] as number;
        if (selected < BLOCK_EVENTS) continue;
        addBlock(selected);
        selected = 0;
      }
      if (selected > 0) addBlock(selected);
    },
    *encode() {
      const { count } = table;
      if (sorted?.length !== count) sorted = yield* orderGroups(table);
      const head = createOutput();
      reserve(head, VARINT_BYTES_MAX);
      head.at = putVarint(head.bytes, head.at, count);
      const panes = createOutput();
      const keys = createOutput();
      const states = measures.map(createOutput);
      for (let from = 0; from < count; from += BLOCK_GROUPS) {
        const to = Math.min(from + BLOCK_GROUPS, count);
        touchRows(rows, layout, sorted, from, to);
        encodePanes(table, sorted, from, to, panes);
        encodeKeys(rows, sorted, from, to, keys);
        yield to - from;
        for (const { measures: ofStore, store } of stores) {
          const outs = ofStore.map((measure) => states[measure] as Output);
          for (let at = from; at < to; ) {
            const next = store.encode(sorted, at, to, outs);
            yield next - at;
            at = next;
          }
        }
      }
      return [head, panes, keys, ...states];
    },
  };
};
