import {
  type DayFile,
  decodeParts,
  type Group,
  type KeyPart,
  type MetricDefinition,
  measureFor,
} from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { groupsOf, type WorldEvent } from "./groups.js";

const columnType = (type: string): string =>
  type === "string" ? "VARCHAR" : type === "boolean" ? "BOOLEAN" : "BIGINT";

/** Writes a metric's files as batch does: one for each UTC day. Counts, sums, min and max only. */
export const writeDays = async (
  { lake, duckdb }: { readonly lake: Lake; readonly duckdb: DuckDb },
  metric: MetricDefinition,
  events: readonly WorldEvent[],
  generation: number,
): Promise<DayFile[]> => {
  const measures = metric.measures.map(({ spec }) => measureFor(spec));
  const days = new Map<string, Group[]>();
  for (const group of groupsOf(metric, measures, events)) {
    const day = new Date(group.paneMs).toISOString().slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), group]);
  }
  const columns = [
    "pane BIGINT",
    ...metric.by.map(({ name, type }) => `"k_${name}" ${columnType(type)}`),
    ...metric.measures.map(
      ({ name, spec }) => `"m_${name}" ${spec.kind === "sum" ? "DECIMAL(38,0)" : "BIGINT"}`,
    ),
  ];
  const files: DayFile[] = [];
  for (const [day, groups] of days) {
    const rows = groups.map(({ paneMs, key, states }) => [
      paneMs,
      ...decodeParts(key),
      ...measures.map((measure, index) => measure.present(states[index]) as KeyPart),
    ]);
    const marks = rows.map((row) => `(${row.map(() => "?").join(", ")})`);
    const file = await lake.scratch("parquet");
    await duckdb.run(`CREATE OR REPLACE TABLE written (${columns.join(", ")})`);
    await duckdb.run(`INSERT INTO written VALUES ${marks.join(", ")}`, rows.flat());
    await duckdb.run(`COPY written TO '${file}' (FORMAT parquet)`);
    const path = `generations/data/${metric.hash}/${day}/${generation}.parquet`;
    await lake.publish(file, path);
    files.push({ path, day, rows: groups.length });
  }
  return files;
};
