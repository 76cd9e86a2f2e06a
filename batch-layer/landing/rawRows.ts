import { type EventBounds, type EventReader, type Reason, REASONS, type Tick } from "@freshet/model";
import { type LogRecord, unpackRecord } from "@freshet/storage";
import type { Judge } from "./judges.js";

const HOUR_MS = 3_600_000;

/** Rows of one shard for the raw lake, by column, in what is cheap to hand over: see `rawLake.ts` for what they become. */
export interface RawColumns {
  readonly hour: number[];
  readonly sequence: string[];
  readonly subsequence: number[];
  readonly arrival_ms: number[];
  readonly is_event: boolean[];
  readonly type: (string | null)[];
  readonly id: (string | null)[];
  readonly time_ms: (number | null)[];
  readonly late_ms: (number | null)[];
  readonly ahead_ms: (number | null)[];
  readonly body: (string | null)[];
  /** Index in `REASONS`. */
  readonly reason: (number | null)[];
  readonly revision: number[];
}

export const emptyColumns = (): RawColumns => ({
  hour: [],
  sequence: [],
  subsequence: [],
  arrival_ms: [],
  is_event: [],
  type: [],
  id: [],
  time_ms: [],
  late_ms: [],
  ahead_ms: [],
  body: [],
  reason: [],
  revision: [],
});

/** The hour of a tick's start, since 1970: which `hour=` a row lies in follows from its tick alone. */
export const hourOfTick = (tick: Tick, segmentMs: number): number => Math.floor((tick * segmentMs) / HOUR_MS);

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");

const INDEX_OF_REASON = new Map<Reason, number>(REASONS.map((reason, index) => [reason, index]));

interface RowContent {
  readonly type: string | null;
  readonly id: string | null;
  readonly timeMs: number | null;
  readonly bounds: EventBounds | null;
  readonly body: string | null;
  readonly reason: Reason | null;
}

const pushContent = (columns: RawColumns, isEvent: boolean, content: RowContent): void => {
  const { bounds, reason } = content;
  columns.is_event.push(isEvent);
  columns.type.push(content.type);
  columns.id.push(content.id);
  columns.time_ms.push(content.timeMs);
  columns.late_ms.push(bounds === null ? null : bounds.maxLateMs);
  columns.ahead_ms.push(bounds === null ? null : bounds.maxAheadMs);
  columns.body.push(content.body);
  columns.reason.push(reason === null ? null : (INDEX_OF_REASON.get(reason) ?? null));
};

const NOTHING: RowContent = { type: null, id: null, timeMs: null, bounds: null, body: null, reason: null };

const contentOf = (event: Uint8Array, reader: EventReader): RowContent => {
  const outcome = reader.read(event);
  const { type, id, timeMs } = outcome;
  return outcome.kind === "event"
    ? { type, id, timeMs, bounds: outcome.bounds, body: outcome.body(), reason: null }
    : { type, id, timeMs, bounds: null, body: textOf(event), reason: outcome.reason };
};

/** Appends the rows of one record, at least one. Returns how many characters of text they hold. */
export const pushRecord = (
  columns: RawColumns,
  record: LogRecord,
  hour: number,
  { revision, reader }: Judge,
): number => {
  let subsequence = 0;
  const push = (isEvent: boolean, content: RowContent): number => {
    columns.hour.push(hour);
    columns.sequence.push(record.sequence);
    columns.subsequence.push(subsequence++);
    columns.arrival_ms.push(record.arrivalMs);
    columns.revision.push(revision);
    pushContent(columns, isEvent, content);
    return content.body?.length ?? 0;
  };
  const unpacked = unpackRecord(record.data);
  switch (unpacked.kind) {
    case "heartbeat":
      return push(false, NOTHING);
    case "oversize":
      return push(true, { ...NOTHING, body: textOf(unpacked.head), reason: "too_large" });
    case "events": {
      if (unpacked.events.length === 0) return push(false, NOTHING);
      let characters = 0;
      for (const event of unpacked.events) characters += push(true, contentOf(event, reader));
      return characters;
    }
  }
};
