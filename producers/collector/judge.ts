import {
  type AppDocument,
  compileExpression,
  createEventReader,
  type EventDefinition,
  type ReadEvent,
  type Reason,
} from "@freshet/model";
import { contentKey, fittingKey } from "@freshet/kpl";
import { type LogEntry, oversizeRecord } from "@freshet/storage";
import { type IntakeEvent, OversizeEvent } from "./event.js";

import { rawRecord } from "./rawRecord.js";
import { withoutMarks } from "./untrusted.js";

/** What is to be done with one event: where it goes, what is stored, and what its sender hears when that is done. */
export interface Judged extends Pick<LogEntry, "partitionKey" | "data"> {
  readonly rejection: { readonly reason: Reason; readonly detail: string } | null;
}

export interface Judge {
  readonly app: AppDocument;
  /**
   * Time bounds are judged against the tick of `arrivalMs`; the log's own stamp may be a moment later, and decides.
   * @throws TypeError for an object that is no JSON.
   */
  judge(event: IntakeEvent, trusted: boolean, arrivalMs: number): Judged;
}

/** Judges events by one app revision, as the speed layer will. */
export const compileJudge = (app: AppDocument, segmentMs: number): Judge => {
  const reader = createEventReader(app);
  const { settings } = app;
  const keyOf = new Map(app.events.map((definition) => [definition.name, partitionKeyOf(definition)]));

  const tooLarge = (head: Uint8Array, bytes: number): Judged => ({
    partitionKey: contentKey(head),
    data: oversizeRecord(head, bytes),
    rejection: { reason: "too_large", detail: `${bytes} bytes: expected at most ${settings.eventBytesMax}` },
  });

  const timeRejection = ({ timeMs, bounds }: ReadEvent, arrivalMs: number): Judged["rejection"] => {
    const { maxLateMs, maxAheadMs } = bounds ?? settings;
    const tickMs = Math.floor(arrivalMs / segmentMs) * segmentMs;
    if (timeMs >= tickMs - maxLateMs && timeMs <= tickMs + maxAheadMs) return null;
    const detail = `time: expected at most ${maxLateMs} ms before and ${maxAheadMs} ms after the arrival`;
    return { reason: "time_out_of_bounds", detail };
  };

  return {
    app,
    judge(event, trusted, arrivalMs) {
      if (event instanceof OversizeEvent) return tooLarge(event.head, event.bytes);
      const given = encodeEvent(event);
      if (given.length > settings.eventBytesMax) return tooLarge(given, given.length);
      const record = trusted ? given : withoutMarks(given);
      const read = reader.read(record);
      if (read.kind === "event") {
        const key = keyOf.get(read.type)?.(read) ?? read.id;
        return { partitionKey: fittingKey(key), data: record, rejection: timeRejection(read, arrivalMs) };
      }
      const { reason, detail, id } = read;
      return {
        partitionKey: id === null ? contentKey(record) : fittingKey(id),
        data: reason === "malformed" ? rawRecord(record) : record,
        rejection: { reason, detail },
      };
    },
  };
};

/** @throws TypeError for an object that is no JSON. */
export const encodeEvent = (event: object | Uint8Array): Uint8Array => {
  if (event instanceof Uint8Array) return event;
  const text: string | undefined = JSON.stringify(event);
  if (text === undefined) throw new TypeError("an event must be a JSON object");
  return Buffer.from(text);
};

const NO_LOOKUPS = (): null => null;

/** An event type's key expression; null: the id. */
const partitionKeyOf = ({ partitionKey }: EventDefinition): ((event: ReadEvent) => string | null) => {
  if (partitionKey === null) return () => null;
  const evaluate = compileExpression(partitionKey);
  return (event) => evaluate(event, NO_LOOKUPS) as string | null;
};
