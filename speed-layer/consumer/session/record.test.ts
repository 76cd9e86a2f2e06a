import { encodeAggregate } from "@freshet/kpl";
import { describe, expect, it } from "vitest";
import { AT_TIMESTAMP, checkpointAt, LATEST, SHARD_END, TRIM_HORIZON } from "../lease/checkpoint.js";
import { startOf } from "../stream/start.js";
import { recordsAfter, userRecordsOf } from "./record.js";

const users = ["a", "b", "c"].map((key) => ({ partitionKey: key, data: Buffer.from(`${key}!`) }));
const aRecord = (sequence: string, data: Uint8Array) => ({
  sequence,
  arrivalMs: 5,
  partitionKey: "outer",
  data,
});
const aggregate = aRecord("7", encodeAggregate(users));

describe("user records", () => {
  it("C7: a checkpoint in an aggregate is gone on from inside it; the record that it names is read again", () => {
    const position = { sequence: "7", subsequence: 1 };
    const start = startOf(checkpointAt(position), { startMs: null }, { kind: "trimHorizon" });
    expect(start).toEqual({ from: { kind: "atSequence", sequence: "7" }, after: position });
    const records = [aggregate, aRecord("10", Buffer.from("alone"))];
    const found = recordsAfter(start.after, records, "always", "always");
    expect(found.map(({ sequence, subsequence }) => [sequence, subsequence])).toEqual([
      ["7", 2],
      ["10", 0],
    ]);
  });

  it("C7: begins where a lease without progress says, at the time that it remembers", () => {
    const from = (...given: Parameters<typeof startOf>) => startOf(...given).from;
    const oldest = { kind: "trimHorizon" } as const;
    expect(from(TRIM_HORIZON, { startMs: null }, oldest)).toEqual(oldest);
    expect(from(LATEST, { startMs: null }, oldest)).toEqual({ kind: "latest" });
    expect(from(LATEST, { startMs: 9 }, oldest)).toEqual({ kind: "timestamp", timeMs: 9 });
    expect(from(AT_TIMESTAMP, { startMs: null }, { kind: "timestamp", timeMs: 3 })).toEqual({
      kind: "timestamp",
      timeMs: 3,
    });
    expect(from(SHARD_END, { startMs: null }, oldest)).toEqual(oldest);
  });

  it("C17: members keep their place, keys and arrival; what only looks like an aggregate is passed through", () => {
    expect(userRecordsOf(aggregate, "always")).toEqual(
      users.map(({ partitionKey, data }, subsequence) => ({
        sequence: "7",
        subsequence,
        arrivalMs: 5,
        partitionKey,
        explicitHashKey: null,
        data,
      })),
    );
    const broken = Uint8Array.from(aggregate.data);
    broken[broken.length - 1] = (broken.at(-1) as number) ^ 1;
    for (const data of [
      broken,
      aggregate.data.subarray(0, 10),
      aggregate.data.subarray(0, 4),
      Buffer.from("x"),
    ])
      expect(userRecordsOf(aRecord("8", data), "always")).toMatchObject([
        { subsequence: 0, partitionKey: "outer", data },
      ]);
  });
});
