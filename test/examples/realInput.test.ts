import { countsAsPlainSqlDoes } from "./countsAsPlainSqlDoes.js";
import { GITHUB_NESTED } from "./examples.js";

countsAsPlainSqlDoes(GITHUB_NESTED);
