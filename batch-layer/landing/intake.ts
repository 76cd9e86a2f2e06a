import type { ShardId } from "@freshet/model";
import type { DigestPolicy } from "@freshet/kpl";
import { createRecordBatch } from "@freshet/storage";
import type { Judge } from "./judges.js";
import type { RawStage } from "./rawLake.js";
import type { LandedRecord } from "./rawRows.js";

/** No more is held once it is as much as this. */
const HELD_RECORDS_MAX = 4_096;
const HELD_BYTES_MAX = 2 ** 20;

/** Puts records of one shard, in order, into the stage, some at a time. */
export interface Intake {
  /** False: what is held comes first. */
  takes(hour: number, judge: Judge): boolean;
  add(record: LandedRecord, hour: number, judge: Judge): void;
  /** Stages what is held. */
  stage(): Promise<void>;
}

/** Makes intakes for shards, one at a time: they share what records are taken apart in. */
export const createIntakes = (stage: RawStage, digest: DigestPolicy): ((shard: ShardId) => Intake) => {
  const batch = createRecordBatch({ digest });
  return (shard) => {
    let records: LandedRecord[] = [];
    let bytes = 0;
    let held: { readonly hour: number; readonly judge: Judge } | null = null;
    return {
      takes: (hour, judge) =>
        held === null ||
        (held.hour === hour &&
          held.judge === judge &&
          records.length < HELD_RECORDS_MAX &&
          bytes < HELD_BYTES_MAX),
      add(record, hour, judge) {
        held ??= { hour, judge };
        records.push(record);
        bytes += record.data.length;
      },
      async stage() {
        if (!held) return;
        batch.clear();
        batch.together(() => {
          for (const { data } of records) batch.add(data);
        });
        await stage.add(shard, held.hour, held.judge, records, batch);
        records = [];
        bytes = 0;
        held = null;
      },
    };
  };
};
