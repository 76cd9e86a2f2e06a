import { quoteName, quoteText } from "../../reader/settled/settledSql.js";
import type { Relation } from "../relation/relations.js";

/** Events of one log out of files of the raw lake, whose folders name the arrival hour. */
export const eventsViewSql = (relation: Relation, log: string, files: readonly string[]): string => {
  if (files.length === 0) {
    const empty = relation.columns.map(({ name, type }) => `NULL::${type} AS ${quoteName(name)}`);
    return `SELECT ${empty.join(", ")} WHERE false`;
  }
  return `SELECT make_timestamp(time_ms * 1000) AS "time", type, id, body, reason,
  make_timestamp(arrival_ms * 1000) AS arrival, strptime(hour, '%Y%m%d%H') AS arrival_hour,
  shard, sequence, subsequence, revision::INTEGER AS revision
FROM read_parquet([${files.map(quoteText).join(", ")}], hive_partitioning = true, hive_types = {'hour': VARCHAR})
WHERE kind = 'event' AND log = ${quoteText(log)}`;
};
