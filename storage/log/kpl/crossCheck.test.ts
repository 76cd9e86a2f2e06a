import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAggregate } from "./decode.js";
import { encodeAggregate } from "./encode.js";
import { anyData, anyHashKey, anyKey } from "./testing/arbitrary.js";
import { theirAggregate, theirMembers, theirs } from "./testing/awsKinesisAgg.js";
import type { UserRecord } from "./userRecord.js";

const RUNS = 300;
/** The library is right where keys are no integers and not `__proto__`, have no lone surrogates, and all or no records have a hash key. */
const keyTheyKeep = anyKey.filter(
  (key) => !/^\d+$/.test(key) && key !== "__proto__" && !/\p{Surrogate}/u.test(key),
);
const recordsTheyKeep: fc.Arbitrary<readonly UserRecord[]> = fc.oneof(
  fc.array(fc.record({ partitionKey: keyTheyKeep, data: anyData }), { minLength: 1, maxLength: 200 }),
  fc.array(
    fc.record({
      partitionKey: keyTheyKeep,
      data: anyData,
      explicitHashKey: anyHashKey.filter((key) => key >= 2n ** 32n),
    }),
    { minLength: 1, maxLength: 50 },
  ),
);

describe("the codec and aws-kinesis-agg, where that is right", () => {
  it("make the same bytes of random user records", () => {
    let records = 0;
    fc.assert(
      fc.property(recordsTheyKeep, (all) => {
        records += all.length;
        expect(Buffer.compare(encodeAggregate(all), theirAggregate(all.map(theirs)).data)).toBe(0);
      }),
      { numRuns: RUNS },
    );
    expect(records).toBeGreaterThan(RUNS * 5);
  });

  it("find the same members in each other's bytes", () => {
    fc.assert(
      fc.property(recordsTheyKeep, (all) => {
        const aggregate = theirAggregate(all.map(theirs)).data;
        const found = decodeAggregate(aggregate, "always") ?? [];
        const expected = theirMembers(Buffer.from(encodeAggregate(all)).toString("base64"), true);
        expect(found.length).toBe(all.length);
        found.forEach((member, index) => {
          expect({
            partitionKey: member.partitionKey,
            explicitPartitionKey: member.explicitHashKey ?? undefined,
            data: Buffer.from(member.data).toString("base64"),
            subSequenceNumber: index,
            sequenceNumber: undefined,
          }).toEqual(expected[index]);
        });
      }),
      { numRuns: RUNS },
    );
  });
});
