import type { Tick } from "@freshet/model";
import { clicksApp } from "@freshet/simulators";
import { createRecordBatch, type DigestPolicy } from "@freshet/storage";
import type { RawEvent } from "../../clear/columns.js";
import { createScanner } from "../../clear/scan.js";
import { createSegmentFold, type SegmentFold } from "../../clear/segmentFold.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { type Pipeline, type Segment, SEGMENT_MS } from "./pipeline.js";

const HORIZON_TICKS = 120;

/** What a shard's worker does between reading records and storing increments. */
export const createFastPath = (digest: DigestPolicy): Pipeline => {
  const batch = createRecordBatch({ digest });
  const scanner = createScanner(clicksApp, () => null);
  const identities = createIdentitySet(HORIZON_TICKS);
  const empty = scanner.scan([]);
  const segments: Segment[] = [];
  let open: { readonly tick: Tick; readonly fold: SegmentFold } | null = null;

  const finish = (): void => {
    if (open) segments.push({ tick: open.tick, counts: open.fold.counts(), body: open.fold.body() });
  };

  return {
    take(data, arrivalMs) {
      const tick = Math.floor(arrivalMs / SEGMENT_MS) as Tick;
      if (open?.tick !== tick) {
        finish();
        open = { tick, fold: createSegmentFold(tick, SEGMENT_MS, identities, empty) };
      }
      batch.clear();
      batch.add(data);
      const events: RawEvent[] = [];
      for (let index = 0; index < batch.count; index++) {
        const bytes = batch.bytes.subarray(batch.starts[index], batch.ends[index]);
        events.push({ kind: "json", bytes });
      }
      open.fold.addRecords(1);
      open.fold.fold(scanner.scan(events), 0, events.length, () => undefined);
    },
    finish() {
      finish();
      return segments;
    },
  };
};
