import { countsAsPlainSqlDoes } from "./countsAsPlainSqlDoes.js";
import { GITHUB_NESTED, RETAIL } from "./examples.js";

countsAsPlainSqlDoes(GITHUB_NESTED, "spark");
countsAsPlainSqlDoes(RETAIL, "spark");
