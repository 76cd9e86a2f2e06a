import {
  decodeParts,
  type EpochMs,
  type GroupKey,
  type KeyPart,
  type MetricDefinition,
  type TrendFiles,
} from "@freshet/model";
import type { World } from "./world.js";

/** What a key did in one window of a baseline. */
export interface TrendWindowCount {
  readonly key: GroupKey;
  readonly widthMs: number;
  readonly startMs: number;
  readonly slot: number;
  readonly x: number;
}

const quoted = (part: KeyPart): string => {
  if (part === null) return "NULL";
  return typeof part === "string" ? `'${part.replaceAll("'", "''")}'` : String(part);
};

/** Writes a baseline and the windows that it is made of. Keys of text without NUL, only. */
export const writeTrendFiles = async (
  { data, duckdb }: Pick<World, "data" | "duckdb">,
  metric: MetricDefinition,
  range: { readonly fromMs: number; readonly toMs: number },
  windows: readonly TrendWindowCount[],
): Promise<TrendFiles> => {
  const names = metric.by.map(({ name }) => `"k_${name}"`).join(", ");
  const folder = `generations/trend/${metric.hash}`;
  const write = async (sql: string, path: string): Promise<void> => {
    const file = await data.lake.scratch("parquet");
    await duckdb.run(`COPY (${sql}) TO '${file}' (FORMAT parquet)`);
    await data.lake.publish(file, path);
  };
  const rows = windows.map(({ key, widthMs, startMs, slot, x }) =>
    [...decodeParts(key).map(quoted), widthMs, startMs, slot, x].join(", "),
  );
  const from = `(VALUES ${rows.map((row) => `(${row})`).join(", ")}) v(${names}, width_ms, start, slot, x)`;
  await write(
    `SELECT ${names}, width_ms::BIGINT AS width_ms, slot::INTEGER AS slot, sum(x)::DECIMAL(38, 0) AS s,
       sum(x * x)::DECIMAL(38, 0) AS q FROM ${from} GROUP BY ALL`,
    `${folder}/baseline.parquet`,
  );
  const days = [...new Set(windows.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 10)))];
  for (const day of days) {
    const dayMs = Date.parse(day);
    await write(
      `SELECT width_ms::BIGINT AS width_ms, start::BIGINT AS start, ${names}, x::BIGINT AS x FROM ${from}
       WHERE start >= ${dayMs} AND start < ${dayMs + 86_400_000}`,
      `${folder}/${day}.parquet`,
    );
  }
  return {
    on: metric.trend?.on ?? "",
    fromMs: range.fromMs as EpochMs,
    toExclusiveMs: range.toMs as EpochMs,
    baseline: `${folder}/baseline.parquet`,
    windows: days.map((day) => ({ path: `${folder}/${day}.parquet`, day, rows: windows.length })),
    members: [],
  };
};
