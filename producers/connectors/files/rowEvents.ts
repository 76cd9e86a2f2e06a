import { type IntakeEvent, OversizeEvent } from "../../collector/event.js";
import { encodeMapped, timeOf } from "./encode.js";
import type { ReplayMapping } from "@freshet/model";
import { createRowPlace } from "./rowPlace.js";
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

export const createRowEvents = (mapping: ReplayMapping<object, never>, fingerprint: string) => {
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
