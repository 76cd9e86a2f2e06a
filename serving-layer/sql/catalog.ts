import { quoteName } from "../reader/settled/settledSql.js";
import type { Relation } from "./relation/relations.js";
import { STATE_MACROS } from "./view/states.js";

/** Statements that make every relation empty, for a statement to be bound to before anything is read. */
export const catalogStatements = (relations: readonly Relation[]): readonly string[] => [
  ...STATE_MACROS,
  ...relations.map(
    ({ name, columns }) =>
      `CREATE TABLE ${quoteName(name)} (${columns.map((column) => `${quoteName(column.name)} ${column.type}`).join(", ")})`,
  ),
];
