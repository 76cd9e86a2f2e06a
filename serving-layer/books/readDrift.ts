import {
  DRIFT_CAUSES,
  type DriftCause,
  type EpochMs,
  type GenerationManifest,
  type MetricDefinition,
  type TimeRange,
} from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import type {
  ByCause,
  Compared,
  ComparedAmount,
  ComparedMeasure,
  ComparedStates,
  DriftGauge,
  Exact,
} from "./answers.js";

/** Sums over runs, of one pane and measure. */
interface DriftRow {
  readonly pane: EpochMs;
  readonly measure: string | null;
  readonly live: string | null;
  readonly settled: string | null;
  readonly compared: number | null;
  readonly differing: number | null;
  readonly late: number | null;
  readonly unknown: number | null;
  readonly share: number;
  readonly causes: readonly string[];
}

const sources = async (lake: Lake, paths: readonly string[]): Promise<string> => {
  const files = await Promise.all(paths.map((path) => lake.local(path)));
  const names = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ");
  return `read_parquet([${names}], hive_partitioning = false)`;
};

const COUNTS = ["compared", "differing", "late", "unknown"] as const;
const EXACT = ["live", "settled"] as const;

export const driftSql = (source: string): string =>
  `SELECT pane, measure, ${COUNTS.map((column) => `sum(${column})::BIGINT AS ${column}`).join(", ")},
  ${EXACT.map((column) => `sum(${column})::VARCHAR AS ${column}`).join(", ")}, min(share) AS share,
  [${DRIFT_CAUSES.map((cause) => `sum(${cause})::VARCHAR`).join(", ")}] AS causes
FROM ${source} WHERE generation >= ? AND definition = ? AND pane >= ? AND pane < ?
GROUP BY pane, measure ORDER BY pane, measure NULLS FIRST`;

const exact = (value: bigint): Exact => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

const causesOf = <T>(causes: readonly bigint[], shown: (sum: bigint) => T): ByCause<T> =>
  Object.fromEntries(
    DRIFT_CAUSES.flatMap((cause, index) => {
      const sum = causes[index] ?? 0n;
      return sum === 0n ? [] : [[cause, shown(sum)]];
    }),
  );

const sumOf = (rows: readonly DriftRow[], value: (row: DriftRow) => number | null): number =>
  rows.reduce((sum, row) => sum + (value(row) ?? 0), 0);

const exactSum = (rows: readonly DriftRow[], value: (row: DriftRow) => string | null): bigint =>
  rows.reduce((sum, row) => sum + BigInt(value(row) ?? 0), 0n);

const causeSums = (rows: readonly DriftRow[]): readonly bigint[] =>
  DRIFT_CAUSES.map((_, index) => exactSum(rows, ({ causes }) => causes[index] ?? null));

const states = (rows: readonly DriftRow[]): ComparedStates => ({
  compared: sumOf(rows, ({ compared }) => compared),
  differing: sumOf(rows, ({ differing }) => differing),
  causes: causesOf(causeSums(rows), Number),
});

const amount = (measure: string, rows: readonly DriftRow[]): ComparedAmount => {
  const live = exactSum(rows, (row) => row.live);
  const settled = exactSum(rows, (row) => row.settled);
  const causes = causesOf(causeSums(rows), exact);
  return {
    kind: "amount",
    measure,
    live: exact(live),
    settled: exact(settled),
    drift: exact(live - settled),
    causes,
  };
};

/** Rows of one pane, or of many, put together. */
const comparedOf = ({ measures }: MetricDefinition, rows: readonly DriftRow[]): Compared => {
  const whole = rows.filter(({ measure }) => measure === null);
  return {
    groups: states(whole),
    measures: measures.map(({ name, spec: { kind } }): ComparedMeasure => {
      const own = rows.filter(({ measure }) => measure === name);
      if (kind === "count" || kind === "sum") return amount(name, own);
      return { kind: "states", measure: name, ...states(own) };
    }),
    late: sumOf(whole, ({ late }) => late),
    unknown: sumOf(whole, ({ unknown }) => unknown),
  };
};

export interface ReadDrift {
  readonly share: number;
  readonly total: Compared;
  readonly panes: readonly (Compared & { readonly time: string })[];
}

/** What the runs of a lineage found of one definition, in a range of panes. */
export const readDrift = async (
  duckdb: DuckDb,
  lake: Lake,
  manifest: GenerationManifest | null,
  metric: MetricDefinition,
  { fromMs, toExclusiveMs }: TimeRange,
): Promise<ReadDrift> => {
  const { drift: paths = [], since = 0 } = manifest?.reconciliation ?? {};
  const rows =
    paths.length === 0
      ? []
      : await duckdb.rows<DriftRow>(driftSql(await sources(lake, paths)), [
          since,
          metric.hash,
          fromMs,
          toExclusiveMs,
        ]);
  const panes = new Map<EpochMs, DriftRow[]>();
  for (const row of rows) {
    const ofPane = panes.get(row.pane);
    if (ofPane) ofPane.push(row);
    else panes.set(row.pane, [row]);
  }
  return {
    share: rows.reduce((least, { share }) => Math.min(least, share), 1),
    total: comparedOf(metric, rows),
    panes: [...panes].map(([pane, ofPane]) => ({
      time: new Date(pane).toISOString(),
      ...comparedOf(metric, ofPane),
    })),
  };
};

/** Differing groups of every metric by cause, of panes that begin at or after an instant. */
export const readDriftGauges = async (
  duckdb: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
  fromMs: number,
): Promise<readonly DriftGauge[]> => {
  const { drift: paths = [], since = 0 } = manifest.reconciliation ?? {};
  if (paths.length === 0) return [];
  const rows = await duckdb.rows<{ readonly definition: string } & Readonly<Record<DriftCause, number>>>(
    `SELECT definition, ${DRIFT_CAUSES.map((cause) => `sum(${cause})::BIGINT AS ${cause}`).join(", ")}
FROM ${await sources(lake, paths)} WHERE generation >= ? AND measure IS NULL AND pane >= ? GROUP BY definition`,
    [since, fromMs],
  );
  const groups = new Map<string, Map<DriftCause, number>>();
  for (const row of rows) {
    const name = manifest.metrics[row.definition]?.name;
    if (name === undefined) continue;
    const byCause = groups.get(name) ?? new Map<DriftCause, number>();
    groups.set(name, byCause);
    for (const cause of DRIFT_CAUSES) byCause.set(cause, (byCause.get(cause) ?? 0) + row[cause]);
  }
  return [...groups].flatMap(([metric, byCause]) =>
    [...byCause].map(([cause, count]) => ({ metric, cause, groups: count })),
  );
};
