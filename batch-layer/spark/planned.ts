import { type GenerationManifest, type Schedule, TREND_WIDTHS_MS } from "@freshet/model";
import type { KeptMetric } from "../run/metricsToKeep.js";
import type { FactTable } from "../sql/facts.js";
import { needsPaneTable } from "../sql/metric.js";
import type { SparkStatement } from "./job.js";

export interface PlanOptions {
  readonly log: string;
  readonly segmentMs: number;
  readonly horizonTicks: number;
  readonly generation: number;
  readonly history: boolean;
  readonly rebuild: boolean;
  readonly parent: GenerationManifest | null;
  readonly schedule: Schedule;
  readonly metrics: readonly KeptMetric[];
  /** The index of identities as Spark can read it, below `--out`. */
  readonly identities: readonly string[];
  /** Before which instant windows are complete; null: nowhere yet. */
  readonly batchThroughMs: number | null;
  /** As of `GenerationRun`. */
  readonly comparedGroupsMax: number;
  /** Where the job writes, below `--out`. */
  readonly folder: string;
  /** The folder of the job's rows among all rows of a metric: `writerOf` reads it. */
  readonly rowsOf: string;
}

/** A metric in a plan: its parts of the result have `name` in theirs. */
export interface PlannedMetric {
  readonly kept: KeptMetric;
  readonly index: number;
  readonly facts: FactTable;
  /** Whether the parent's files are added to. */
  readonly onParent: boolean;
  readonly trendOnParent: boolean;
}

const GENERATIONS = "generations/";
/** A path of the lake, below `--out`. */
export const belowOut = (path: string): string => path.slice(GENERATIONS.length);
export const fromOut = (path: string): string => GENERATIONS + path;

export const LONGEST_MS = Math.max(...TREND_WIDTHS_MS);

const TABLE = /^CREATE TEMP TABLE (\w+) AS\n/;

/** Statements that make tables or views. Spark has no temporary tables: the driver keeps them as files. */
export const run = (sql: string): readonly SparkStatement[] =>
  sql.split(";\n\n").map((one) => {
    const table = TABLE.exec(one);
    return table?.[1] === undefined
      ? { kind: "run", sql: one }
      : { kind: "table", name: table[1], sql: one.slice(table[0].length) };
  });

export const dayOf = (column: string): string => `CAST(floor(${column} / 86400000) AS INT)`;

/** A SELECT's rows with the day in which a column of instants lies, each day's together and sorted. */
export const byDay = (select: string, column: string, order: readonly string[]): string =>
  `SELECT *, CAST(date_from_unix_date(${dayOf(column)}) AS STRING) AS day FROM (
${select}
)
DISTRIBUTE BY day SORT BY ${["day", ...order].join(", ")}`;

/** Ends the job where a table of local time does not reach as far as the rows that need it. */
export const localTimeCheck = (name: string, lacking: string): SparkStatement => ({
  kind: "rows",
  name,
  sql: `SELECT assert_true(count(*) = 0, 'events lie outside the local time that was mapped for Spark: run batch by DuckDB') AS mapped FROM ${lacking}`,
});

/** Metrics that need a table of local time, which JavaScript makes. */
export const needsLocalTime = ({ kept: { definition } }: PlannedMetric): boolean =>
  needsPaneTable(definition) || (definition.trend !== null && definition.timeZone !== "UTC");
