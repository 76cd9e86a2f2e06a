import { createHash } from "node:crypto";
import type { RowPlace } from "@freshet/model";

const CONTENT_ID_DIGITS = 32;

/** One object for all rows of a replay; `at` moves it. */
export const createRowPlace = (fingerprint: string): { at(row: number, bytes: Uint8Array): RowPlace } => {
  let rowBytes: Uint8Array = new Uint8Array(0);
  const place = {
    row: 0,
    fingerprint,
    rowId: () => `${fingerprint}-${place.row}`,
    contentId: () => createHash("sha256").update(rowBytes).digest("hex").slice(0, CONTENT_ID_DIGITS),
  };
  return {
    at(row, bytes) {
      place.row = row;
      rowBytes = bytes;
      return place;
    },
  };
};
