import { dynaliteForTests } from "../testing/aws/dynalite.js";
import { openTestTable } from "../testing/aws/testTable.js";
import { costContract } from "./cost.contract.js";

const endpoint = dynaliteForTests();

costContract("DynamoDB", () => openTestTable(endpoint()));
