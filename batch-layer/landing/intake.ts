import type { ShardId } from "@freshet/model";
import { createRecordBatch, type DigestPolicy, type LogRecord } from "@freshet/storage";
import type { Judge } from "./judges.js";
import type { RawStage } from "./rawLake.js";

/** A batch takes no more once it holds as much as this. */
const BATCH_EVENTS_MAX = 4_096;
const BATCH_BYTES_MAX = 2 ** 20;

/** Puts records of one shard, in order, into the stage, some at a time. */
export interface Intake {
  /** False: what is held comes first. */
  takes(hour: number, judge: Judge): boolean;
  add(record: LogRecord, hour: number, judge: Judge): void;
  /** Stages what is held. */
  stage(): Promise<void>;
}

/** Makes intakes for shards, one at a time: they share what they hold records in. */
export const createIntakes = (stage: RawStage, digest: DigestPolicy): ((shard: ShardId) => Intake) => {
  const batch = createRecordBatch({ digest });
  return (shard) => {
    const records: LogRecord[] = [];
    let held: { readonly hour: number; readonly judge: Judge } | null = null;
    batch.clear();
    return {
      takes: (hour, judge) =>
        held === null ||
        (held.hour === hour &&
          held.judge === judge &&
          batch.count < BATCH_EVENTS_MAX &&
          batch.appendedThrough < BATCH_BYTES_MAX),
      add(record, hour, judge) {
        held ??= { hour, judge };
        batch.add(record.data);
        records.push(record);
      },
      async stage() {
        if (held) await stage.add(shard, held.hour, held.judge, records, batch);
        batch.clear();
        records.length = 0;
        held = null;
      },
    };
  };
};
