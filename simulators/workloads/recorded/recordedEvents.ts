import { gunzipSync } from "node:zlib";

/** An event of a file, as a producer sends it. */
export interface RecordedEvent {
  readonly type: string;
  readonly id: string;
  readonly timeMs: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

const GZIP_MAGIC = [0x1f, 0x8b];

const eventIn = (line: string, number: number): RecordedEvent => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new RangeError(`line ${number}: no JSON: ${(error as Error).message}`);
  }
  const { type, id, time, ...fields } = (parsed ?? {}) as Readonly<Record<string, unknown>>;
  const timeMs = typeof time === "number" ? time : Date.parse(String(time));
  if (typeof type !== "string" || typeof id !== "string" || !Number.isFinite(timeMs))
    throw new RangeError(`line ${number}: expected an event with type, id and time`);
  return { type, id, timeMs, fields };
};

/** Reads NDJSON, plain or gzip, in order of event time. @throws RangeError that names the first line that is no event. */
export const readRecorded = (bytes: Uint8Array): readonly RecordedEvent[] => {
  const isGzip = GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
  const text = Buffer.from(isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
  const events = text
    .split("\n")
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => eventIn(line, number));
  if (events.length === 0) throw new RangeError("there is no event in it");
  return events.sort((a, b) => a.timeMs - b.timeMs);
};
