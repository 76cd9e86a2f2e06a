import { openTables } from "../../testing/tables.js";
import { createEmbeddedTrends } from "./embeddedTrends.js";
import { trendsContract } from "./trends.contract.js";

trendsContract("the embedded trends", async () => createEmbeddedTrends(await openTables()));
