import {
  type DayFile,
  decodeParts,
  type Group,
  type KeyPart,
  type Measure,
  type MeasureSpec,
  type MetricDefinition,
  measureFor,
} from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { groupsOf, type WorldEvent } from "./groups.js";

const columnType = (type: string): string =>
  type === "string" ? "VARCHAR" : type === "boolean" ? "BOOLEAN" : "BIGINT";

const measureType = ({ kind }: MeasureSpec): string => {
  switch (kind) {
    case "sum":
      return "DECIMAL(38,0)";
    case "countDistinct":
      return "UINTEGER[]";
    case "quantiles":
      return "STRUCT(bin INTEGER, n BIGINT)[]";
    default:
      return "BIGINT";
  }
};

const RANK_BITS = 6;
const COUPON_SLOT_BITS = 26;

/** A state as its column holds it, in SQL. Sketches: small ones only, as numbers. */
const literalOf = (measure: Measure, state: unknown): string => {
  const { kind } = measure.spec;
  if (kind === "countDistinct") {
    const coupons = (state as number[]).map(
      (entry) => (entry % 2 ** RANK_BITS) * 2 ** COUPON_SLOT_BITS + (entry >>> RANK_BITS),
    );
    return `[${coupons.join(", ")}]`;
  }
  if (kind === "quantiles") {
    const flat = state as number[];
    const bins = flat.flatMap((bin, at) => (at % 2 === 0 ? [`{bin: ${bin}, n: ${flat[at + 1]}}`] : []));
    return `[${bins.join(", ")}]`;
  }
  const value = measure.present(state) as number | string | null;
  return value === null ? "NULL" : String(value);
};

/** Writes a metric's files as batch does: one for each UTC day. */
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
    ...metric.measures.map(({ name, spec }) => `"m_${name}" ${measureType(spec)}`),
  ];
  const files: DayFile[] = [];
  for (const [day, groups] of days) {
    const rows = groups.map(({ paneMs, key }) => [paneMs, ...decodeParts(key)]);
    const marks = groups.map(({ states }, at) => {
      const parts = (rows[at] as readonly KeyPart[]).map(() => "?");
      return `(${[...parts, ...measures.map((measure, index) => literalOf(measure, states[index]))].join(", ")})`;
    });
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
