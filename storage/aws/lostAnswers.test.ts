import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { sequenceNumber, tick } from "@freshet/model";
import { describe, expect, it, onTestFinished } from "vitest";
import { aLetter } from "../documents/deadLetters.contract.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { createFaulty, type Faults, type Faulty } from "../testing/aws/faults.js";
import { withoutPauses } from "../testing/aws/patience.js";
import { type TestHandler, testHandler } from "../testing/aws/handler.js";
import { createMemoryS3 } from "../testing/aws/s3/memoryS3.js";
import { memoryS3Client, openTestLake } from "../testing/aws/testLake.js";
import { openTestTable, TEST_CREDENTIALS, TEST_REGION } from "../testing/aws/testTable.js";
import { aSegment, aTip, SHARD } from "../testing/segments.js";
import { createDynamoTable, type DynamoTable } from "./table/dynamoTable.js";

const endpoint = dynaliteForTests();
const SEED = 4711;
const FAULTS: Faults = { answerLost: 0.15, throttled: 0.1 };

/** The table through a network that loses one answer in seven. */
const openFaultyTable = async (): Promise<{ readonly table: DynamoTable; readonly seen: Faulty["seen"] }> => {
  const { client, name } = await openTestTable(endpoint());
  const faulty = createFaulty(client.config.requestHandler, FAULTS, SEED);
  const through = new DynamoDBClient({
    region: TEST_REGION,
    endpoint: endpoint(),
    credentials: TEST_CREDENTIALS,
    requestHandler: faulty.handler,
    retryStrategy: withoutPauses,
  });
  onTestFinished(() => through.destroy());
  return { table: createDynamoTable(through, name), seen: faulty.seen };
};

/** Loses the answer to the first request, after it took effect and `meanwhile` has run. */
const losingFirstAnswer = (
  inner: Pick<TestHandler, "handle">,
  meanwhile: () => Promise<void>,
): TestHandler => {
  let first = true;
  return testHandler(async (request, options) => {
    const outcome = await inner.handle(request, options);
    if (!first) return outcome;
    first = false;
    await meanwhile();
    throw Object.assign(new Error("lost"), { name: "TimeoutError" });
  });
};

const openLake = () => openTestLake(memoryS3Client(createMemoryS3("lake").handler), "lake");

