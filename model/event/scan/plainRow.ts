import type { AppDocument } from "../../app.js";
import type { JsonObject, JsonValue } from "../../metric/javascript.js";
import { createEventReader } from "../reader.js";
import { REASONS } from "../reason.js";
import {
  ABSENT,
  type EventSlices,
  FALSE,
  type FieldColumn,
  type FieldNeed,
  NUMBER,
  TEXT,
  TRUE,
} from "./columns.js";
import type { ScanTable } from "./scanTable.js";

export const TOO_LARGE = 1 + REASONS.indexOf("too_large");

/** `needs` are those of the table's columns. Puts an event into a table's row by way of the plain reader. */
export type ReadPlainRow = (slices: EventSlices, row: number, table: ScanTable) => void;

export const createPlainRowReader = (app: AppDocument, needs: readonly FieldNeed[]): ReadPlainRow => {
  const reader = createEventReader(app);
  const typeIndexes = new Map(app.events.map(({ name }, index) => [name, index]));
  const { maxLateMs, maxAheadMs } = app.settings;

  return (slices, row, table) => {
    const outcome = reader.read(slices.bytes.subarray(slices.starts[row], slices.ends[row]));
    for (const { kinds } of table.columns) kinds[row] = ABSENT;
    if (outcome.kind === "rejected") {
      table.reasons[row] = 1 + REASONS.indexOf(outcome.reason);
      return;
    }
    table.reasons[row] = 0;
    table.types[row] = typeIndexes.get(outcome.type) as number;
    table.timesMs[row] = outcome.timeMs;
    table.lateMs[row] = outcome.bounds?.maxLateMs ?? maxLateMs;
    table.aheadMs[row] = outcome.bounds?.maxAheadMs ?? maxAheadMs;
    table.idStarts[row] = slices.append(outcome.id);
    table.idEnds[row] = slices.appendedThrough;
    for (const [index, { event, path }] of needs.entries()) {
      if (event === outcome.type)
        put(valueAt(outcome.event, path), slices, row, table.columns[index] as FieldColumn);
    }
  };
};

const valueAt = (event: JsonObject, path: readonly string[]): JsonValue => {
  let value: JsonValue | undefined = event;
  for (const name of path) value = (value as JsonObject | null | undefined)?.[name];
  return value ?? null;
};

const put = (value: JsonValue, slices: EventSlices, row: number, column: FieldColumn): void => {
  if (typeof value === "string") {
    column.kinds[row] = TEXT;
    column.starts[row] = slices.append(value);
    column.ends[row] = slices.appendedThrough;
  } else if (typeof value === "number") {
    column.kinds[row] = NUMBER;
    column.numbers[row] = value;
  } else if (value !== null) column.kinds[row] = value === true ? TRUE : FALSE;
};
