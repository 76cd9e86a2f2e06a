import { dynaliteForTests } from "../../testing/aws/dynalite.js";
import { openTestTable } from "../../testing/aws/testTable.js";
import { createDynamoTrends } from "./dynamoTrends.js";
import { trendsContract } from "./trends.contract.js";

const endpoint = dynaliteForTests();

trendsContract(
  "the trends in DynamoDB",
  async () =>
    createDynamoTrends({ table: (await openTestTable(endpoint())).table, place: "the table", now: Date.now }),
  { expiry: "own" },
);
