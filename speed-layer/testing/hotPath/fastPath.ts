import { createEventScanner, type Tick } from "@freshet/model";
import { clicksApp } from "@freshet/simulators";
import { createRecordBatch, type DigestPolicy, readGetRecords } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../../fold/segmentFold.js";
import { type Pipeline, type Segment, SEGMENT_MS } from "./pipeline.js";

const HORIZON_TICKS = 120;
const noRejects = (): void => undefined;

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

  const foldAt = (arrivalMs: number): SegmentFold => {
    const tick = Math.floor(arrivalMs / SEGMENT_MS) as Tick;
    if (open?.tick !== tick) {
      finish();
      open = { tick, fold: createSegmentFold(tick, SEGMENT_MS, identities, empty) };
    }
    return open.fold;
  };

  const foldBatch = (arrivalsMs: readonly number[]): void => {
    const columns = scanner.scan(batch);
    let from = 0;
    for (let record = 0; record < batch.recordCount; record++) {
      let through = from;
      while (through < batch.count && batch.recordOf[through] === record) through++;
      const fold = foldAt(arrivalsMs[record] as number);
      fold.addRecords(1);
      fold.fold(columns, from, through, noRejects);
      from = through;
    }
  };

  return {
    take(data, arrivalMs) {
      batch.clear();
      batch.add(data);
      foldBatch([arrivalMs]);
    },
    takeResponse(body) {
      foldBatch(readGetRecords(body, batch).arrivalsMs);
    },
    finish() {
      finish();
      return segments;
    },
  };
};
