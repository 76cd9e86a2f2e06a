import { openTables } from "../testing/tables.js";
import { createEmbeddedRecords } from "./embeddedRecords.js";
import { recordsContract } from "./records.contract.js";

recordsContract("the embedded records", async () => createEmbeddedRecords(await openTables()));
