import { randomUUID } from "node:crypto";
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
