import { sequenceNumber, shardId } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { deliveredBatch, type StreamEventRecord } from "./event.js";

const STREAM = "arn:aws:kinesis:eu-central-1:111122223333:stream/events";
const LOG = `${STREAM}@2026-11-01T00:00:00.000Z`;

const aRecord = (
  overrides: Partial<StreamEventRecord["kinesis"]> = {},
  shard = "shardId-000000000006",
): StreamEventRecord => {
  const kinesis = {
    partitionKey: "1",
    sequenceNumber: "49590338271490256608559692538361571095921575989136588898",
    data: "SGVsbG8sIHRoaXMgaXMgYSB0ZXN0Lg==",
    approximateArrivalTimestamp: 1545084650.987,
    ...overrides,
  };
  return { eventID: `${shard}:${kinesis.sequenceNumber}`, eventSourceARN: STREAM, kinesis };
};
const next = (by: number) => ({
  sequenceNumber: String(49590338271490256608559692538361571095921575989136588898n + BigInt(by)),
});

describe("what Lambda delivers of a stream", () => {
  it("is read to the millisecond, the byte and the whole sequence number", () => {
    expect(deliveredBatch({ Records: [aRecord(), aRecord(next(7))] }, LOG)).toMatchObject({
      shard: shardId("shardId-000000000006"),
      first: sequenceNumber(49590338271490256608559692538361571095921575989136588898n),
      last: sequenceNumber(49590338271490256608559692538361571095921575989136588905n),
      records: [{ arrivalMs: 1545084650987, data: Buffer.from("Hello, this is a test.") }, {}],
    });
    for (let ms = 1_545_084_650_000; ms < 1_545_084_651_000; ms++) {
      const batch = deliveredBatch({ Records: [aRecord({ approximateArrivalTimestamp: ms / 1_000 })] }, LOG);
      expect(batch?.records[0]?.arrivalMs).toBe(ms);
    }
  });

  it("may come by enhanced fan-out, and without partition keys", () => {
    const { partitionKey: _, ...kinesis } = aRecord().kinesis;
    const eventSourceARN = `${STREAM}/consumer/freshet:1540591608`;
    expect(
      deliveredBatch({ Records: [{ ...aRecord(), kinesis, eventSourceARN }] }, LOG)?.records[0]?.partitionKey,
    ).toBe("");
    expect(deliveredBatch({ Records: [] }, LOG)).toBeNull();
  });

  it("is refused when it is another stream's, of several shards, or out of order", () => {
    const other = `${STREAM}-2@2026-11-01T00:00:00.000Z`;
    expect(() => deliveredBatch({ Records: [aRecord()] }, other)).toThrow(/mapped to .*stream\/events, but/);
    const two = [aRecord(), aRecord(next(1), "shardId-000000000007")];
    expect(() => deliveredBatch({ Records: two }, LOG)).toThrow(/other shards' records/);
    expect(() => deliveredBatch({ Records: [aRecord(next(1)), aRecord()] }, LOG)).toThrow(/not in order/);
  });
});
