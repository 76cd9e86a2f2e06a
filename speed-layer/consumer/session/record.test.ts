import { encodeAggregate, hashKeyNumber, hashKeyOf } from "@freshet/kpl";
import { describe, expect, it } from "vitest";
import { AT_TIMESTAMP, checkpointAt, LATEST, SHARD_END, TRIM_HORIZON } from "../lease/checkpoint.js";
import { startOf } from "../stream/start.js";
import { recordsAfter, type UnpackOptions } from "./record.js";

const users = ["a", "b", "c"].map((key) => ({ partitionKey: key, data: Buffer.from(`${key}!`) }));
const aRecord = (sequence: string, data: Uint8Array) => ({
  sequence,
  arrivalMs: 5,
  partitionKey: "outer",
  data,
});
const UNSEEN: UnpackOptions = {
  unpacking: "always",
  digest: "always",
  misrouted: "deliver",
  hashRange: null,
};
const aggregate = aRecord("7", encodeAggregate(users));

describe("user records", () => {
  it("C7: a checkpoint in an aggregate is gone on from inside it; the record that it names is read again", () => {
    const position = { sequence: "7", subsequence: 1 };
    const start = startOf(checkpointAt(position), { startMs: null }, { kind: "trimHorizon" });
    expect(start).toEqual({ from: { kind: "atSequence", sequence: "7" }, after: position });
    const records = [aggregate, aRecord("10", Buffer.from("alone"))];
    const found = recordsAfter(start.after, records, UNSEEN);
    expect(found.records.map(({ sequence, subsequence }) => [sequence, subsequence])).toEqual([
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
    expect(recordsAfter(null, [aggregate], UNSEEN).records).toEqual(
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
      expect(recordsAfter(null, [aRecord("8", data)], UNSEEN).records).toMatchObject([
        { subsequence: 0, partitionKey: "outer", data },
      ]);
  });

  it("C17: members of another shard's are delivered, counted or left out, each by itself, and passed over either way", () => {
    const hashes = ["a", "b", "c"].map((key) => hashKeyNumber(hashKeyOf(key)));
    const last = hashes[2] as bigint;
    const explicit = { partitionKey: "a", explicitHashKey: String(last), data: Buffer.from("d!") };
    const mixed = aRecord("9", encodeAggregate([...users, explicit]));
    // raw records are where Kinesis put them, whatever their keys say
    const raw = aRecord("10", Buffer.from("raw"));
    // a range that holds c and d, and neither a nor b
    expect(hashes.filter((hash) => hash === last)).toHaveLength(1);
    const hashRange = { first: last, last };
    const of = (misrouted: UnpackOptions["misrouted"], records = [mixed, raw]) => {
      const found = recordsAfter(null, records, { ...UNSEEN, misrouted, hashRange });
      return { ...found, records: found.records.map(({ data }) => Buffer.from(data).toString()) };
    };
    const all = ["a!", "b!", "c!", "d!", "raw"];
    expect(of("deliver")).toMatchObject({ records: all, misrouted: 0 });
    expect(of("count")).toMatchObject({ records: all, misrouted: 2 });
    expect(of("drop")).toMatchObject({ records: ["c!", "d!", "raw"], misrouted: 2 });
    const strays = aRecord("11", encodeAggregate(users.slice(0, 2)));
    expect(of("drop", [strays])).toMatchObject({
      records: [],
      misrouted: 2,
      last: { sequence: "11", subsequence: 1 },
    });
  });

  it("C21: neither order nor identity comes from arrival stamps, which may repeat and go back", () => {
    const stamps = [9, 9, 3, 7, 3];
    const records = stamps.map((arrivalMs, index) => ({
      ...aRecord(String(20 + index), Buffer.from("x")),
      arrivalMs,
    }));
    const found = recordsAfter({ sequence: "20", subsequence: 0 }, records, UNSEEN);
    expect(found.records.map(({ sequence, arrivalMs }) => [sequence, arrivalMs])).toEqual([
      ["21", 9],
      ["22", 3],
      ["23", 7],
      ["24", 3],
    ]);
    expect(found.last).toMatchObject({ sequence: "24" });
  });
});
