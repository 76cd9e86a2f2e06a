import { createEventScanner, type Tick } from "@freshet/model";
import { clicksApp } from "@freshet/simulators";
import { createRecordBatch, type DigestPolicy } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../../fold/segmentFold.js";
import { type Pipeline, type Segment, SEGMENT_MS } from "./pipeline.js";

const HORIZON_TICKS = 120;

/** What a shard's worker does between reading records and storing increments. */
export const createFastPath = (digest: DigestPolicy): Pipeline => {
  const batch = createRecordBatch({ digest });
  const scanner = createScanner(clicksApp, () => null, createEventScanner);
  const identities = createIdentitySet(HORIZON_TICKS);
  const empty = createScanner(clicksApp, () => null, createEventScanner).scan(createRecordBatch({ digest }));
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
      const columns = scanner.scan(batch);
      open.fold.addRecords(1);
      open.fold.fold(columns, 0, columns.count, () => undefined);
    },
    finish() {
      finish();
      return segments;
    },
  };
};
