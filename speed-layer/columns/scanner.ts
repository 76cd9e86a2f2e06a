import {
  type AppDocument,
  createEventReader,
  type EventScanner,
  type EventSlices,
  type FieldNeed,
  type LookupReader,
} from "@freshet/model";
import type { Columns, Description, Scanner } from "./columns.js";
import { createFieldReads } from "./fields.js";
import { createFingerprints } from "./fingerprints.js";
import { createMetricScan } from "./metricScan.js";
import { createTypeSelections, type FlaggedSelection } from "./selection.js";

/** Makes the kernel that reads fields from bytes. */
export type CreateEventScanner = (app: AppDocument, needs: readonly FieldNeed[]) => EventScanner;

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
  const selectTypes = createTypeSelections(app.events.length);
  const fingerprints = createFingerprints(app);
  const kernel = createEventScanner(app, reads.needs);
  const reader = createEventReader(app);

  return {
    scan(slices): Columns {
      const events = kernel.scan(slices);
      const run = { slices, events, lookup };
      const ofTypes = selectTypes(events);
      const { count, reasons, timesMs, lateMs, aheadMs } = events;
      return {
        count,
        reasons,
        timesMs,
        lateMs,
        aheadMs,
        fingerprints: fingerprints(slices.bytes, events),
        metrics: metrics.map(({ type, scan }) => scan(run, ofTypes[type] as FlaggedSelection)),
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
