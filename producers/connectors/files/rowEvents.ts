import { type IntakeEvent, OversizeEvent } from "../../collector/event.js";
import { encodeMapped, timeOf } from "./encode.js";
import type { ReplayMapping } from "@freshet/model";
import { createRowPlace } from "./rowPlace.js";
import type { OpenedRows } from "./openRows.js";
import type { DecodedRow } from "./rowReader.js";

/** What a row becomes. */
export type RowEvent =
  | {
      readonly kind: "event";
      readonly event: IntakeEvent;
      readonly bytes: number;
      readonly timeMs: number | null;
    }
  /** Goes into the log as it is, to be a dead letter there. */
  | { readonly kind: "malformed" | "unmapped"; readonly event: IntakeEvent; readonly bytes: number }
  | { readonly kind: "leftOut" };

const createRowEvents = (mapping: ReplayMapping<object, never>, fingerprint: string) => {
  const place = createRowPlace(fingerprint);
  return (row: DecodedRow, index: number): RowEvent => {
    if (row.kind === "oversize") {
      return { kind: "malformed", event: new OversizeEvent(row.head, row.length), bytes: row.head.length };
    }
    const { bytes } = row;
    if (row.kind === "malformed") return { kind: "malformed", event: bytes, bytes: bytes.length };
    try {
      const mapped = mapping.map(row.row as never, place.at(index, bytes));
      if (mapped === null) return { kind: "leftOut" };
      const event = encodeMapped(mapped);
      return { kind: "event", event, bytes: event.length, timeMs: timeOf(mapped) };
    } catch {
      return { kind: "unmapped", event: bytes, bytes: bytes.length };
    }
  };
};

/** So many at a time, so that a stop is heeded soon. */
const MAPPED_ROWS_MAX = 500;

/** Rows after the first `skip`, which are passed over undecoded. */
export const rowEvents = async function* (
  opened: OpenedRows,
  mapping: ReplayMapping<object, never>,
  skip: number,
): AsyncGenerator<readonly RowEvent[]> {
  const toEvent = createRowEvents(mapping, opened.fingerprint);
  let index = 0;
  for await (const rows of opened.rows) {
    const passed = Math.min(rows.length, Math.max(0, skip - index));
    index += passed;
    for (let at = passed; at < rows.length; at += MAPPED_ROWS_MAX) {
      yield rows.slice(at, at + MAPPED_ROWS_MAX).map((row) => toEvent(opened.decode(row), index++));
    }
  }
};
