import { shardId } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { aLetter } from "./deadLetters.contract.js";
import { createDynamoDeadLetters } from "./dynamoDeadLetters.js";
import { placeOf, sortKeyOfPlace, letterSortKey } from "./dynamoLetter.js";

const endpoint = dynaliteForTests();
const DAY_MS = 86_400_000;

describe("a dead letter in DynamoDB", () => {
  it("S1: fits an item, however large what the event says of itself", async () => {
    const { table } = await openTestTable(endpoint());
    const letters = createDynamoDeadLetters({ table, now: Date.now });
    const huge = "ключ\u0001".repeat(200_000);
    await letters.put([aLetter({ id: huge, type: huge, detail: huge, body: Buffer.alloc(1_000_000, 97) })]);
    const [found] = (await letters.search({ limit: 1 })).letters;
    expect(huge.startsWith(found?.id ?? "none")).toBe(true);
    expect(found?.body.length).toBe(64 * 1024);
  });

  it("is not shown any more when it has expired, be it still there", async () => {
    const { table } = await openTestTable(endpoint());
    const clock = { now: Date.now() };
    const letters = createDynamoDeadLetters({ table, now: () => clock.now });
    await letters.put([aLetter()]);
    clock.now += 89 * DAY_MS;
    expect(await letters.count()).toBe(1);
    clock.now += 2 * DAY_MS;
    expect(await letters.count()).toBe(0);
    expect((await letters.search({ limit: 10 })).letters).toEqual([]);
  });

  it("has a place that names it and nothing else", () => {
    const sortKey = letterSortKey(aLetter({ shard: shardId("shardId-000000000000") }));
    expect(sortKeyOfPlace(placeOf(sortKey))).toBe(sortKey);
    expect(sortKeyOfPlace(placeOf("pointer"))).toBeNull();
    expect(sortKeyOfPlace(placeOf(`${sortKey}\n`))).toBeNull();
  });
});
