import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { createDynamoLeases } from "./dynamoLeases.js";
import { leasesContract } from "./leases.contract.js";

const endpoint = dynaliteForTests();

leasesContract("the leases in DynamoDB", {
  open: async (clock) =>
    createDynamoLeases({ table: (await openTestTable(endpoint())).table, now: () => clock.now }),
});
