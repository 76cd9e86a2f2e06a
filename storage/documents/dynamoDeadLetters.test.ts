import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { deadLettersContract } from "./deadLetters.contract.js";
import { createDynamoDeadLetters } from "./dynamoDeadLetters.js";

const endpoint = dynaliteForTests();

deadLettersContract(
  "the dead letters in DynamoDB",
  {
    open: async (lettersMax) =>
      createDynamoDeadLetters({ table: (await openTestTable(endpoint())).table, now: Date.now, lettersMax }),
  },
  { pageLimits: [13, 100], lettersPerPut: 16 },
);
