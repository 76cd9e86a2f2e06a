import type { SqlAnswer, SqlColumn } from "./answers.js";

const LINES_MAX = 6;
const POINTS_MIN = 2;
const TIME_TYPE = /^(?:TIMESTAMP|DATE)/;
const NUMBER_TYPE = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|REAL|DECIMAL)/;
/** What tells lines apart: texts, or where there is none, what is true or false. */
const NAME_TYPES = [/^(?:VARCHAR|ENUM)/, /^BOOLEAN/];

/** Lines over a column of time. */
export interface ChartData {
  readonly time: string;
  /** Epoch seconds, ascending. */
  readonly times: readonly number[];
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  /** Lines there would be beside those that are drawn. */
  readonly more: number;
}

export const isNumeric = ({ type }: SqlColumn): boolean => NUMBER_TYPE.test(type);

/** Text without a zone is UTC, as everywhere in Freshet. */
export const secondsOf = (value: unknown): number | null => {
  if (typeof value !== "string") return null;
  const iso = value.replace(" ", "T").replace(/(?<zone>T.*[+-]\d\d)$/, "$<zone>:00");
  const zoned = !iso.includes("T") || /(?:Z|[+-]\d\d:\d\d)$/.test(iso);
  const ms = Date.parse(zoned ? iso : `${iso}Z`);
  return Number.isNaN(ms) ? null : ms / 1_000;
};

const numberAt = (value: unknown): number | null => {
  if (typeof value !== "number" && typeof value !== "string") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
};

const indexesOf = (columns: readonly SqlColumn[], type: RegExp): readonly number[] =>
  columns.flatMap((column, index) => (type.test(column.type) ? [index] : []));

/**
 * The number columns of a result over its first column of time. Where a time has several rows, a line of the first
 * number for each name, which its texts make together. Null where nothing can be drawn, or where it would leave rows out.
 */
export const chartData = ({ columns, rows }: Pick<SqlAnswer, "columns" | "rows">): ChartData | null => {
  const [time] = indexesOf(columns, TIME_TYPE);
  const numbers = columns.flatMap((column, index) => (isNumeric(column) ? [index] : []));
  const [first] = numbers;
  if (time === undefined || first === undefined) return null;
  const placed = rows.flatMap((row) => {
    const seconds = secondsOf(row[time]);
    return seconds === null ? [] : [{ seconds, row }];
  });
  const times = [...new Set(placed.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  if (times.length < POINTS_MIN) return null;
  const split = times.length < placed.length;
  const names = NAME_TYPES.map((type) => indexesOf(columns, type)).find(({ length }) => length > 0) ?? [];
  const cells = new Map<string, Map<number, number | null>>();
  for (const { seconds, row } of placed) {
    for (const index of split ? [first] : numbers) {
      const name = split ? names.map((at) => String(row[at])).join(" · ") : (columns[index]?.name ?? "");
      const line = cells.get(name) ?? new Map<number, number | null>();
      cells.set(name, line);
      if (line.has(seconds)) return null;
      line.set(seconds, numberAt(row[index]));
    }
  }
  const lines = [...cells].map(([name, line]) => ({
    name,
    values: times.map((seconds) => line.get(seconds) ?? null),
  }));
  return {
    time: columns[time]?.name ?? "",
    times,
    lines: lines.slice(0, LINES_MAX),
    more: Math.max(0, lines.length - LINES_MAX),
  };
};
