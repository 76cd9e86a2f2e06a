import { describe, expect, it } from "vitest";
import { createRecordBatch, type RecordBatch } from "../recordBatch.js";
import {
  createAggregator,
  decodeAggregate,
  encodeAggregate,
  type UserRecord,
  type WireRecord,
} from "@freshet/kpl";
import { MAGIC, theirAggregate, theirDeaggregate, theirMembers, theirs } from "@freshet/kpl/testing";

/*
 * What aws-kinesis-agg 4.2.8 does wrong, by the letters of its defects; beside ours, that it still does so: a case in which it is
 * right again can join `crossCheck.test.ts`.
 */
const aRecord = (
  partitionKey: string,
  data = `data of ${partitionKey}`,
  explicitHashKey?: bigint,
): UserRecord => ({
  partitionKey,
  data: Buffer.from(data),
  ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
});

const joined = (records: readonly UserRecord[], bytesMax = 1 << 20): readonly WireRecord[] => {
  const aggregator = createAggregator({ bytesMax, countMax: 10_000 });
  const wires: (WireRecord | null)[] = [];
  for (const record of records) {
    if (aggregator.add(record)) continue;
    wires.push(aggregator.take());
    aggregator.add(record);
  }
  wires.push(aggregator.take());
  return wires.filter((wire) => wire !== null);
};

const keysOf = (aggregate: Uint8Array): readonly (string | null)[] | undefined =>
  decodeAggregate(aggregate, "always")?.map(({ partitionKey }) => partitionKey);

