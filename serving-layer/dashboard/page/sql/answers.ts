import type { Missing } from "@freshet/model";
import type { Static } from "typebox";
import type * as schemas from "../../../api/schemas/sql.js";

type AnyAnswer = Static<typeof schemas.SqlAnswerSchema>;

export type SqlAnswer = Omit<AnyAnswer, "missing"> & { readonly missing: readonly Missing[] };
export type SqlColumn = AnyAnswer["columns"][number];
export type SqlTables = Static<typeof schemas.SqlTablesSchema>;
export type SqlTable = SqlTables["tables"][number];
export type SqlFunction = SqlTables["functions"][number];

export const DOWNLOADS = ["csv", "json", "arrow", "parquet"] as const;
export type Download = (typeof DOWNLOADS)[number];
