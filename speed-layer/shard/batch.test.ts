import { epochMs, sequenceNumber } from "@freshet/model";
import { createRecordBatch, type LogRecord } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { foresee } from "./batch.js";

const MIB = 2 ** 20;

const recordOf = (bytes: number, index: number): LogRecord => ({
  sequence: sequenceNumber(String(index + 1)),
  arrivalMs: epochMs(index),
  partitionKey: "0",
  data: new Uint8Array(bytes),
});

/** The records that a batch is told of, a call after the other, until it has been told of all. */
const toldOf = (records: readonly LogRecord[]): readonly (readonly Uint8Array[])[] => {
  const told: (readonly Uint8Array[])[] = [];
  const batch = {
    ...createRecordBatch({ digest: "always" }),
    foresee: (some: readonly Uint8Array[]) => told.push(some),
  };
  for (let from = 0; from < records.length; ) from = foresee(batch, records, from);
  return told;
};

describe("the digests that are compared at once", () => {
  it("are those of eight records of a megabyte, however few a batch holds", () => {
    const records = Array.from({ length: 20 }, (_, index) => recordOf(MIB, index));
    expect(toldOf(records).map((some) => some.length)).toEqual([8, 8, 4]);
    expect(
      toldOf(records)
        .flat()
        .every((data, index) => data === records[index]?.data),
    ).toBe(true);
  });

  it("are of as many small records as there are, and of a large one alone", () => {
    const sizes = [...Array.from({ length: 500 }, () => 1_000), 9 * MIB, 10];
    expect(toldOf(sizes.map(recordOf)).map((some) => some.length)).toEqual([500, 1, 1]);
  });
});
