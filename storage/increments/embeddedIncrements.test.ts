import { openTables } from "../testing/tables.js";
import { createEmbeddedIncrements } from "./embeddedIncrements.js";
import { incrementsContract } from "./increments.contract.js";

incrementsContract("the embedded increments", async () => createEmbeddedIncrements(await openTables()));
