import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { SequenceNumber, ShardId } from "@freshet/model";
import { type Lake, type LogRecord, type ShardLog, unpackRecord } from "@freshet/storage";
import type { FirehoseEvent, FirehoseRecord, FirehoseResponse } from "../landing/firehose/event.js";
import type { Dice } from "./random.js";

export const DELIVERED = "firehose/";
export const FAILED = "firehose-errors/";
/** A small one, so that a few events make many objects. */
const BATCH_RECORDS_MAX = 25;
const LOOK_AGAIN_AFTER_MS = 50;

type Transform = (event: FirehoseEvent) => FirehoseResponse;

/**
 * Firehose over a log: begins at its latest record, takes aggregates apart, hands batches of several shards to the transform,
 * and delivers objects late, not in order, some twice; what the transform fails at lies under the error prefix, without position.
 */
export interface TestFirehose {
  readonly met: { objects: number; repeated: number; failed: number; members: number; before: number };
  /** Nothing that lies in the log by now is delivered. */
  startAtLatest(): Promise<void>;
  /** Takes what is new; delivers some of what it holds, some of it failed, or all. */
  deliver(all: boolean): Promise<void>;
}

/** What Firehose reads of one log record. */
const membersOf = (
  shard: ShardId,
  { sequence, arrivalMs, partitionKey, data }: LogRecord,
  dice: Dice,
): readonly FirehoseRecord[] => {
  const unpacked = unpackRecord(data);
  const isAggregate = unpacked.kind === "events" && unpacked.events[0] !== data;
  const members = isAggregate ? unpacked.events : [data];
  return members.map((member, index) => ({
    recordId: randomUUID(),
    data: Buffer.from(member).toString("base64"),
    approximateArrivalTimestamp: arrivalMs,
    kinesisRecordMetadata: {
      shardId: shard,
      partitionKey,
      sequenceNumber: String(BigInt(sequence)),
      subsequenceNumber: isAggregate ? (dice.chance(0.5) ? index : String(index)) : dice.pick(["", 0, "0"]),
      approximateArrivalTimestamp: arrivalMs,
    },
  }));
};

export const createTestFirehose = (
  log: ShardLog,
  lake: Lake,
  dice: Dice,
  transform: Transform,
  batchRecordsMax = BATCH_RECORDS_MAX,
): TestFirehose => {
  const read = new Map<ShardId, SequenceNumber>();
  const met = { objects: 0, repeated: 0, failed: 0, members: 0, before: 0 };
  let held: { readonly path: string; readonly bytes: Uint8Array }[] = [];
  let made = 0;

  const hold = (prefix: string, text: string): void => {
    const bytes = Buffer.from(text);
    const isGzip = dice.chance(0.5);
    const path = `${prefix}2026/03/28/20/events-1-${String(made++).padStart(5, "0")}-${randomUUID()}${isGzip ? ".gz" : ""}`;
    held.push({ path, bytes: isGzip ? gzipSync(bytes) : bytes });
  };
  /** @param isDown the function itself fails, whatever is tried */
  const transformed = (records: readonly FirehoseRecord[], isDown: boolean): void => {
    const { records: outcomes } = transform({ sourceKinesisStreamArn: log.identity.id, records });
    const delivered = isDown ? [] : outcomes.flatMap((one) => (one.result === "Ok" ? [one.data] : []));
    const failed = records.filter((_, index) => isDown || outcomes[index]?.result !== "Ok");
    if (delivered.length > 0) {
      const text = delivered.map((data) => Buffer.from(data, "base64").toString("utf8")).join("");
      hold(DELIVERED, text);
      met.objects++;
      if (dice.chance(0.1)) {
        hold(DELIVERED, text);
        met.repeated++;
      }
    }
    if (failed.length === 0) return;
    const lines = failed.map(({ data, kinesisRecordMetadata }) =>
      JSON.stringify({
        attemptsMade: 4,
        arrivalTimestamp: kinesisRecordMetadata?.approximateArrivalTimestamp,
        errorCode: "Lambda.FunctionError",
        errorMessage: "The Lambda function was successfully invoked but it returned an error result.",
        attemptEndingTimestamp: 0,
        rawData: data,
        lambdaArn: "arn:aws:lambda:eu-central-1:111122223333:function:transform:$LATEST",
      }),
    );
    hold(FAILED, `${lines.join("\n")}\n`);
    met.failed += failed.length;
  };
  const readNew = async (shard: ShardId): Promise<readonly LogRecord[]> => {
    const found: LogRecord[] = [];
    for (;;) {
      const { records, atEnd } = await log.read(shard, read.get(shard) ?? null, 1_000_000);
      found.push(...records);
      const last = records.at(-1);
      if (last) read.set(shard, last.sequence);
      if (atEnd) return found;
      if (!last) await log.wait(LOOK_AGAIN_AFTER_MS);
    }
  };

  return {
    met,
    async startAtLatest() {
      for (const { id } of await log.shards()) met.before += (await readNew(id)).length;
    },
    async deliver(all) {
      const records: FirehoseRecord[] = [];
      for (const { id } of await log.shards())
        for (const record of await readNew(id)) {
          const members = membersOf(id, record, dice);
          if (members.length > 1) met.members += members.length;
          records.push(...members);
        }
      for (let from = 0; from < records.length; ) {
        const size = 1 + dice.below(batchRecordsMax);
        transformed(records.slice(from, from + size), !all && dice.chance(0.15));
        from += size;
      }
      const late = all ? [] : held.filter(() => dice.chance(0.4));
      for (const { path, bytes } of held.filter((one) => !late.includes(one))) await lake.put(path, bytes);
      held = late;
    },
  };
};
