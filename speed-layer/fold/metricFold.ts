import type { MeasureColumn, MetricColumns } from "../columns/columns.js";
import { orderGroups } from "./groupOrder.js";
import { BLOCK_EVENTS, GroupTable } from "./groupTable.js";
import { createOutput, type Output, putVarint, reserve, VARINT_BYTES_MAX } from "./output.js";
import { encodeKeys, encodePanes, touchRows } from "./rowCodec.js";
import { layOut } from "./rows.js";
import type { Slabs } from "./slabs.js";
import { giveWords } from "./spareWords.js";
import type { Store } from "./stores/store.js";
import { storeFormsOf } from "./stores/storeFormsOf.js";

/** So many groups are encoded before the next: their rows stay in the processor's cache meanwhile. */
const BLOCK_GROUPS = 512;
/** Of a block that a metric counts: its events, and the rows of their groups. */
const events = new Int32Array(BLOCK_EVENTS);
const rows = new Int32Array(BLOCK_EVENTS);
const NO_ROWS = new Int32Array(0);

/** Of some measures together. */
interface PlacedStore {
  readonly measures: readonly number[];
  readonly store: Store;
}

/** The groups of one metric within one segment, and their states. */
export class MetricFold {
  readonly definition: string;
  readonly #measures: number;
  readonly #table: GroupTable;
  readonly #stores: readonly PlacedStore[];
  /** Rows in the order of an increment, when there were so many. */
  #sorted: Int32Array | null = null;
  #sortedGroups = -1;

  constructor({ definition, measures, groupsMax }: MetricColumns, slabs: Slabs) {
    this.definition = definition;
    this.#measures = measures.length;
    const forms = storeFormsOf(measures);
    const layout = layOut(forms.map(({ form }) => form));
    this.#table = new GroupTable(groupsMax, layout);
    this.#stores = forms.map(({ measures: ofStore, form }, index) => ({
      measures: ofStore,
      store: form.create(this.#table.rows, layout.before[index] as number, slabs),
    }));
  }

  get overflow(): boolean {
    return this.#table.overflow;
  }

  /** Adds those of the first `count` accepted events that the metric counts. */
  add(columns: MetricColumns, accepted: Int32Array, count: number): void {
    const { counted, keys } = columns;
    const keyBytes = new DataView(keys.bytes.buffer, keys.bytes.byteOffset, keys.bytes.byteLength);
    let selected = 0;
    for (let at = 0; at < count; at++) {
      const event = accepted[at] as number;
      events[selected] = event;
      selected += counted[event] as number;
      if (selected < BLOCK_EVENTS) continue;
      this.#addBlock(columns, keyBytes, selected);
      selected = 0;
    }
    if (selected > 0) this.#addBlock(columns, keyBytes, selected);
  }

  #addBlock(columns: MetricColumns, keyBytes: DataView, count: number): void {
    this.#table.resolve(columns, keyBytes, events, count, rows);
    for (const { measures, store } of this.#stores) {
      const inputs = measures.map((measure) => columns.inputs[measure] as MeasureColumn);
      store.add(inputs, events, rows, count);
    }
  }

  /** Gives the memory back. Nothing may be asked any more. */
  release(): void {
    this.#table.release();
    this.#giveSorted();
  }

  #giveSorted(): void {
    if (this.#sorted) giveWords(this.#sorted);
    this.#sorted = null;
  }

  /** The metric's section of an increment, in order. Yields how many groups each slice of the work took in hand. */
  *encode(): Generator<number, readonly Output[]> {
    const table = this.#table;
    const { count } = table;
    if (this.#sortedGroups !== count) {
      this.#giveSorted();
      this.#sorted = yield* orderGroups(table);
      this.#sortedGroups = count;
    }
    const sorted = this.#sorted ?? NO_ROWS;
    const head = createOutput();
    reserve(head, VARINT_BYTES_MAX);
    head.at = putVarint(head.bytes, head.at, count);
    const panes = createOutput();
    const keys = createOutput();
    const states = Array.from({ length: this.#measures }, createOutput);
    for (let from = 0; from < count; from += BLOCK_GROUPS) {
      const to = Math.min(from + BLOCK_GROUPS, count);
      touchRows(table, sorted, from, to);
      encodePanes(table, sorted, from, to, panes);
      encodeKeys(table, sorted, from, to, keys);
      yield to - from;
      for (const { measures, store } of this.#stores) {
        const outs = measures.map((measure) => states[measure] as Output);
        for (let at = from; at < to; ) {
          const next = store.encode(sorted, at, to, outs);
          yield next - at;
          at = next;
        }
      }
    }
    return [head, panes, keys, ...states];
  }
}
