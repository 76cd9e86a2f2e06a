import { describe, expect, it } from "vitest";
import { createRecordBatch } from "../recordBatch.js";
import { createAggregator, decodeAggregate, encodeAggregate } from "@freshet/kpl";
import { type GoldenRecord, goldenRecords, sharedGoldenRecords } from "@freshet/kpl/testing";

const agreesWithTheKpl = ({ data, aggregated, userRecords, ...wire }: GoldenRecord): void => {
  const aggregator = createAggregator({ bytesMax: 1 << 20, countMax: 1 << 20 });
  for (const record of userRecords) expect(aggregator.add(record)).toBe(true);
  const { wireBytes } = aggregator;
  const made = aggregator.take();
  const members = decodeAggregate(data, "always");
  const batch = createRecordBatch({ digest: "always" });

  expect(batch.add(data)).toBe(userRecords.length);
  userRecords.forEach((record, index) => {
    const event = batch.bytes.subarray(batch.starts[index], batch.ends[index]);
    expect(event.equals(record.data)).toBe(true);
  });
  expect(BigInt(wire.wireExplicitHashKey)).toBe(made?.explicitHashKey);
  if (!aggregated) {
    expect(userRecords.length).toBe(1);
    expect(members).toBeNull();
    return;
  }
  expect(Buffer.compare(encodeAggregate(userRecords), data)).toBe(0);
  expect(Buffer.compare(made?.data ?? Buffer.alloc(0), data)).toBe(0);
  expect(made).toMatchObject({ partitionKey: wire.wirePartitionKey, count: userRecords.length });
  expect(wireBytes).toBe(data.length + wire.wirePartitionKey.length);
  expect(members?.map(({ partitionKey, explicitHashKey }) => [partitionKey, explicitHashKey])).toEqual(
    userRecords.map((record) => [record.partitionKey, record.explicitHashKey?.toString() ?? null]),
  );
};

describe("the codec and the Kinesis Producer Library", () => {
  it("T3: make the same bytes of the same user records, and find them again", () => {
    const golden = goldenRecords();
    expect(golden.filter(({ aggregated }) => aggregated).length).toBe(11);
    for (const record of golden) agreesWithTheKpl(record);
  });

  const shared = sharedGoldenRecords();
  it.skipIf(shared === null)(
    "T3: agree on every record of the capture, up to a megabyte (needs ../shared)",
    () => {
      const golden = shared ?? [];
      expect(golden.length).toBe(37);
      expect(golden.filter(({ aggregated }) => aggregated).length).toBe(21);
      for (const record of golden) agreesWithTheKpl(record);
    },
  );
});
