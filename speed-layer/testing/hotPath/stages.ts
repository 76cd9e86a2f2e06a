import { type AppDocument, createEventScanner, type EventScanner, type Tick } from "@freshet/model";
import { createRecordBatch } from "@freshet/storage";
import type { Columns } from "../../columns/columns.js";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../../fold/segmentFold.js";
import type { ClickRecords } from "./clickRecords.js";
import { SEGMENT_MS } from "./pipeline.js";

export const STAGES = ["take apart", "read", "columns", "remove duplicates", "fold groups", "emit"] as const;
export type Stage = (typeof STAGES)[number];

const HORIZON_TICKS = 120;

/**
 * Where the time of the hot path goes, in ms: one pass with a clock around each step of a record, and a second one, without metrics,
 * that tells what of the folding is the removal of duplicates.
 */
export const timeStages = (app: AppDocument, clicks: ClickRecords): Readonly<Record<Stage, number>> => {
  const whole = timePass(app, clicks, (columns) => columns);
  const bare = timePass(app, clicks, (columns) => ({ ...columns, metrics: [] }));
  return {
    "take apart": whole.takeApart,
    read: whole.read,
    columns: whole.columns,
    "remove duplicates": bare.fold,
    "fold groups": Math.max(0, whole.fold - bare.fold),
    emit: whole.emit,
  };
};

const timePass = (
  app: AppDocument,
  { records }: ClickRecords,
  foldedOf: (columns: Columns) => Columns,
): Record<"takeApart" | "read" | "columns" | "fold" | "emit", number> => {
  const spent = { takeApart: 0, read: 0, columns: 0, fold: 0, emit: 0 };
  let sinceMs = 0;
  const lap = (): number => {
    const beforeMs = sinceMs;
    sinceMs = performance.now();
    return sinceMs - beforeMs;
  };
  const timed = (kernel: EventScanner): EventScanner => ({
    scan(slices) {
      spent.columns += lap();
      const columns = kernel.scan(slices);
      spent.read += lap();
      return columns;
    },
  });
  const batch = createRecordBatch({ digest: "never" });
  const scanner = createScanner(
    app,
    () => null,
    (of, needs) => timed(createEventScanner(of, needs)),
  );
  const empty = foldedOf(createScanner(app, () => null, createEventScanner).scan(batch));
  const identities = createIdentitySet(HORIZON_TICKS);
  let open: { readonly tick: Tick; readonly fold: SegmentFold } | null = null;
  lap();
  for (const { data, arrivalMs } of records) {
    const tick = Math.floor(arrivalMs / SEGMENT_MS) as Tick;
    if (open?.tick !== tick) {
      open?.fold.body();
      open = { tick, fold: createSegmentFold(tick, SEGMENT_MS, identities, empty) };
      spent.emit += lap();
    }
    batch.clear();
    batch.add(data);
    spent.takeApart += lap();
    const columns = scanner.scan(batch);
    spent.columns += lap();
    open.fold.fold(foldedOf(columns), 0, columns.count, () => undefined);
    spent.fold += lap();
  }
  open?.fold.body();
  spent.emit += lap();
  return spent;
};
