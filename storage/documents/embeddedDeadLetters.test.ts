import { openTables } from "../testing/tables.js";
import { deadLettersContract } from "./deadLetters.contract.js";
import { createEmbeddedDeadLetters } from "./embeddedDeadLetters.js";

deadLettersContract("the embedded dead letters", {
  open: async (lettersMax) => createEmbeddedDeadLetters({ environment: await openTables(), lettersMax }),
});
