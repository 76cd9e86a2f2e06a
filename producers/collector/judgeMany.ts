import { fittingKey } from "@freshet/kpl";
import { type AppDocument, createEventScanner, type EventColumns } from "@freshet/model";
import type { EntrySpans } from "@freshet/storage";
import { EventLines, type IntakeEvent, type IntakeEvents, OversizeEvent } from "./event.js";
import { createIntakeBatch, type IntakeBatch } from "./intakeBatch.js";
import { compileJudge, encodeEvent, type Judge, type Judged } from "./judge.js";
import { mayHaveMarks, withoutMarks } from "./untrusted.js";

export type Rejection = NonNullable<Judged["rejection"]>;

/** Of events that come together, what is stored, one entry an event, and which are rejected, by index. */
export interface JudgedMany {
  /** Valid until the next call. */
  readonly spans: EntrySpans;
  readonly rejections: ReadonlyMap<number, Rejection>;
}

/** Judges events that come together, each as `Judge` would by itself. */
export interface JudgeMany {
  readonly app: AppDocument;
  /** @throws TypeError for an object that is no JSON. */
  judge(events: IntakeEvents, trusted: boolean, arrivalMsOf: (index: number) => number): JudgedMany;
}

/** A key of so many bytes or fewer is one that the log takes. */
const KEY_BYTES_MAX = 256;
const EMPTY = new Uint8Array(0);

/** What is well is found out by the scanner; what is not, or is partitioned by a rule of its own, by the plain judge. */
export const compileJudgeMany = (app: AppDocument, segmentMs: number): JudgeMany => {
  const one: Judge = compileJudge(app, segmentMs);
  const scanner = createEventScanner(app, []);
  const batch = createIntakeBatch();
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
      fill(batch, events);
      if (!trusted && mayHaveMarks(batch.bytes.subarray(0, batch.appendedThrough)))
        takeMarksOff(batch, eventBytesMax);
      const columns = scanner.scan(batch);
      const { count, keyStarts, keyEnds, starts: dataStarts, ends: dataEnds } = batch;
      const rejections = new Map<number, Rejection>();

      const putKey = (index: number, key: string): void => {
        keyStarts[index] = batch.append(key);
        keyEnds[index] = batch.appendedThrough;
      };
      const judgePlainly = (index: number, arrivalMs: number): void => {
        const event = events instanceof EventLines ? events.at(index) : (events[index] as IntakeEvent);
        const { partitionKey, data, rejection } = one.judge(event, trusted, arrivalMs);
        putKey(index, partitionKey);
        dataStarts[index] = batch.put(data);
        dataEnds[index] = batch.appendedThrough;
        if (rejection) rejections.set(index, rejection);
      };

      for (let index = 0; index < count; index++) {
        const arrivalMs = arrivalMsOf(index);
        if (!isWell(columns, index, arrivalMs)) {
          judgePlainly(index, arrivalMs);
          continue;
        }
        const idStart = columns.idStarts[index] as number;
        const idEnd = columns.idEnds[index] as number;
        if (idEnd > idStart && idEnd - idStart <= KEY_BYTES_MAX) {
          keyStarts[index] = idStart;
          keyEnds[index] = idEnd;
        } else putKey(index, fittingKey(batch.bytes.toString("utf8", idStart, idEnd)));
      }
      const bytes = batch.bytes.subarray(0, batch.appendedThrough);
      return { spans: { count, bytes, keyStarts, keyEnds, dataStarts, dataEnds }, rejections };
    },
  };
};

/** Puts events into the empty batch, each as bytes; none of one that is not there whole. */
const fill = (batch: IntakeBatch, events: IntakeEvents): void => {
  batch.clear();
  if (events instanceof EventLines) {
    batch.put(events.bytes);
    for (let index = 0; index < events.length; index++)
      batch.push(events.starts[index] as number, events.ends[index] as number);
    return;
  }
  for (const event of events) {
    const start = batch.put(event instanceof OversizeEvent ? EMPTY : encodeEvent(event));
    batch.push(start, batch.appendedThrough);
  }
};

/** One that is too large is judged so as it came. */
const takeMarksOff = (batch: IntakeBatch, eventBytesMax: number): void => {
  const { count, starts, ends } = batch;
  const before = Buffer.from(batch.bytes.subarray(0, batch.appendedThrough));
  const places = Array.from({ length: count }, (_, index) => [starts[index], ends[index]] as const);
  batch.clear();
  for (const [from, to] of places) {
    const event = before.subarray(from, to);
    const start = batch.put(event.length > eventBytesMax ? event : withoutMarks(event));
    batch.push(start, batch.appendedThrough);
  }
};
