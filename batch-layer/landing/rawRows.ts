import type { EventColumns, Reason, ShardId, Tick } from "@freshet/model";
import {
  doubleColumn,
  int32Column,
  type LogRecord,
  type RecordBatch,
  runColumn,
  textColumn,
} from "@freshet/storage";
import type { Judge } from "./judges.js";

const HOUR_MS = 3_600_000;
const CLOSING_BRACE = 125;

/** The hour of a tick's start, since 1970: which `hour=` a row lies in follows from its tick alone. */
export const hourOfTick = (tick: Tick, segmentMs: number): number => Math.floor((tick * segmentMs) / HOUR_MS);

/** Rows for the raw lake, by column; see `rawLake.ts` for what they become. A heartbeat's has no body. */
export const createRawColumns = () => ({
  shard: runColumn(),
  sequence: runColumn(),
  subsequence: int32Column(),
  arrival_ms: doubleColumn(),
  type: runColumn(),
  id: textColumn(),
  time_ms: doubleColumn(),
  late_ms: doubleColumn(),
  ahead_ms: doubleColumn(),
  body: textColumn(),
  reason: runColumn(),
  revision: int32Column(),
});

export type RawColumns = ReturnType<typeof createRawColumns>;

/** A record of the log; or one member of it alone, where somebody else took it apart. */
export interface LandedRecord extends Pick<LogRecord, "sequence" | "arrivalMs" | "data"> {
  /** Of its first event; 0 where absent. */
  readonly firstSubsequence?: number;
}

const TOO_LARGE: Reason = "too_large";

/** Codes of the run columns, and what else the rows of a record have in common. */
interface OfRecord {
  readonly shard: number;
  readonly sequence: number;
  readonly arrivalMs: number;
  readonly revision: number;
}

const pushPosition = (
  columns: RawColumns,
  { shard, sequence, arrivalMs, revision }: OfRecord,
  subsequence: number,
): void => {
  columns.shard.add(shard);
  columns.sequence.add(sequence);
  columns.subsequence.add(subsequence);
  columns.arrival_ms.add(arrivalMs);
  columns.revision.add(revision);
};

const pushHeartbeat = ({ type, id, time_ms, late_ms, ahead_ms, body, reason }: RawColumns): void => {
  for (const column of [type, id, time_ms, late_ms, ahead_ms, body, reason]) column.addNull();
};

/** A readable event whose body stands in the log up to `bodyEnd`, but for its closing brace. */
const pushStanding = (
  columns: RawColumns,
  batch: RecordBatch,
  index: number,
  bodyEnd: number,
  events: EventColumns,
  types: readonly number[],
): void => {
  const { bytes } = batch;
  columns.type.add(types[events.types[index] as number] as number);
  columns.id.addBytes(bytes, events.idStarts[index] as number, events.idEnds[index] as number);
  columns.time_ms.add(events.timesMs[index] as number);
  columns.body.addBytesAnd(bytes, batch.starts[index] as number, bodyEnd, CLOSING_BRACE);
  columns.reason.addNull();
  // what follows the body are bounds of the event's own
  if (bodyEnd + 1 < (batch.ends[index] as number)) {
    columns.late_ms.add(events.lateMs[index] as number);
    columns.ahead_ms.add(events.aheadMs[index] as number);
  } else {
    columns.late_ms.addNull();
    columns.ahead_ms.addNull();
  }
};

const addOnce = (column: RawColumns["type"], text: string | null): void =>
  text === null ? column.addNull() : column.add(column.define(text));
const addText = (column: RawColumns["id"], text: string | null): void =>
  text === null ? column.addNull() : column.add(text);
const addNumber = (column: RawColumns["time_ms"], value: number | null): void =>
  value === null ? column.addNull() : column.add(value);

/** Any other event, by the plain reader. */
const pushPlainly = (columns: RawColumns, batch: RecordBatch, index: number, { reader }: Judge): void => {
  const start = batch.starts[index] as number;
  const end = batch.ends[index] as number;
  const outcome = batch.oversize.has(index)
    ? ({ kind: "rejected", type: null, id: null, timeMs: null, reason: TOO_LARGE } as const)
    : reader.read(batch.bytes.subarray(start, end));
  addOnce(columns.type, outcome.type);
  addText(columns.id, outcome.id);
  addNumber(columns.time_ms, outcome.timeMs);
  if (outcome.kind === "event") {
    addNumber(columns.late_ms, outcome.bounds?.maxLateMs ?? null);
    addNumber(columns.ahead_ms, outcome.bounds?.maxAheadMs ?? null);
    columns.body.add(outcome.body());
    columns.reason.addNull();
    return;
  }
  columns.late_ms.addNull();
  columns.ahead_ms.addNull();
  columns.body.add(batch.bytes.toString("utf8", start, end));
  addOnce(columns.reason, outcome.reason);
};

/** Appends the rows of a batch, at least one for each of its records. */
export const pushRows = (
  columns: RawColumns,
  shard: ShardId,
  records: readonly LandedRecord[],
  batch: RecordBatch,
  judge: Judge,
): void => {
  const events = judge.scanner.scan(batch);
  const types = judge.typeNames.map((name) => columns.type.define(name));
  const shardCode = columns.shard.define(shard);
  const { revision } = judge;
  let index = 0;
  for (const [inBatch, { sequence, arrivalMs, firstSubsequence = 0 }] of records.entries()) {
    const own: OfRecord = {
      shard: shardCode,
      sequence: columns.sequence.define(sequence),
      arrivalMs,
      revision,
    };
    const first = index;
    for (; index < events.count && batch.recordOf[index] === inBatch; index++) {
      pushPosition(columns, own, firstSubsequence + index - first);
      const bodyEnd = events.reasons[index] === 0 ? judge.bodyEnd(batch, index) : -1;
      if (bodyEnd < 0) pushPlainly(columns, batch, index, judge);
      else pushStanding(columns, batch, index, bodyEnd, events, types);
    }
    if (index === first) {
      pushPosition(columns, own, firstSubsequence);
      pushHeartbeat(columns);
    }
  }
};
