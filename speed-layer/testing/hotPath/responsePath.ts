import { createEventScanner, type Tick } from "@freshet/model";
import { clicksApp } from "@freshet/simulators";
import type { DigestPolicy } from "@freshet/kpl";
import { createRecordBatch, readGetRecords } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createSegmentFold, type SegmentFold } from "../../fold/segmentFold.js";
import { HORIZON_TICKS, type ResponsePipeline, type Segment, SEGMENT_MS } from "./pipeline.js";

const noRejects = (): void => undefined;

/**
 * From GetRecords bodies to increments by the product's parts. The scanner and the batch live as long as a worker does; each pipeline that
 * is made starts without groups and without ids.
 */
export const createResponsePath = (digest: DigestPolicy): (() => ResponsePipeline) => {
  const batch = createRecordBatch({ digest });
  const scanner = createScanner(clicksApp, () => null, createEventScanner);
  const empty = scanner.scan(batch);

  return () => {
    const identities = createIdentitySet(HORIZON_TICKS);
    const segments: Segment[] = [];
    let open: { readonly tick: Tick; readonly fold: SegmentFold } | null = null;

    const finish = (): void => {
      if (!open) return;
      const { tick, fold } = open;
      segments.push({ tick, counts: fold.counts(), body: fold.body() });
      fold.release();
    };
    const foldAt = (arrivalMs: number): SegmentFold => {
      const tick = Math.floor(arrivalMs / SEGMENT_MS) as Tick;
      if (open?.tick !== tick) {
        finish();
        open = { tick, fold: createSegmentFold(tick, SEGMENT_MS, identities, empty) };
      }
      return open.fold;
    };

    return {
      takeResponse(body) {
        const { arrivalsMs } = readGetRecords(body, batch);
        const columns = scanner.scan(batch);
        const { count, recordOf } = batch;
        for (let from = 0; from < count; ) {
          const record = recordOf[from] as number;
          let through = from + 1;
          while (through < count && recordOf[through] === record) through++;
          const fold = foldAt(arrivalsMs[record] as number);
          fold.addRecords(1);
          fold.fold(columns, from, through, noRejects);
          from = through;
        }
      },
      finish() {
        finish();
        return segments;
      },
    };
  };
};
