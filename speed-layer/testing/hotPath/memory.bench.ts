import { createEventScanner, type Tick } from "@freshet/model";
import { CLICK_BYTES_MAX, clicksApp, createClicks, DEFAULT_CLICKS } from "@freshet/simulators";
import { createRecordBatch } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import type { IdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold } from "../../fold/segmentFold.js";
import { groupsOfBody } from "./foldedGroups.js";
import { SEGMENT_MS } from "./pipeline.js";
import { report } from "./report.js";
import { sizes } from "./sizes.js";

/*
 * What the groups of one open segment take, with count, distinct, quantiles and sum each: most hold a few events, some thousands. What is
 * remembered of ids is not in it.
 */
const { events } = sizes({ events: 4_000_000, rounds: 1 });
const ARTICLES = 800_000;
const BATCH_EVENTS = 4_000;
const MEGABYTE = 1e6;
const GROUPS = 1e6;

const stream = createClicks({
  ...{ articles: ARTICLES, zipfExponent: 1 },
  shares: { ...DEFAULT_CLICKS.shares, view: 1, late: 0 },
});
const batch = createRecordBatch({ digest: "never" });
const scanner = createScanner(clicksApp, () => null, createEventScanner);
const tick = Math.floor(DEFAULT_CLICKS.fromMs / SEGMENT_MS) as Tick;
const empty = createScanner(clicksApp, () => null, createEventScanner).scan(batch);
const forgetful: IdentitySet = { touch: () => undefined, see: () => false, slots: 0 };
const openFold = () => createSegmentFold(tick, SEGMENT_MS, forgetful, empty);

const fill = (fold: ReturnType<typeof openFold>, count: number): void => {
  for (let made = 0; made < count; made += BATCH_EVENTS) {
    batch.clear();
    for (let event = 0; event < BATCH_EVENTS; event++) {
      const at = batch.reserve(CLICK_BYTES_MAX);
      batch.addReserved(stream.write(batch.bytes, at) - at);
    }
    const columns = scanner.scan(batch);
    fold.fold(columns, 0, columns.count, () => undefined);
  }
};

const heldBytes = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

fill(openFold(), 10 * BATCH_EVENTS); // what the batch and the scanner hold does not count
const before = heldBytes();
const fold = openFold();
fill(fold, events);
const held = heldBytes() - before;
const residentMb = process.memoryUsage().rss / MEGABYTE;
const groups = groupsOfBody(fold.body()).length;
report({
  name: "memory of a million live groups",
  value: (held / MEGABYTE) * (GROUPS / groups),
  unit: "MB",
  ...{ max: 250, aim: 200, groups, bytesPerGroup: Math.round(held / groups) },
  ...{ residentMb: Math.round(residentMb), seed: DEFAULT_CLICKS.seed, events },
});
