import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { createDynamoIncrements } from "./dynamoIncrements.js";
import { incrementsContract } from "./increments.contract.js";

const endpoint = dynaliteForTests();

incrementsContract(
  "the increments in DynamoDB",
  async () => createDynamoIncrements((await openTestTable(endpoint())).table),
  { histories: 18, burst: 50 },
);
