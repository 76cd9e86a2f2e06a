import { createEventReader, createEventScanner } from "@freshet/model";
import { CLICK_BYTES_MAX, clicksApp, createClicks } from "@freshet/simulators";
import { createRecordBatch } from "@freshet/storage";
import type { RawEvent } from "../testing/clear/columns.js";
import { createScanner as createClearScanner } from "../testing/clear/scan.js";
import { createScanner } from "./scanner.js";

/* Metric columns of the click stream, on one core, once the fields are read; the clear scanner likewise, less its reading. */

const SEED = 7;
const BATCHES = 24;
const BATCH_EVENTS = 4_500;
const EVENTS = BATCHES * BATCH_EVENTS;
const ROUNDS = 9;
/** Of the clear scanner's time: a guard against a slip. */
const RATIO_MAX = 0.4;

const stream = createClicks({ seed: SEED });
const room = new Uint8Array(CLICK_BYTES_MAX);
const batches = Array.from({ length: BATCHES }, () =>
  Array.from({ length: BATCH_EVENTS }, (): RawEvent & { readonly kind: "json" } => ({
    kind: "json",
    bytes: room.slice(0, stream.write(room, 0)),
  })),
);

let readingMs = 0;
const scanner = createScanner(
  clicksApp,
  () => null,
  (app, needs) => {
    const kernel = createEventScanner(app, needs);
    return {
      scan(slices) {
        const startedMs = performance.now();
        const columns = kernel.scan(slices);
        readingMs += performance.now() - startedMs;
        return columns;
      },
    };
  },
);
const clear = createClearScanner(clicksApp, () => null);
const reader = createEventReader(clicksApp);
const batch = createRecordBatch({ digest: "never" });

/** Of all batches, in nanoseconds an event; `prepare` is not counted. */
const timeOf = (scan: (events: readonly RawEvent[]) => void, prepare: (index: number) => void): number => {
  let spentMs = 0;
  for (const [index, events] of batches.entries()) {
    prepare(index);
    const startedMs = performance.now();
    scan(events);
    spentMs += performance.now() - startedMs;
  }
  return (spentMs * 1e6) / EVENTS;
};

const fill = (index: number): void => {
  batch.clear();
  for (const { bytes } of batches[index] ?? []) batch.add(bytes);
};
const nothing = (): void => undefined;

const round = (): { readonly columns: number; readonly clear: number } => {
  readingMs = 0;
  const whole = timeOf(() => scanner.scan(batch), fill);
  const clearWhole = timeOf((events) => clear.scan(events), nothing);
  const clearRead = timeOf((events) => {
    for (const event of events) if (event.kind === "json") reader.read(event.bytes);
  }, nothing);
  return { columns: whole - (readingMs * 1e6) / EVENTS, clear: clearWhole - clearRead };
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

round();
const rounds = Array.from({ length: ROUNDS }, round);
const value = median(rounds.map(({ columns }) => columns));
console.log(
  JSON.stringify({
    name: "speed: metric columns of an event, once its fields are read",
    value,
    unit: "ns",
    ratio: median(rounds.map((one) => one.columns / one.clear)),
    against: "the clear scanner, less its reading",
    max: RATIO_MAX,
    seed: SEED,
    events: EVENTS,
  }),
);
