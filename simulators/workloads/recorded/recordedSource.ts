import type { EventSource } from "../source.js";
import type { RecordedEvent } from "./recordedEvents.js";

export interface RecordedOptions {
  readonly events: readonly RecordedEvent[];
  /** Event time this many times faster. */
  readonly speed: number;
  /** Each event goes out so many times, under ids of their own, which spreads them over shards. */
  readonly fanOut: number;
  /** The field whose text tells the copies' keys apart; null: they have the key in common. */
  readonly fanBy: string | null;
  readonly fromMs: number;
  readonly durationMs: number;
}

/** Copies this far apart are beyond what the live layer remembers, with room for a line that lags. */
const BEYOND_LIVE_MS = 100_000;

/** An event's own bytes and four times that: other time, other id, other key. */
const roomFor = (events: readonly RecordedEvent[]): number =>
  events.reduce((most, event) => Math.max(most, Buffer.byteLength(JSON.stringify(event))), 0) * 2 + 256;

/**
 * The events of a file, as if they happened now: their times keep their distances, divided by `speed`. All are taken for valid.
 * @throws RangeError for a speed or fan-out that is none, or a field that is no text.
 */
export const createRecorded = (options: RecordedOptions): EventSource => {
  const { events, speed, fanOut, fanBy, fromMs, durationMs } = options;
  if (!(speed > 0)) throw new RangeError(`speed is ${speed}: expected a number above 0`);
  if (!(Number.isInteger(fanOut) && fanOut >= 1))
    throw new RangeError(`fanOut is ${fanOut}: expected a whole number of at least 1`);
  if (fanBy !== null && events.some(({ fields }) => typeof fields[fanBy] !== "string"))
    throw new RangeError(`${fanBy}: not a text in every event`);
  const firstMs = events[0]?.timeMs ?? 0;
  const encoder = new TextEncoder();
  const seen = new Map<string, number>();
  let place = 0;
  let copy = 0;
  const counts = { accepted: 0, duplicates: 0, beyondLive: 0 };
  const dueMs = (): number => {
    const next = events[place];
    const due = next ? (next.timeMs - firstMs) / speed : Number.POSITIVE_INFINITY;
    return due < durationMs ? due : Number.POSITIVE_INFINITY;
  };
  const count = (identity: string, atMs: number): void => {
    const beforeMs = seen.get(identity);
    if (beforeMs === undefined) {
      seen.set(identity, atMs);
      counts.accepted++;
      return;
    }
    counts.duplicates++;
    if (atMs - beforeMs > BEYOND_LIVE_MS) counts.beyondLive++;
  };
  return {
    eventBytesMax: roomFor(events),
    partitionKey: null,
    get dueMs() {
      return dueMs();
    },
    write(bytes, at) {
      const { type, id, timeMs, fields } = events[place] as RecordedEvent;
      const atMs = dueMs();
      const named = fanOut === 1 ? id : `${id}~${copy}`;
      const key = fanBy !== null && fanOut > 1 ? { [fanBy]: `${String(fields[fanBy])}~${copy}` } : {};
      const time = new Date(Math.floor(fromMs + atMs)).toISOString();
      count(`${type} ${named} ${timeMs}`, atMs);
      if (++copy === fanOut) {
        copy = 0;
        place++;
      }
      return (
        at +
        encoder.encodeInto(JSON.stringify({ type, id: named, time, ...fields, ...key }), bytes.subarray(at))
          .written
      );
    },
    answers() {
      const { accepted, duplicates, beyondLive } = counts;
      const total = accepted + duplicates;
      return {
        ledger: { records: total, events: total, accepted, duplicates, rejected: {} },
        ...{ beyondLive, late: 0, series: [] },
      };
    },
  };
};