describe(`with lost answers and throttling (seed ${SEED})`, () => {
  it("a replaced record is ours where we replaced it, and only there", async () => {
    const { table, seen } = await openFaultyTable();
    const lake = await openLake();
    const records = createDynamoRecords({ table, lake, newId: randomUUID });
    const large = "x".repeat(20_000);
    for (let revision = 0; revision < 60; revision++) {
      const value = revision % 3 === 0 ? `${large}${revision}` : revision;
      expect(await records.replace("pointer", revision, value)).toBe(true);
      expect(await records.replace("pointer", revision, "other")).toBe(false);
      expect(await records.get("pointer")).toEqual({ revision: revision + 1, value });
    }
    expect(seen.answersLost).toBeGreaterThan(20);
    expect(seen.throttled).toBeGreaterThan(10);
  });

  it("those who replace one record in turns each know which turns were theirs, or that they do not know", async () => {
    const { table, seen } = await openFaultyTable();
    const lake = await openLake();
    const writers = Array.from({ length: 3 }, () => createDynamoRecords({ table, lake, newId: randomUUID }));
    const won = writers.map(() => 0);
    const unknown = writers.map(() => 0);
    const increase = (counts: number[], index: number) => {
      counts[index] = (counts[index] as number) + 1;
    };
    await Promise.all(
      writers.map(async (records, writer) => {
        for (let turn = 0; turn < 40; turn++) {
          const stored = await records.get<number[]>("count");
          const next = [...(stored?.value ?? writers.map(() => 0))];
          increase(next, writer);
          try {
            if (await records.replace("count", stored?.revision ?? 0, next)) increase(won, writer);
          } catch (error) {
            expect(error).toMatchObject({
              kind: "uncertain",
              message: expect.stringContaining("not known"),
            });
            increase(unknown, writer);
          }
        }
      }),
    );
    const stored = await createDynamoRecords({ table, lake, newId: randomUUID }).get<number[]>("count");
    for (const [index, count] of (stored?.value ?? []).entries()) {
      expect(count).toBeGreaterThanOrEqual(won[index] as number);
      expect(count).toBeLessThanOrEqual((won[index] as number) + (unknown[index] as number));
    }
    expect(Math.min(...won)).toBeGreaterThan(3);
    expect(Math.max(...unknown)).toBeLessThan(10);
    expect(seen.answersLost).toBeGreaterThan(10);
  });

  it.each([
    [0, true],
    [1, true],
    [2, "unknown"],
    [5, "unknown"],
  ] as const)(
    "a record that %i others replaced before the answer was missed is called %s",
    async (others, outcome) => {
      const { client, name, table } = await openTestTable(endpoint());
      const lake = await openLake();
      const direct = createDynamoRecords({ table, lake, newId: randomUUID });
      await direct.replace("pointer", 0, "first");
      const through = new DynamoDBClient({
        region: TEST_REGION,
        endpoint: endpoint(),
        credentials: TEST_CREDENTIALS,
        requestHandler: losingFirstAnswer(client.config.requestHandler, async () => {
          for (let other = 0; other < others; other++)
            expect(await direct.replace("pointer", 2 + other, `other ${other}`)).toBe(true);
        }),
        retryStrategy: withoutPauses,
      });
      onTestFinished(() => through.destroy());
      const records = createDynamoRecords({
        table: createDynamoTable(through, name),
        lake,
        newId: randomUUID,
      });
      const replaced = await records.replace("pointer", 1, "ours").catch((error: unknown) => {
        expect(error).toMatchObject({ kind: "uncertain", message: expect.stringContaining("not known") });
        return "unknown";
      });
      expect(replaced).toBe(outcome);
    },
  );

  it("segments grow, tips move, and nothing is called a conflict", async () => {
    const { table, seen } = await openFaultyTable();
    const increments = createDynamoIncrements(table);
    for (let index = 0; index < 30; index++) {
      const key = { tick: tick(index), ordinal: 0 };
      for (const [last, finished] of [
        [12, false],
        [20, false],
        [20, true],
      ] as const) {
        const record = aSegment({ ...key, lastSequence: sequenceNumber(last), finished });
        expect((await increments.writeSegment(record)).kind).not.toBe("conflict");
      }
      await increments.writeTip(aTip({ lastSequence: sequenceNumber(index) }));
    }
    const found = await increments.segments(SHARD, null, 100);
    expect(found.map(({ tick, finished }) => [tick, finished])).toEqual(
      Array.from({ length: 30 }, (_, index) => [index, true]),
    );
    expect((await increments.tips()).get(SHARD)?.lastSequence).toBe(sequenceNumber(29));
    expect(seen.answersLost).toBeGreaterThan(10);
  });

  it("a lease is held by who took it, and a letter is counted once", async () => {
    const { table, seen } = await openFaultyTable();
    const leases = createDynamoLeases({ table, now: () => 0 });
    const letters = createDynamoDeadLetters({ table, now: Date.now });
    for (let round = 0; round < 20; round++) {
      const name = `role ${round}`;
      expect(await leases.acquire(name, "a", 1000)).toEqual({ kind: "held" });
      expect(await leases.renew(name, "a", 1000)).toBe(true);
      expect(await leases.acquire(name, "b", 1000)).toMatchObject({ kind: "taken" });
      await leases.release(name, "a");
      expect(await leases.acquire(name, "b", 1000)).toEqual({ kind: "held" });
      await letters.put([aLetter({ sequence: sequenceNumber(round) })]);
    }
    expect(await letters.count()).toBe(20);
    expect(seen.answersLost).toBeGreaterThan(10);
  });

  it("a file of the lake is put once and keeps its content", async () => {
    const memory = createMemoryS3("lake");
    const faulty = createFaulty(memory.handler, FAULTS, SEED);
    const lake = await openTestLake(memoryS3Client(faulty.handler), "lake");
    for (let index = 0; index < 40; index++) {
      const content = Buffer.from(`content ${index}`);
      await lake.put(`files/${index}`, content);
      await expect(lake.put(`files/${index}`, Buffer.from("other"))).rejects.toMatchObject({
        kind: "mismatch",
      });
      expect(Buffer.from(await lake.get(`files/${index}`))).toEqual(content);
    }
    expect(memory.bucket("lake").objects.size).toBe(40);
    expect(faulty.seen.answersLost).toBeGreaterThan(10);
  });
});
