import { randomUUID } from "node:crypto";
import { type SegmentRecord, sequenceNumber, type ShardId, shardId, tick } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { aLetter } from "../documents/deadLetters.contract.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { meter } from "../testing/aws/capacity.js";
import { createMemoryS3 } from "../testing/aws/s3/memoryS3.js";
import { memoryS3Client, openTestLake } from "../testing/aws/testLake.js";
import type { TestTable } from "../testing/aws/testTable.js";
import { aSegment, aTip } from "../testing/segments.js";

const SHARD: ShardId = shardId("shardId-000000000042");
const KB = 1024;

/** As Kinesis' sequences are: 56 digits. */
const sequence = (number: number) =>
  sequenceNumber(4959033827149025660855969253836157109592n * 10n ** 16n + BigInt(number));

const segment = (number: number, bodyBytes: number, overrides: Partial<SegmentRecord> = {}): SegmentRecord =>
  aSegment({
    shard: SHARD,
    tick: tick(1_780_000_000 + number),
    firstSequence: sequence(number * 1000),
    lastSequence: sequence(number * 1000 + 500),
    previousSequence: sequence(number * 1000 - 1),
    body: { kind: "inline", bytes: Buffer.alloc(bodyBytes, 1) },
    ...overrides,
  });

/** Where a server counts otherwise than DynamoDB. */
export interface CountingGaps {
  /** Every query is one unit, however much it reads. */
  readonly queriesAreOneUnit: boolean;
}

/** What each write costs in capacity units, as the server counts; docs/aws-storage.md multiplies by the prices. */
export const costContract = (
  name: string,
  open: () => Promise<TestTable>,
  { queriesAreOneUnit }: CountingGaps = { queriesAreOneUnit: false },
): void => {
  describe(`${name}: what is paid`, () => {
    it("a flush of a segment is one write, of its record's and body's KB", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const increments = createDynamoIncrements(table);
      const pointer = {
        kind: "object",
        path: `bodies/${"0".repeat(16)}-abcdefghijkl-123.bin`,
        offset: 123_456,
        length: 9000,
      } as const;
      expect(await units(() => increments.writeSegment(segment(1, 0, { body: pointer })))).toBe(1);
      expect(await units(() => increments.writeSegment(segment(2, 200)))).toBe(1);
      expect(await units(() => increments.writeSegment(segment(3, KB)))).toBe(2);
      expect(await units(() => increments.writeSegment(segment(4, 8 * KB)))).toBe(9);
      const grown = segment(4, 8 * KB, { lastSequence: sequence(4999), finished: true });
      expect(await units(() => increments.writeSegment(grown))).toBe(9);
    });

    // DynamoDB takes a refused write's units as well (its developer guide, "Working with items"), and reports them to nobody.
    it("a refused flush is read back", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const increments = createDynamoIncrements(table);
      await increments.writeSegment(segment(1, 200));
      expect(await units(() => increments.writeSegment(segment(1, 200)))).toBe(1);
    });

    it("a reader pays for what is new, and a shard's silence at least one unit", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const increments = createDynamoIncrements(table);
      for (let number = 0; number < 8; number++) await increments.writeSegment(segment(number, 200));
      expect(await units(() => increments.segments(SHARD, segment(7, 0), 100))).toBeLessThanOrEqual(1);
      expect(await units(() => increments.segments(SHARD, segment(3, 0), 100))).toBe(1);
      expect(await units(() => increments.segments(SHARD, null, 100))).toBe(queriesAreOneUnit ? 1 : 2);
    });

    it("a tip is one unit, all tips one for each partition that has some", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const increments = createDynamoIncrements(table);
      for (let number = 0; number < 40; number++) {
        const tip = aTip({
          shard: shardId(`shardId-${String(number).padStart(12, "0")}`),
          lastSequence: sequence(number),
        });
        expect(await units(() => increments.writeTip(tip))).toBe(1);
      }
      expect(await units(() => increments.tips())).toBe(4);
    });

    it("expiry is paid for once: what is read, and what is deleted", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const increments = createDynamoIncrements(table);
      for (let number = 0; number < 30; number++) await increments.writeSegment(segment(number, 200));
      const paid = await units(() => increments.expire(SHARD, segment(29, 0)));
      expect(paid).toBeGreaterThanOrEqual(30);
      expect(paid).toBeLessThanOrEqual(36);
    });

    it("a lease and a small record are one unit a write; a large document's body is in the lake", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const leases = createDynamoLeases({ table, now: Date.now });
      expect(await units(() => leases.acquire("coordinator", "a-worker-with-a-name", 10_000))).toBe(1);
      expect(await units(() => leases.renew("coordinator", "a-worker-with-a-name", 10_000))).toBe(1);
      const lake = await openTestLake(memoryS3Client(createMemoryS3("lake").handler), "lake");
      const records = createDynamoRecords({ table, lake, newId: randomUUID });
      expect(await units(() => records.replace("checkpoint/x", 0, { sequence: sequence(1) }))).toBe(1);
      expect(await units(() => records.replace("large", 0, "x".repeat(300 * KB)))).toBe(1);
      expect(await units(() => records.replace("large", 1, "y".repeat(300 * KB)))).toBe(1);
    });

    it("a dead letter is its own KB, once", async () => {
      const { client, table } = await open();
      const { units } = meter(client);
      const letters = createDynamoDeadLetters({ table, now: Date.now });
      await letters.put([aLetter({ sequence: sequence(1) })]);
      expect(await units(() => letters.put([aLetter({ sequence: sequence(2) })]))).toBe(1);
      expect(
        await units(() => letters.put([aLetter({ sequence: sequence(3), body: Buffer.alloc(4 * KB) })])),
      ).toBe(5);
    });
  });
};
