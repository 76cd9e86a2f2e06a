import { createUtf8 } from "./utf8.js";
import type { OutgoingEvent } from "./transport.js";

export interface EmitOptions {
  /** Names the event for ever; a copy with the same `type`, `id` and `time` is a duplicate. Default: a new ULID. */
  readonly id?: string;
  /** When it happened. Default: now. */
  readonly time?: Date | number;
  /** Default: the id. */
  readonly partitionKey?: string;
  /** W3C traceparent, such as an HTTP request's. Default: what the producer's `traceparent` says. */
  readonly traceparent?: string;
}

export type Encoded =
  | { readonly kind: "event"; readonly event: OutgoingEvent }
  | { readonly kind: "rejected"; readonly reason: string; readonly detail: string };

const RESERVED = ["type", "id", "time"];
const EPOCH_MS_MAX = 8.64e15;
const bytesOf = createUtf8();

let isoOf = { ms: 0, text: new Date(0).toISOString() };

/** Many events have the same time. */
const isoTime = (ms: number): string => {
  if (ms !== isoOf.ms) isoOf = { ms, text: new Date(ms).toISOString() };
  return isoOf.text;
};

/** The stamp's members and then the fields', without an object of both. JSON leaves out what is undefined. */
const textOf = (type: string, fields: object, { id, timeMs, trace }: Stamp): string => {
  const time = isoTime(timeMs);
  const isPlain = !("toJSON" in fields) && !("$trace" in fields);
  const own = isPlain ? JSON.stringify(fields) : "";
  if (!own.startsWith("{")) return JSON.stringify({ type, id, time, $trace: trace, ...fields });
  const traced = trace === undefined ? "" : `,"$trace":${JSON.stringify(trace)}`;
  const head = `{"type":${JSON.stringify(type)},"id":${JSON.stringify(id)},"time":"${time}"${traced}`;
  return own === "{}" ? `${head}}` : `${head},${own.slice(1)}`;
};

/** What `emit` adds to the fields. */
export interface Stamp {
  readonly id: string;
  readonly timeMs: number;
  readonly partitionKey: string;
  readonly trace: string | undefined;
}

/** Stamps an event and makes its bytes, once. Fields are copied: changing them afterwards changes nothing. */
export const encodeEvent = (type: string, fields: object, stamp: Stamp, bytesMax: number): Encoded => {
  const { id, timeMs, partitionKey } = stamp;
  if (!(Math.abs(timeMs) <= EPOCH_MS_MAX)) {
    return { kind: "rejected", reason: "out_of_range", detail: "time: not a valid time" };
  }
  let text: string;
  try {
    const reserved = RESERVED.find((name) => Object.hasOwn(fields, name));
    if (reserved !== undefined) {
      return {
        kind: "rejected",
        reason: "malformed",
        detail: `${reserved}: give it in emit's options, not in the fields`,
      };
    }
    text = textOf(type, fields, stamp);
  } catch (cause) {
    return { kind: "rejected", reason: "malformed", detail: `not JSON: ${(cause as Error).message}` };
  }
  const json = bytesOf(text);
  if (json.length > bytesMax) {
    return { kind: "rejected", reason: "too_large", detail: `${json.length} bytes, at most ${bytesMax}` };
  }
  return { kind: "event", event: { type, id, timeMs, partitionKey, json } };
};
