import {
  type AppDocument,
  createEventReader,
  type EventColumns,
  type EventScanner,
  type EventSlices,
  type FieldNeed,
  type LookupReader,
} from "@freshet/model";
import type { Columns, Description, Scanner } from "./columns.js";
import { createFieldReads } from "./fields.js";
import { createFingerprints } from "./fingerprints.js";
import { createMetricScan } from "./metricScan.js";
import { roomFor } from "./room.js";

/** Makes the kernel that reads fields from bytes. */
export type CreateEventScanner = (app: AppDocument, needs: readonly FieldNeed[]) => EventScanner;

/** 1 for the readable events of one type. */
const createTypeSelection = (type: number) => {
  let selected = new Uint8Array(0);
  return ({ count, reasons, types }: EventColumns): Uint8Array => {
    if (selected.length < count) selected = new Uint8Array(roomFor(count));
    for (let index = 0; index < count; index++)
      selected[index] = reasons[index] === 0 && types[index] === type ? 1 : 0;
    return selected;
  };
};

/** Metric columns from the kernel's field columns: expressions, panes, keys and measures' inputs, column by column. */
export const createScanner = (
  app: AppDocument,
  lookup: LookupReader,
  createEventScanner: CreateEventScanner,
): Scanner => {
  const reads = createFieldReads();
  const typeNames = app.events.map(({ name }) => name);
  const metrics = [...app.metrics]
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map((metric) => ({ type: typeNames.indexOf(metric.event), scan: createMetricScan(metric, reads) }));
  const selections = typeNames.map((_, type) => createTypeSelection(type));
  const fingerprints = createFingerprints(app);
  const kernel = createEventScanner(app, reads.needs);
  const reader = createEventReader(app);

  return {
    scan(slices): Columns {
      const events = kernel.scan(slices);
      const run = { slices, events, lookup };
      const selected = selections.map((select) => select(events));
      const { count, reasons, timesMs, lateMs, aheadMs } = events;
      return {
        count,
        reasons,
        timesMs,
        lateMs,
        aheadMs,
        fingerprints: fingerprints(slices.bytes, events),
        metrics: metrics.map(({ type, scan }) => scan(run, selected[type] as Uint8Array)),
      };
    },
    describe(slices: EventSlices, index: number): Description {
      const size = slices.oversize.get(index);
      if (size !== undefined)
        return { type: null, id: null, timeMs: null, detail: `${size} bytes: more than the log stores` };
      const outcome = reader.read(slices.bytes.subarray(slices.starts[index], slices.ends[index]));
      const { type, id, timeMs } = outcome;
      return { type, id, timeMs, detail: outcome.kind === "rejected" ? outcome.detail : "" };
    },
  };
};
