import type { PresentedValue, SeriesAnswer } from "@freshet/model";

type Cell = string | number | boolean | null;

/** RFC 4180; a cell that a spreadsheet would take for a formula is written as text. */
const cellText = (cell: Cell): string => {
  if (cell === null) return "";
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const columnsOf = (measure: string, value: PresentedValue | undefined): readonly string[] =>
  typeof value === "object" && value !== null
    ? Object.keys(value).map((name) => `${measure} ${name}`)
    : [measure];

const cellsOf = (value: PresentedValue | undefined): readonly Cell[] =>
  typeof value === "object" && value !== null ? Object.values(value) : [value ?? null];

/** One row for each point of each key. */
export const seriesCsv = (all: readonly SeriesAnswer[]): string => {
  const [first] = all;
  const measures = Object.keys(first?.points[0]?.values ?? {});
  const dimensions = Object.keys(first?.key ?? {});
  const head = [
    "time",
    ...dimensions,
    ...measures.flatMap((measure) => columnsOf(measure, first?.points[0]?.values[measure])),
    "status",
  ];
  const rows = all.flatMap(({ key, points }) =>
    points.map(({ time, values, status }) => [
      time,
      ...dimensions.map((name) => key[name] ?? null),
      ...measures.flatMap((measure) => cellsOf(values[measure])),
      status,
    ]),
  );
  return [head, ...rows].map((row) => `${row.map(cellText).join(",")}\r\n`).join("");
};
