import { type DayFile, type EpochMs, type TrendFiles, TREND_WIDTHS_MS } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { definition } from "./app.js";
import { ARTICLES, CLUSTERS } from "./dice.js";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const SLOTS = 168;
/** Keys with a history, and in how many hours of the week each was seen. */
const BASELINE_KEYS = 100_000;
const BASELINE_SLOTS = 12;

const KEYS = `'article-' || rank AS k_article, 'cluster-' || ((rank * 7) % ${CLUSTERS}) AS k_cluster`;
const COUPON = (slot: string): string =>
  `((1 + least(30, floor(-log2(1 - random()))))::UINTEGER * 67108864 + ${slot})::UINTEGER`;

/** A row for some minutes and articles of one day; readers and dwell of a view or a few. */
const daySql = (fromMs: number, toMs: number, rows: number): string => `
SELECT pane, ${KEYS}, views::BIGINT AS m_views,
  CASE WHEN views = 1 THEN [${COUPON("floor(random() * 4096)::UINTEGER")}]
    ELSE [${COUPON("floor(random() * 2048)::UINTEGER")}, ${COUPON("(2048 + floor(random() * 2048))::UINTEGER")}] END AS m_readers,
  [{bin: (300 + floor(random() * 200))::INTEGER, n: views::BIGINT}] AS m_dwell
FROM (
  SELECT DISTINCT ON (pane, rank) ${fromMs} + 60000 * floor(random() * ${(toMs - fromMs) / 60_000})::BIGINT AS pane,
    floor(exp(random() * ln(${ARTICLES + 1})))::BIGINT AS rank, 1 + floor(random() ** 4 * 5) AS views
  FROM range(${rows})
) ORDER BY pane, k_article, k_cluster`;

const writer =
  (duckdb: DuckDb, lake: Lake) =>
  async (sql: string, path: string): Promise<void> => {
    const file = await lake.scratch("parquet");
    await duckdb.run(`COPY (${sql}) TO '${file}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30720)`);
    await lake.publish(file, path);
  };

const dayText = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** @returns the metric's files of the days before `toMs`, and what is normal by them */
export const writeGeneration = async (
  duckdb: DuckDb,
  lake: Lake,
  settings: { readonly toMs: number; readonly days: number; readonly rowsPerDay: number },
): Promise<{ readonly files: readonly DayFile[]; readonly trend: TrendFiles }> => {
  const { toMs, days, rowsPerDay } = settings;
  const write = writer(duckdb, lake);
  await duckdb.run("SELECT setseed(0.42)");
  const today = Math.floor(toMs / DAY_MS) * DAY_MS;
  const files: DayFile[] = [];
  for (let fromMs = today - (days - 1) * DAY_MS; fromMs <= today; fromMs += DAY_MS) {
    const endMs = Math.min(fromMs + DAY_MS, toMs);
    const day = dayText(fromMs);
    const path = `generations/data/${definition.hash}/${day}/1.parquet`;
    const rows = Math.round((rowsPerDay * (endMs - fromMs)) / DAY_MS);
    await write(daySql(fromMs, endMs, rows), path);
    files.push({ path, day, rows });
  }
  const begins = today - (days - 1) * DAY_MS;
  const trendTo = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  const widths = TREND_WIDTHS_MS.map((widthMs) => `(${widthMs}::BIGINT)`).join(", ");
  const keys = `(SELECT range + 1 AS rank FROM range(${BASELINE_KEYS})) CROSS JOIN (VALUES ${widths}) w(width_ms)`;
  await write(
    `SELECT ${KEYS}, width_ms, ((rank * 31 + n * 14) % ${SLOTS})::INTEGER AS slot,
       (5 + ${BASELINE_KEYS} // (50 * rank))::DECIMAL(38, 0) AS s, (9 + (${BASELINE_KEYS} // (50 * rank)) ** 2 // 2)::DECIMAL(38, 0) AS q
     FROM ${keys} CROSS JOIN (SELECT range AS n FROM range(${BASELINE_SLOTS}))`,
    "generations/trend/baseline/1.parquet",
  );
  const windows: DayFile[] = [];
  for (const startMs of [begins, trendTo - HOUR_MS]) {
    const path = `generations/trend/windows/${dayText(startMs)}.parquet`;
    await write(`SELECT width_ms, ${startMs}::BIGINT AS start, ${KEYS}, 1::BIGINT AS x FROM ${keys}`, path);
    windows.push({ path, day: dayText(startMs), rows: BASELINE_KEYS * TREND_WIDTHS_MS.length });
  }
  const trend: TrendFiles = {
    on: "readers",
    fromMs: begins as EpochMs,
    toExclusiveMs: trendTo as EpochMs,
    baseline: "generations/trend/baseline/1.parquet",
    windows,
    members: [],
  };
  return { files, trend };
};
