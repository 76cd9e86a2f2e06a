import { type EpochMs, sequenceNumber, shardId, type Tick } from "@freshet/model";
import type { SegmentRecord, Tip } from "@freshet/model";
import type { DeadLetter } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { type Checkpoint, checkpointAtBeginning } from "../shard/checkpoint.js";
import type { ShardOutput } from "../shard/output.js";
import { type FlushStores, flushShards } from "./flush.js";

const SHARD = shardId("shardId-000000000000");
const [FIRST, LAST] = [sequenceNumber(1), sequenceNumber(9)];

const record: Omit<SegmentRecord, "body"> = {
  version: 1,
  shard: SHARD,
  tick: 1 as Tick,
  ordinal: 0,
  firstSequence: FIRST,
  lastSequence: LAST,
  previousSequence: null,
  finished: true,
  ended: false,
  children: [],
  revision: 1,
  counts: { records: 9, events: 9, accepted: 8, duplicates: 0, rejected: { unknown_type: 1 } },
  newestTimeMs: null,
  bodyHash: "00",
};
const letter: DeadLetter = {
  shard: SHARD,
  sequence: FIRST,
  subsequence: 0,
  arrivalMs: 1 as EpochMs,
  reason: "unknown_type",
  detail: "",
  type: null,
  id: null,
  timeMs: null,
  body: new Uint8Array(),
};
const tip: Tip = { shard: SHARD, atMs: 1 as EpochMs, lastSequence: LAST };
const checkpoint: Checkpoint = { ...checkpointAtBeginning("log", SHARD, 0), previousSequence: LAST };
const output: ShardOutput = {
  letters: [letter],
  segments: [{ record, body: { kind: "bytes", bytes: new Uint8Array(3) } }],
  tip,
  checkpoint,
};

const STEPS = ["letters", "bodies", "segments", "tip and checkpoint"] as const;
type Step = (typeof STEPS)[number];

/** Stores that answer when they are told to, and fail at one step. */
const storesFailing = (failing: Step | null) => {
  const done: Step[] = [];
  const step = async <T>(name: Step, result: T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (name === failing) throw new Error(`no ${name}`);
    done.push(name);
    return result;
  };
  const unasked = (): never => {
    throw new Error("not asked for by a flush");
  };
  const increments: FlushStores["increments"] = {
    writeSegment: (one) => step("segments", { kind: "written", record: one }),
    writeTip: () => step("tip and checkpoint", undefined),
    tips: unasked,
    segments: unasked,
    compacted: unasked,
    writeCompacted: unasked,
    expire: unasked,
  };
  const stores: FlushStores = {
    increments,
    checkpoints: { save: () => step("tip and checkpoint", undefined) },
    deadLetters: { put: () => step("letters", undefined) },
    bodies: {
      place: (outputs) =>
        step(
          "bodies",
          outputs.map(({ record: one }) => ({ ...one, body: { kind: "inline", bytes: new Uint8Array(3) } })),
        ),
      placeOne: unasked,
    },
  };
  return { stores, done };
};

describe("a flush", () => {
  it.each(STEPS)(
    "S7: writes nothing that vouches for %s where they could not be written",
    async (failing) => {
      const { stores, done } = storesFailing(failing);
      const flush = flushShards(stores, [{ output, savedCheckpoint: null }], () => undefined);
      await expect(flush).rejects.toThrow(`no ${failing}`);
      expect(done).toEqual(STEPS.slice(0, STEPS.indexOf(failing)));
    },
  );

  it("S7: keeps the checkpoint of the log until dead letters, bodies and segments are acknowledged", async () => {
    const { stores, done } = storesFailing(null);
    await flushShards(stores, [{ output, savedCheckpoint: null }], () => undefined);
    expect(done).toEqual(["letters", "bodies", "segments", "tip and checkpoint", "tip and checkpoint"]);
  });
});
