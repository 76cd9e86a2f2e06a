import { type GenerationManifest, type LedgerCounts, REASONS, type TimeRange } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import type { LedgerHour } from "./answers.js";
import type { CountsByHour } from "./liveHours.js";
import { addCounts, balanced, NO_COUNTS, rejectedOf } from "./tierCounts.js";

const COUNTS = ["records", "events", "accepted", "duplicates"] as const;

type Row = { readonly start: number; readonly conflicts: number } & Readonly<Record<string, number>>;

const hoursSql = (files: readonly string[]): string => {
  const names = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ");
  const columns = [...COUNTS, ...REASONS].flatMap((name) => [name, `speed_${name}`]);
  return `SELECT (hour - hour % ?::BIGINT) AS start, ${[...columns, "conflicts"].map((column) => `sum(${column})::BIGINT AS ${column}`).join(", ")}
FROM read_parquet([${names}], hive_partitioning = false) WHERE hour >= ? AND hour < ? GROUP BY start`;
};

const countsOf = (row: Row, prefix: "" | "speed_"): LedgerCounts => {
  const of = (name: string): number => row[`${prefix}${name}`] ?? 0;
  return {
    records: of("records"),
    events: of("events"),
    accepted: of("accepted"),
    duplicates: of("duplicates"),
    rejected: rejectedOf(of),
  };
};

/** Both tiers' books in a range of hours, by steps of whole hours. @param liveAfter what live counted after the cut */
export const readLedgerHours = async (
  duckdb: DuckDb,
  lake: Lake,
  manifest: GenerationManifest | null,
  { fromMs, toExclusiveMs }: TimeRange,
  stepMs: number,
  liveAfter: CountsByHour,
): Promise<readonly LedgerHour[]> => {
  const files = await Promise.all((manifest?.reconciliation?.hours ?? []).map((path) => lake.local(path)));
  const rows =
    files.length === 0 ? [] : await duckdb.rows<Row>(hoursSql(files), [stepMs, fromMs, toExclusiveMs]);
  const settled = new Map(rows.map((row) => [row.start, row]));
  const after = new Map<number, LedgerCounts>();
  for (const [hour, counts] of liveAfter) {
    if (hour < fromMs || hour >= toExclusiveMs) continue;
    const start = hour - (hour % stepMs);
    after.set(start, addCounts(after.get(start) ?? NO_COUNTS, counts));
  }
  const starts = [...new Set([...settled.keys(), ...after.keys()])].sort((a, b) => a - b);
  return starts.map((start): LedgerHour => {
    const row = settled.get(start);
    const ofBatch = row ? countsOf(row, "") : NO_COUNTS;
    const live = addCounts(row ? countsOf(row, "speed_") : NO_COUNTS, after.get(start) ?? NO_COUNTS);
    return {
      time: new Date(start).toISOString(),
      live: balanced(live),
      settled: { ...balanced(ofBatch), conflicts: row?.conflicts ?? 0 },
      pending: live.events - ofBatch.events,
    };
  });
};
