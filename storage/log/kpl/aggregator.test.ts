import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashKeyNumber, hashKeyOf } from "./hashRange.js";
import { createAggregator, type WireRecord } from "./aggregator.js";
import { decodeAggregate } from "./decode.js";
import { anyUserRecord } from "./testing/arbitrary.js";
import { MAGIC } from "./format.js";
import type { UserRecord } from "./userRecord.js";

const data = (text: string): Uint8Array => Buffer.from(text);

/** What arrives, whether it travelled alone or joined. */
const received = ({ data: wire, partitionKey }: WireRecord) =>
  decodeAggregate(wire, "always")?.map((member) => [member.partitionKey, Buffer.from(member.data)]) ?? [
    [Buffer.from(partitionKey).toString(), Buffer.from(wire)],
  ];

const sent = ({ partitionKey, data: bytes }: UserRecord) => [
  Buffer.from(partitionKey).toString(),
  Buffer.from(bytes),
];

describe("an aggregator", () => {
  it("has nothing to take at first, and again after taking", () => {
    const aggregator = createAggregator({ bytesMax: 1_000, countMax: 10 });
    expect([aggregator.count, aggregator.wireBytes, aggregator.take()]).toEqual([0, 0, null]);
    aggregator.add({ partitionKey: "p", data: data("x") });
    expect(aggregator.take()).not.toBeNull();
    expect([aggregator.count, aggregator.wireBytes, aggregator.take()]).toEqual([0, 0, null]);
  });

  it("sends a lone record as it is, under its own key", () => {
    const aggregator = createAggregator({ bytesMax: 1_000, countMax: 10 });
    aggregator.add({ partitionKey: "ключ", data: data("alone") });
    expect(aggregator.wireBytes).toBe(8 + 5);
    expect(aggregator.take()).toEqual({
      partitionKey: "ключ",
      explicitHashKey: hashKeyNumber(hashKeyOf("ключ")),
      data: data("alone"),
      count: 1,
    });
  });

  it("takes a first record that is larger than its bound, and none beside it", () => {
    const aggregator = createAggregator({ bytesMax: 100, countMax: 10 });
    expect(aggregator.add({ partitionKey: "p", data: new Uint8Array(5_000) })).toBe(true);
    expect(aggregator.add({ partitionKey: "p", data: new Uint8Array(0) })).toBe(false);
    expect(aggregator.take()?.data.length).toBe(5_000);
  });

  it("refuses the record past its count, and keeps what it has", () => {
    const aggregator = createAggregator({ bytesMax: 1_000, countMax: 2 });
    const results = ["1", "2", "3"].map((text) => aggregator.add({ partitionKey: "p", data: data(text) }));
    expect(results).toEqual([true, true, false]);
    expect(aggregator.take()?.count).toBe(2);
  });

  it("refuses an explicit hash key that has not 128 bits, and is as before", () => {
    const aggregator = createAggregator({ bytesMax: 1_000, countMax: 10 });
    aggregator.add({ partitionKey: "p", data: data("1") });
    const { wireBytes } = aggregator;
    for (const explicitHashKey of [-1n, 2n ** 128n]) {
      expect(() => aggregator.add({ partitionKey: "q", data: data("2"), explicitHashKey })).toThrow(
        RangeError,
      );
    }
    expect([aggregator.count, aggregator.wireBytes]).toEqual([1, wireBytes]);
  });

  it("knows its size exactly, stays within its bound, and loses nothing", () => {
    let joined = 0;
    let lone = 0;
    fc.assert(
      fc.property(
        fc.array(anyUserRecord, { maxLength: 120 }),
        fc.integer({ min: 30, max: 20_000 }),
        fc.integer({ min: 1, max: 50 }),
        (records, bytesMax, countMax) => {
          const aggregator = createAggregator({ bytesMax, countMax });
          const wires: WireRecord[] = [];
          const take = (): void => {
            const { wireBytes } = aggregator;
            const wire = aggregator.take();
            if (wire === null) return;
            expect(wireBytes).toBe(wire.data.length + Buffer.byteLength(wire.partitionKey));
            expect(wire.count).toBeLessThanOrEqual(countMax);
            if (wire.count > 1) expect(wireBytes).toBeLessThanOrEqual(bytesMax);
            if (wire.count > 1) joined++;
            else lone++;
            wires.push(wire);
          };
          for (const record of records) {
            if (aggregator.add(record)) continue;
            take();
            expect(aggregator.add(record)).toBe(true);
          }
          take();
          expect(wires.flatMap(received)).toEqual(records.map(sent));
        },
      ),
      { numRuns: 200 },
    );
    expect(joined).toBeGreaterThan(100);
    expect(lone).toBeGreaterThan(100);
  });

  it("wraps a lone record that begins with the magic", () => {
    const aggregator = createAggregator({ bytesMax: 1_000, countMax: 10 });
    aggregator.add({ partitionKey: "p", data: MAGIC });
    const wire = aggregator.take();
    expect(wire?.partitionKey).toBe("a");
    expect(wire && received(wire)).toEqual([["p", Buffer.from(MAGIC)]]);
  });
});
