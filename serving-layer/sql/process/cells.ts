import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from "@duckdb/node-api";

export type JsonCell =
  | string
  | number
  | boolean
  | null
  | readonly JsonCell[]
  | { readonly [name: string]: JsonCell };

/** A double holds every decimal of so many digits. */
const EXACT_DIGITS = 15;
const MICROS_PER_S = 1_000_000n;
const MICROS_PER_MS = 1_000n;
const NANOS_PER_MICRO = 1_000n;
const DATE_MS_MAX = 8_640_000_000_000_000;
const MICRO_DIGITS = 6;

const fromInteger = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

const fromDecimal = (value: DuckDBDecimalValue): number | string => {
  if (value.scale === 0) return fromInteger(value.value);
  const text = value.toString();
  return text.replace(/^-?0*|\./g, "").length <= EXACT_DIGITS ? Number(text) : text;
};

/** ISO 8601; microseconds where there are any. Null: the text of DuckDB must do (infinity, years past JavaScript's). */
const isoOfMicros = (micros: bigint): string | null => {
  const ms = Number(micros / MICROS_PER_MS) - (micros < 0n && micros % MICROS_PER_MS !== 0n ? 1 : 0);
  if (!(Math.abs(ms) <= DATE_MS_MAX)) return null;
  const iso = new Date(ms).toISOString();
  if (micros % MICROS_PER_MS === 0n) return iso;
  const fraction = ((micros % MICROS_PER_S) + MICROS_PER_S) % MICROS_PER_S;
  return `${iso.slice(0, -4)}${String(fraction).padStart(MICRO_DIGITS, "0")}Z`;
};

const microsOf = (value: object): bigint | null => {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * MICROS_PER_MS;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * MICROS_PER_S;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / NANOS_PER_MICRO;
  return null;
};

/** As JSON has it: integers past 2^53 and long decimals as text, times ISO 8601 in UTC, bytes as base64, maps as lists of key and value. */
export const jsonCell = (value: DuckDBValue): JsonCell => {
  if (typeof value === "bigint") return fromInteger(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(jsonCell);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, at]) => [name, jsonCell(at)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map((entry) => ({ key: jsonCell(entry.key), value: jsonCell(entry.value) }));
  }
  if (value instanceof DuckDBDecimalValue) return fromDecimal(value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("base64");
  if (value instanceof DuckDBUnionValue) return jsonCell(value.value);
  if (value instanceof DuckDBDateValue) return value.toString();
  const micros = microsOf(value);
  return (micros === null ? null : isoOfMicros(micros)) ?? value.toString();
};

const NEEDS_QUOTES = /[",\r\n]/;

/** RFC 4180; NULL is an empty cell, an empty text is quoted. What is nested is JSON. */
export const csvCell = (cell: JsonCell): string => {
  if (cell === null) return "";
  if (typeof cell !== "object" && typeof cell !== "string") return String(cell);
  const text = typeof cell === "string" ? cell : JSON.stringify(cell);
  return text === "" || NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
