import { randomUUID } from "node:crypto";
import { deadLettersContract } from "../documents/deadLetters.contract.js";
import { createDynamoDeadLetters } from "../documents/dynamoDeadLetters.js";
import { createDynamoIncrements } from "../increments/dynamoIncrements.js";
import { incrementsContract } from "../increments/increments.contract.js";
import { lakeContract } from "../lake/lake.contract.js";
import { createDynamoLeases } from "../lease/dynamoLeases.js";
import { leasesContract } from "../lease/leases.contract.js";
import { createDynamoRecords } from "../records/dynamoRecords.js";
import { recordsContract } from "../records/records.contract.js";
import { costContract } from "./cost.contract.js";
import { ministackForTests, versitygwForTests } from "../testing/aws/servers.js";
import { openServerLake } from "../testing/aws/testLake.js";
import { openTestTable } from "../testing/aws/testTable.js";

const dynamo = ministackForTests();
const s3 = versitygwForTests();
const openTable = async () => (await openTestTable(dynamo())).table;

incrementsContract("the increments on MiniStack", async () => createDynamoIncrements(await openTable()));
leasesContract("the leases on MiniStack", {
  open: async (clock) => createDynamoLeases({ table: await openTable(), now: () => clock.now }),
});
deadLettersContract("the dead letters on MiniStack", {
  open: async (lettersMax) =>
    createDynamoDeadLetters({ table: await openTable(), now: Date.now, lettersMax }),
});
recordsContract("the records on MiniStack", async () =>
  createDynamoRecords({
    table: await openTable(),
    lake: await openServerLake(s3()),
    newId: randomUUID,
  }),
);
lakeContract("the lake on the Versity gateway", () => openServerLake(s3()));
lakeContract("the lake below a prefix on the Versity gateway", () => openServerLake(s3(), "apps/one/"));
costContract("MiniStack", () => openTestTable(dynamo()));
