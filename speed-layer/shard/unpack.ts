import { unpackRecord } from "@freshet/storage";
import type { RawEvent } from "../clear/columns.js";

/** The events of a log record; none for a control record. */
export type Unpack = (data: Uint8Array) => readonly RawEvent[];

export const unpackEvents: Unpack = (data) => {
  const unpacked = unpackRecord(data);
  switch (unpacked.kind) {
    case "events":
      return unpacked.events.map((bytes) => ({ kind: "json", bytes }));
    case "oversize":
      return [unpacked];
    case "heartbeat":
      return [];
  }
};
