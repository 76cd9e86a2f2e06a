import { countsAsPlainSqlDoes } from "./countsAsPlainSqlDoes.js";
import { RETAIL, TWEETS } from "./examples.js";

countsAsPlainSqlDoes(RETAIL);
countsAsPlainSqlDoes(TWEETS);
