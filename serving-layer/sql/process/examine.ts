import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import type { Prepared } from "./messages.js";
import { Refused } from "./refused.js";

/** EXPLAIN takes any statement and ANALYZE runs it: what comes after them is examined by itself. */
const EXPLAIN = /^\s*EXPLAIN(?:\s+ANALYZE)?\s+/i;

/** Nothing but comments: DuckDB has no words for it. */
const NOTHING = /^(?:\s|;|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/;

const typeOf = async (connection: DuckDBConnection, sql: string): Promise<StatementType> => {
  if (NOTHING.test(sql)) throw new Refused({ kind: "empty" });
  const statements = await connection.extractStatements(sql);
  if (statements.count > 1) throw new Refused({ kind: "many" });
  const prepared = await statements.prepare(0);
  try {
    if (prepared.parameterCount > 0) throw new Refused({ kind: "parameters" });
    return prepared.statementType;
  } finally {
    prepared.destroySync();
  }
};

const refuse = (type: StatementType): never => {
  throw new Refused({ kind: "not_a_question", statement: StatementType[type] ?? String(type) });
};

/**
 * Binds a statement to the empty relations and says which it reads. Exactly one statement, which asks: SELECT (SHOW, DESCRIBE
 * and SUMMARIZE are that to DuckDB too), or EXPLAIN of one. Nothing is run.
 */
export const examine = async (connection: DuckDBConnection, sql: string): Promise<Prepared> => {
  const type = await typeOf(connection, sql);
  if (type === StatementType.EXPLAIN) {
    const explained = sql.replace(EXPLAIN, "");
    if (explained === sql) refuse(type);
    const inner = await typeOf(connection, explained);
    if (inner !== StatementType.SELECT) refuse(inner);
  } else if (type !== StatementType.SELECT) refuse(type);
  return { relations: [...connection.getTableNames(sql, false)] };
};
