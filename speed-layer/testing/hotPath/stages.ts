import { type AppDocument, createEventScanner, type EventScanner, type Tick } from "@freshet/model";
import { createRecordBatch } from "@freshet/storage";
import type { Columns, Scanner } from "../../columns/columns.js";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../../fold/segmentFold.js";
import type { ClickRecords } from "./clickRecords.js";
import { HORIZON_TICKS, SEGMENT_MS } from "./pipeline.js";

export const STAGES = ["take apart", "read", "columns", "remove duplicates", "fold groups", "emit"] as const;
export type Stage = (typeof STAGES)[number];

/**
 * Where the time of the hot path goes, in ms: one pass with a clock around each step of a record, and a second one, without metrics,
 * that tells what of the folding is the removal of duplicates.
 */
export const createStageClock = (app: AppDocument) => {
  const clock = createClock();
  const scanner = createScanner(
    app,
    () => null,
    (of, needs) => timed(createEventScanner(of, needs), clock),
  );
  return (clicks: ClickRecords): Readonly<Record<Stage, number>> => {
    const whole = timePass(scanner, clock, clicks, (columns) => columns);
    const bare = timePass(scanner, clock, clicks, (columns) => ({ ...columns, metrics: [] }));
    return {
      "take apart": whole.takeApart,
      read: whole.read,
      columns: whole.columns,
      "remove duplicates": bare.fold,
      "fold groups": Math.max(0, whole.fold - bare.fold),
      emit: whole.emit,
    };
  };
};

type Step = "takeApart" | "read" | "columns" | "fold" | "emit";

/** Gives each step the time since the last one ended. */
interface Clock {
  start(): Record<Step, number>;
  lap(step: Step): void;
}

const createClock = (): Clock => {
  let spent = { takeApart: 0, read: 0, columns: 0, fold: 0, emit: 0 };
  let sinceMs = 0;
  return {
    start() {
      spent = { takeApart: 0, read: 0, columns: 0, fold: 0, emit: 0 };
      sinceMs = performance.now();
      return spent;
    },
    lap(step) {
      const nowMs = performance.now();
      spent[step] += nowMs - sinceMs;
      sinceMs = nowMs;
    },
  };
};

/** A kernel whose own time is told from that of the columns made of what it reads. */
const timed = (kernel: EventScanner, clock: Clock): EventScanner => ({
  scan(slices) {
    clock.lap("columns");
    const columns = kernel.scan(slices);
    clock.lap("read");
    return columns;
  },
});

const timePass = (
  scanner: Scanner,
  clock: Clock,
  { records }: ClickRecords,
  foldedOf: (columns: Columns) => Columns,
): Readonly<Record<Step, number>> => {
  const batch = createRecordBatch({ digest: "never" });
  const empty = foldedOf(scanner.scan(batch));
  const identities = createIdentitySet(HORIZON_TICKS);
  const tickOf = (arrivalMs: number): Tick => Math.floor(arrivalMs / SEGMENT_MS) as Tick;
  let tick = tickOf(records[0]?.arrivalMs ?? 0);
  let fold: SegmentFold = createSegmentFold(tick, SEGMENT_MS, identities, empty);
  const spent = clock.start();
  for (const { data, arrivalMs } of records) {
    if (tickOf(arrivalMs) !== tick) {
      fold.body();
      fold.release();
      tick = tickOf(arrivalMs);
      fold = createSegmentFold(tick, SEGMENT_MS, identities, empty);
      clock.lap("emit");
    }
    batch.clear();
    batch.add(data);
    clock.lap("takeApart");
    const columns = scanner.scan(batch);
    clock.lap("columns");
    fold.fold(foldedOf(columns), 0, columns.count, () => undefined);
    clock.lap("fold");
  }
  fold.body();
  fold.release();
  clock.lap("emit");
  return spent;
};