const eventsOf = (...records: readonly Uint8Array[]): { batch: RecordBatch; events: readonly Buffer[] } => {
  const batch = createRecordBatch({ digest: "always" });
  for (const record of records) batch.add(record);
  const events = Array.from({ length: batch.count }, (_, index) =>
    Buffer.from(batch.bytes.subarray(batch.starts[index], batch.ends[index])),
  );
  return { batch, events };
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

describe("what aws-kinesis-agg does wrong", () => {
  it("a: partition keys that read as integers keep their order", () => {
    const records = ["99", "5", "x", "0"].map((key) => aRecord(key));
    expect(keysOf(encodeAggregate(records))).toEqual(["99", "5", "x", "0"]);
    const wrong = theirMembers(base64(theirAggregate(records.map(theirs)).data), true);
    expect(wrong[0]?.partitionKey).not.toBe("99");
  });

  it("b: a record without an explicit hash key gets none of another's", () => {
    const aggregate = encodeAggregate([aRecord("p", "1"), aRecord("q", "2", 7n)]);
    const hashKeys = decodeAggregate(aggregate, "always")?.map(({ explicitHashKey }) => explicitHashKey);
    expect(hashKeys).toEqual([null, "7"]);
    expect(theirMembers(base64(aggregate), true)[0]?.explicitPartitionKey).toBe("7");
  });

  it("c: the aggregate goes where its first member belongs, by its explicit hash key or the MD5 of its key", () => {
    const records = [aRecord("p", "1"), aRecord("q", "2", 7n)];
    const md5OfP = 0x83878c91171338902e0fe0fb97a8c47an;
    expect(joined(records)[0]?.explicitHashKey).toBe(md5OfP);
    expect(joined(records.toReversed())[0]?.explicitHashKey).toBe(7n);
    expect(theirAggregate(records.map(theirs)).ExplicitHashKey).toBeUndefined();
  });

  it("d: sizes are counted in UTF-8 bytes", () => {
    const records = Array.from({ length: 2_000 }, (_, index) =>
      aRecord(`${"キー".repeat(80)}${index}`, "{}"),
    );
    const bytesMax = 100_000;
    const wires = joined(records, bytesMax);
    for (const { data, partitionKey } of wires) {
      expect(data.length + Buffer.byteLength(partitionKey)).toBeLessThanOrEqual(bytesMax);
    }
    expect(wires.length).toBe(Math.ceil(wires.reduce((sum, { data }) => sum + data.length, 0) / bytesMax));
    expect(wires.flatMap(({ data }) => keysOf(data))).toEqual(
      records.map(({ partitionKey }) => partitionKey),
    );
  });

  it("d: the outer partition key counts too", () => {
    const [first, second] = [aRecord("p", "x".repeat(50)), aRecord("q", "y".repeat(50))];
    const { length } = encodeAggregate([first, second]);
    expect(joined([first, second], length).length).toBe(2);
    expect(joined([first, second], length + 1).length).toBe(1);
  });

  it("e: a key named __proto__ is a key", () => {
    const records = ["__proto__", "constructor", "toString", "hasOwnProperty"].map((key) => aRecord(key));
    const aggregate = encodeAggregate(records);
    expect(keysOf(aggregate)).toEqual(records.map(({ partitionKey }) => partitionKey));
    const wrong = theirMembers(base64(theirAggregate(records.map(theirs)).data), true);
    expect(wrong[0]?.partitionKey).not.toBe("__proto__");
  });

  it("f: data that begin with the magic are one event, as they are", () => {
    const payloads = [
      MAGIC,
      Buffer.concat([MAGIC, Buffer.from("a user's own bytes, and quite a few of them")]),
    ];
    for (const payload of payloads) {
      expect(eventsOf(payload).events).toEqual([Buffer.from(payload)]);
      expect(() => theirMembers(base64(payload), true)).toThrow();
    }
  });

  it("f: and they are wrapped, even alone, so that no reader can take them for what they are not", () => {
    const payload = encodeAggregate([aRecord("inner", "1"), aRecord("inner", "2")]);
    const [wire] = joined([{ partitionKey: "p", data: payload }]);
    expect(wire?.partitionKey).toBe("a");
    expect(eventsOf(wire?.data ?? MAGIC).events).toEqual([Buffer.from(payload)]);
  });

  it("g: a corrupt aggregate is never taken for its members", () => {
    const aggregate = Buffer.from(encodeAggregate([aRecord("p", "0123456789"), aRecord("q", "abcdefghij")]));
    const at = aggregate.indexOf("abc");
    aggregate[at] = 0x58;
    expect(eventsOf(aggregate).events).toEqual([aggregate]);
    expect(theirMembers(base64(aggregate), false).length).toBe(2);
  });

  it("h: a consumer that fails at one event does not get records a second time", () => {
    const aggregate = encodeAggregate([aRecord("p", "1"), aRecord("q", "2")]);
    expect(eventsOf(aggregate).events.map(String)).toEqual(["1", "2"]);
    let after = 0;
    const fail = (): void => {
      throw new Error("the handler failed");
    };
    theirDeaggregate({ data: base64(aggregate) }, true, fail, () => after++);
    expect(after).toBe(3);
  });

  it("i: data stay bytes, and each event leads to its record, and so to when that arrived", () => {
    const { batch, events } = eventsOf(
      Buffer.from("alone"),
      encodeAggregate([aRecord("p", "\0\u00ff"), aRecord("q", "2")]),
    );
    const arrivalsMs = [1_000, 2_000];
    expect(events[1]).toEqual(Buffer.from("\0\u00ff"));
    const arrivalOf = [...batch.recordOf.subarray(0, batch.count)].map((record) => arrivalsMs[record]);
    expect(arrivalOf).toEqual([1_000, 2_000, 2_000]);
    expect([...batch.subsequences.subarray(0, batch.count)]).toEqual([0, 0, 1]);
    expect(typeof theirMembers(base64(encodeAggregate([aRecord("p")])), true)[0]?.data).toBe("string");
  });

  it("j: the size is the caller's to bound, from less than a PUT payload unit to ten megabytes", () => {
    const records = Array.from({ length: 300 }, (_, index) => aRecord(`k${index}`, "z".repeat(30_000)));
    expect(joined(records, 25_600).length).toBe(300);
    expect(joined(records, 10_485_760).length).toBe(1);
    expect(() => theirAggregate(records.map(theirs))).toThrow(/fit/);
  });

  it("k: a member whose hash lies in another shard's range is delivered", () => {
    const low = aRecord("low", "low", 0n);
    const high = aRecord("high", "high", 2n ** 128n - 1n);
    const [wire] = joined([low, high]);
    expect(wire?.explicitHashKey).toBe(0n);
    expect(eventsOf(wire?.data ?? MAGIC).events.map(String)).toEqual(["low", "high"]);
  });
});
