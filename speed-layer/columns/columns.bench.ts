import type { EventColumns, EventSlices } from "@freshet/model";
import { CLICK_BYTES_MAX, clicksApp, createClicks } from "@freshet/simulators";
import { createRecordBatch } from "@freshet/storage";
import { createScanner as createClearScanner } from "../clear/scan.js";
import { createPlainKernel } from "./fixtures/plainKernel.js";
import { createScanner } from "./scanner.js";

/* Metric columns of the click stream from field columns, on one core, against the clear scanner, less its reading. */

const SEED = 7;
const BATCHES = 24;
const BATCH_EVENTS = 4_500;
const EVENTS = BATCHES * BATCH_EVENTS;
const ROUNDS = 9;
/** The clear scanner takes at least so many times as long. */
const RATIO_MAX = 0.5;

const stream = createClicks({ seed: SEED });
const room = new Uint8Array(CLICK_BYTES_MAX);
const batches = Array.from({ length: BATCHES }, () => {
  const batch = createRecordBatch({ digest: "never" });
  for (let index = 0; index < BATCH_EVENTS; index++) batch.add(room.subarray(0, stream.write(room, 0)));
  return batch;
});
const raw = batches.map(({ bytes, starts, ends, count }) =>
  Array.from({ length: count }, (_, index) => ({
    kind: "json" as const,
    bytes: bytes.slice(starts[index], ends[index]),
  })),
);

/** Reads once: what it read is given again. */
const read = new Map<EventSlices, EventColumns>();
const scanner = createScanner(
  clicksApp,
  () => null,
  (app, needs) => {
    const kernel = createPlainKernel(app, needs);
    return {
      scan(slices) {
        const columns = read.get(slices) ?? kernel.scan(slices);
        read.set(slices, columns);
        return columns;
      },
    };
  },
);
const clear = createClearScanner(clicksApp, () => null);
const clearReading = createClearScanner({ ...clicksApp, metrics: [] }, () => null);

const nanoseconds = (work: () => void): number => {
  const startedMs = performance.now();
  work();
  return ((performance.now() - startedMs) * 1e6) / EVENTS;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const columnsNs: number[] = [];
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const own = nanoseconds(() => {
    for (const batch of batches) scanner.scan(batch);
  });
  const whole = nanoseconds(() => {
    for (const events of raw) clear.scan(events);
  });
  const reading = nanoseconds(() => {
    for (const events of raw) clearReading.scan(events);
  });
  columnsNs.push(own);
  ratios.push(own / (whole - reading));
}
const value = median(columnsNs.slice(1));
console.log(
  JSON.stringify({
    name: "speed: metric columns of an event, once its fields are read",
    value,
    unit: "ns",
    ratio: median(ratios.slice(1)),
    against: "the clear scanner, less its reading",
    max: RATIO_MAX,
    seed: SEED,
    events: EVENTS,
  }),
);
