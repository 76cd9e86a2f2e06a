import { fittingKey } from "@freshet/kpl";
import { type AppDocument, createEventScanner, type EventColumns } from "@freshet/model";
import { createRecordBatch, type RecordBatch } from "@freshet/storage";
import { type IntakeEvent, OversizeEvent } from "./event.js";
import { compileJudge, encodeEvent, type Judge, type Judged } from "./judge.js";
import { mayHaveMarks, withoutMarks } from "./untrusted.js";

/** Judges events that come together, each as `Judge` would by itself. */
export interface JudgeMany {
  readonly app: AppDocument;
  /** @throws TypeError for an object that is no JSON. */
  judge(
    events: readonly IntakeEvent[],
    trusted: boolean,
    arrivalMsOf: (index: number) => number,
  ): readonly Judged[];
}

/** How every event begins that the scanner is asked about: a batch takes no such bytes for records of the log's own. */
const OBJECT = 0x7b;
/** What lies past so many bytes is the plain judge's. */
const SCANNED_BYTES_MAX = 16 * 2 ** 20;

/** What is well is found out by the scanner; what is not, or is partitioned by a rule of its own, by the plain judge. */
export const compileJudgeMany = (app: AppDocument, segmentMs: number): JudgeMany => {
  const one: Judge = compileJudge(app, segmentMs);
  const scanner = createEventScanner(app, []);
  const batch = createRecordBatch({ digest: "never" });
  const { eventBytesMax } = app.settings;
  const byId = app.events.map(({ partitionKey }) => partitionKey === null);

  const inTime = ({ timesMs, lateMs, aheadMs }: EventColumns, row: number, arrivalMs: number): boolean => {
    const tickMs = Math.floor(arrivalMs / segmentMs) * segmentMs;
    const timeMs = timesMs[row] as number;
    return timeMs >= tickMs - (lateMs[row] as number) && timeMs <= tickMs + (aheadMs[row] as number);
  };
  const isWell = (columns: EventColumns, row: number, arrivalMs: number): boolean =>
    columns.reasons[row] === 0 &&
    byId[columns.types[row] as number] === true &&
    inTime(columns, row, arrivalMs);

  return {
    app,
    judge(events, trusted, arrivalMsOf) {
      const given = events.map((event) => (event instanceof OversizeEvent ? event : encodeEvent(event)));
      let records = given.map((event) => (isScanned(event, eventBytesMax) ? event : null));
      let rows = fill(batch, records);
      if (!trusted && mayHaveMarks(batch.bytes.subarray(0, batch.appendedThrough))) {
        records = records.map((record) => record && withoutMarks(record));
        rows = fill(batch, records);
      }
      const columns = scanner.scan(batch);
      return given.map((event, index): Judged => {
        const row = rows[index] as number;
        const arrivalMs = arrivalMsOf(index);
        if (row < 0 || !isWell(columns, row, arrivalMs)) return one.judge(event, trusted, arrivalMs);
        const id = batch.bytes.toString("utf8", columns.idStarts[row], columns.idEnds[row]);
        return { partitionKey: fittingKey(id), data: records[index] as Uint8Array, rejection: null };
      });
    },
  };
};

const isScanned = (event: Uint8Array | OversizeEvent, bytesMax: number): event is Uint8Array =>
  event instanceof Uint8Array && event.length <= bytesMax && event[0] === OBJECT;

/** Puts events into an empty batch. Returns which row each became; negative: none. */
const fill = (batch: RecordBatch, records: readonly (Uint8Array | null)[]): Int32Array => {
  batch.clear();
  const rows = new Int32Array(records.length).fill(-1);
  for (const [index, record] of records.entries()) {
    if (record === null || batch.appendedThrough + record.length > SCANNED_BYTES_MAX) continue;
    rows[index] = batch.count;
    batch.add(record);
  }
  return rows;
};
