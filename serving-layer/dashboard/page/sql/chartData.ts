import type { SqlAnswer, SqlColumn } from "./answers.js";

const LINES_MAX = 6;
const POINTS_MIN = 2;
const TIME_TYPE = /^(?:TIMESTAMP|DATE)/;
const NUMBER_TYPE = /^(?:U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|REAL|DECIMAL)/;
const TEXT_TYPE = /^(?:VARCHAR|ENUM|BOOLEAN)/;

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

const indexOf = (columns: readonly SqlColumn[], type: RegExp): number =>
  columns.findIndex((column) => type.test(column.type));

/** The number columns of a result over its first column of time; a line for each text, where one tells rows of a time apart. */
export const chartData = ({ columns, rows }: Pick<SqlAnswer, "columns" | "rows">): ChartData | null => {
  const time = indexOf(columns, TIME_TYPE);
  const numbers = columns.flatMap((column, index) => (isNumeric(column) ? [index] : []));
  const [first] = numbers;
  if (time < 0 || first === undefined) return null;
  const placed = rows.flatMap((row) => {
    const seconds = secondsOf(row[time]);
    return seconds === null ? [] : [{ seconds, row }];
  });
  const times = [...new Set(placed.map(({ seconds }) => seconds))].sort((a, b) => a - b);
  if (times.length < POINTS_MIN) return null;
  const text = indexOf(columns, TEXT_TYPE);
  const split = times.length < placed.length && text >= 0;
  const cells = new Map<string, Map<number, number | null>>();
  for (const { seconds, row } of placed) {
    for (const index of split ? [first] : numbers) {
      const name = split ? String(row[text]) : (columns[index]?.name ?? "");
      const line = cells.get(name) ?? new Map<number, number | null>();
      cells.set(name, line);
      if (!line.has(seconds)) line.set(seconds, numberAt(row[index]));
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
