import type { EventSource } from "../workloads/source.js";
import type { LoadBatch } from "./target.js";

/** A batch with the moments at which its events were meant to be sent. */
export interface DueBatch extends LoadBatch {
  readonly dueMs: readonly number[];
}

const NEWLINE = 0x0a;
const EVENTS_AT_FIRST = 128;

/** Writes what is due by then, at most so many; null where nothing is. */
export type WriteDue = (byMs: number, eventsMax: number) => DueBatch | null;

/** Of one source. Batches are as large as their events; the room that they are written in is used again. */
export const createDueWriter = (source: EventSource): WriteDue => {
  let room = new Uint8Array(source.eventBytesMax * EVENTS_AT_FIRST);
  return (byMs, eventsMax) => {
    if (source.dueMs > byMs || eventsMax < 1) return null;
    const starts = [0];
    const partitionKeys: (string | null)[] = [];
    const dueMs: number[] = [];
    let at = 0;
    while (source.dueMs <= byMs && dueMs.length < eventsMax) {
      if (at + source.eventBytesMax + 1 > room.length) {
        const larger = new Uint8Array(room.length * 2);
        larger.set(room);
        room = larger;
      }
      dueMs.push(source.dueMs);
      at = source.write(room, at);
      partitionKeys.push(source.partitionKey);
      room[at++] = NEWLINE;
      starts.push(at);
    }
    return { bytes: room.slice(0, at), starts, partitionKeys, dueMs };
  };
};

/** Those events of a batch, in order. */
export const pickEvents = (batch: DueBatch, indexes: readonly number[]): DueBatch => {
  const bytes = new Uint8Array(
    indexes.reduce(
      (sum, index) => sum + (batch.starts[index + 1] as number) - (batch.starts[index] as number),
      0,
    ),
  );
  const starts = [0];
  let at = 0;
  for (const index of indexes) {
    const event = batch.bytes.subarray(batch.starts[index], batch.starts[index + 1]);
    bytes.set(event, at);
    at += event.length;
    starts.push(at);
  }
  return {
    bytes,
    starts,
    partitionKeys: indexes.map((index) => batch.partitionKeys[index] ?? null),
    dueMs: indexes.map((index) => batch.dueMs[index] as number),
  };
};
