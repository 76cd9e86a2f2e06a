import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openDirectoryLake } from "../lake/directoryLake.js";
import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import { createDynamoRecords } from "./dynamoRecords.js";
import { recordsContract } from "./records.contract.js";

const endpoint = dynaliteForTests();

const openLake = async () =>
  openDirectoryLake({ dir: await temporaryDirectory(), now: Date.now, newId: randomUUID });

recordsContract("the records in DynamoDB", async () =>
  createDynamoRecords({
    table: (await openTestTable(endpoint())).table,
    lake: await openLake(),
    newId: randomUUID,
  }),
);

describe("a document too large for an item", () => {
  it("is fetched once however often it is read, and again when it was replaced", async () => {
    const lake = await openLake();
    let fetched = 0;
    const { table } = await openTestTable(endpoint());
    const open = () =>
      createDynamoRecords({
        table,
        lake: {
          ...lake,
          get(path) {
            fetched++;
            return lake.get(path);
          },
        },
        newId: randomUUID,
      });
    const [reader, writer] = [open(), open()];
    for (const [revision, letter] of [..."ab"].entries()) {
      const value = letter.repeat(20_000);
      await writer.replace("schedule", revision, value);
      for (let again = 0; again < 3; again++) expect((await reader.get("schedule"))?.value).toBe(value);
      expect(fetched).toBe(revision + 1);
    }
  });
});
