import { createEventScanner, durationMs, epochMs, sequenceNumber, shardId } from "@freshet/model";
import { clicksApp } from "@freshet/simulators";
import type { DigestPolicy } from "@freshet/kpl";
import { createRecordBatch, type LogRecord } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { checkpointAtBeginning } from "../../shard/checkpoint.js";
import { createHorizonMarks } from "../../shard/horizon.js";
import type { RuleBook } from "../../shard/rules.js";
import { createShardFold } from "../../shard/shardFold.js";
import type { Work } from "../../work.js";
import { HORIZON_TICKS, type Pipeline, SEGMENT_MS } from "./pipeline.js";

const SHARD = shardId("shardId-000000000000");
/** Of no effect: a tick is a segment. */
const SEGMENT_EVENTS_MAX = 10_000_000;

const settings = { segmentMs: durationMs(SEGMENT_MS), segmentEventsMax: SEGMENT_EVENTS_MAX };

const doneAtOnce = <Result>(work: Work<Result>): Result => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
};

/**
 * What a worker does with a shard's records between reading them and storing what comes of them, and nothing else. The scanner and the batch
 * live as long as the worker; each pipeline that is made starts without groups and without ids.
 */
export const createShardPath = (digest: DigestPolicy): (() => Pipeline) => {
  const batch = createRecordBatch({ digest });
  const scanner = createScanner(clicksApp, () => null, createEventScanner);
  const judge = { revision: 1, scanner, empty: scanner.scan(batch) };
  const rules: RuleBook = { judgeAt: () => judge, prepare: () => Promise.resolve(true) };

  return () => {
    const fold = createShardFold({
      checkpoint: checkpointAtBeginning("clicks", SHARD, -1),
      adopted: null,
      settings,
      identities: createIdentitySet(HORIZON_TICKS),
      marks: createHorizonMarks(HORIZON_TICKS),
      rules,
      batch,
    });
    let sequence = 0n;
    return {
      take(records) {
        const read = records.map(
          ({ data, arrivalMs }): LogRecord => ({
            sequence: sequenceNumber(++sequence),
            arrivalMs: epochMs(arrivalMs),
            partitionKey: "0",
            data,
          }),
        );
        doneAtOnce(fold.take(read));
      },
      finish() {
        doneAtOnce(fold.end([]));
        return doneAtOnce(fold.drain()).segments.map(({ record, body }) => {
          if (body.kind !== "bytes") throw new Error(`segment ${record.tick} has no body of its own`);
          return { tick: record.tick, counts: record.counts, body: body.bytes };
        });
      },
    };
  };
};
