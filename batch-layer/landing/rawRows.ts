import type { Reason, ShardId, Tick } from "@freshet/model";
import { type LogRecord, unpackRecord } from "@freshet/storage";
import type { Judge } from "./judges.js";

const HOUR_MS = 3_600_000;

/** Rows of the raw lake that wait to be published, by column. Times are numbers here, BIGINT in the lake. */
export interface RawColumns {
  readonly hour: number[];
  readonly shard: string[];
  readonly sequence: string[];
  readonly subsequence: number[];
  readonly arrival_ms: number[];
  readonly kind: ("event" | "heartbeat")[];
  readonly type: (string | null)[];
  readonly id: (string | null)[];
  readonly time_ms: (number | null)[];
  readonly late_ms: (number | null)[];
  readonly ahead_ms: (number | null)[];
  readonly body: (string | null)[];
  readonly reason: (Reason | null)[];
  readonly revision: number[];
}

export const emptyColumns = (): RawColumns => ({
  hour: [],
  shard: [],
  sequence: [],
  subsequence: [],
  arrival_ms: [],
  kind: [],
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

interface RowSource {
  readonly shard: ShardId;
  readonly record: LogRecord;
  readonly hour: number;
  readonly revision: number;
}

const pushPosition = (columns: RawColumns, source: RowSource, subsequence: number): void => {
  columns.hour.push(source.hour);
  columns.shard.push(source.shard);
  columns.sequence.push(source.record.sequence);
  columns.subsequence.push(subsequence);
  columns.arrival_ms.push(source.record.arrivalMs);
  columns.revision.push(source.revision);
};

const pushContent = (
  columns: RawColumns,
  content: {
    readonly kind: "event" | "heartbeat";
    readonly type: string | null;
    readonly id: string | null;
    readonly timeMs: number | null;
    readonly lateMs: number | null;
    readonly aheadMs: number | null;
    readonly body: string | null;
    readonly reason: Reason | null;
  },
): void => {
  columns.kind.push(content.kind);
  columns.type.push(content.type);
  columns.id.push(content.id);
  columns.time_ms.push(content.timeMs);
  columns.late_ms.push(content.lateMs);
  columns.ahead_ms.push(content.aheadMs);
  columns.body.push(content.body);
  columns.reason.push(content.reason);
};

const EMPTY = { type: null, id: null, timeMs: null, lateMs: null, aheadMs: null } as const;

/** Appends the rows of one record, at least one. Returns how many bytes of text they hold. */
export const pushRecord = (
  columns: RawColumns,
  shard: ShardId,
  record: LogRecord,
  hour: number,
  { revision, reader }: Judge,
): number => {
  const source = { shard, record, hour, revision };
  const unpacked = unpackRecord(record.data);
  switch (unpacked.kind) {
    case "heartbeat":
      pushPosition(columns, source, 0);
      pushContent(columns, { ...EMPTY, kind: "heartbeat", body: null, reason: null });
      return 0;
    case "oversize":
      pushPosition(columns, source, 0);
      pushContent(columns, { ...EMPTY, kind: "event", body: textOf(unpacked.head), reason: "too_large" });
      return unpacked.head.length;
    case "events": {
      let bytes = 0;
      unpacked.events.forEach((event, subsequence) => {
        const outcome = reader.read(event);
        pushPosition(columns, source, subsequence);
        const { type, id, timeMs } = outcome;
        if (outcome.kind === "event") {
          const lateMs = outcome.bounds?.maxLateMs ?? null;
          const aheadMs = outcome.bounds?.maxAheadMs ?? null;
          const body = outcome.body();
          bytes += body.length;
          pushContent(columns, { kind: "event", type, id, timeMs, lateMs, aheadMs, body, reason: null });
        } else {
          const body = textOf(event);
          bytes += body.length;
          pushContent(columns, { ...EMPTY, kind: "event", type, id, timeMs, body, reason: outcome.reason });
        }
      });
      return bytes;
    }
  }
};
