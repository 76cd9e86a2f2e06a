import type { EpochMs } from "@freshet/model";
import type { IntakeEvent } from "../../collector/event.js";
import type { Pacer } from "./pacing.js";
import type { RowCounts } from "./progress.js";
import type { RowEvent } from "./rowEvents.js";
import type { ReplayBatch } from "./sender.js";

const BATCH_EVENTS_MAX = 1000;
const BATCH_BYTES_MAX = 4 << 20;

/** How far the file has been read when a batch is made. */
export interface Mark {
  readonly rows: Readonly<RowCounts>;
  readonly virtualMs: EpochMs | null;
}

export interface Turns {
  readonly pacer: Pacer;
  readonly epochMs: () => number;
  /** Null when it is time, else what waits for it. */
  wait(dueMs: number): Promise<void> | null;
}

/** Gathers rows' events into batches; one goes when it is full, and before waiting for the next event's turn. */
export const batchesOf = async function* (
  rows: AsyncIterable<readonly RowEvent[]>,
  before: Readonly<RowCounts>,
  turns: Turns,
): AsyncGenerator<ReplayBatch<Mark>> {
  const read: RowCounts = { ...before };
  let events: IntakeEvent[] = [];
  let stamps: EpochMs[] = [];
  let bytes = 0;
  const take = (): ReplayBatch<Mark> => {
    const mark = { rows: { ...read }, virtualMs: turns.pacer.virtualMs };
    const batch = { events, arrivalMs: stamps.length > 0 ? stamps : null, mark };
    events = [];
    stamps = [];
    bytes = 0;
    return batch;
  };
  for await (const some of rows) {
    for (const row of some) {
      if (row.kind !== "leftOut") {
        const turn = turns.pacer.next(row.kind === "event" ? row.timeMs : null, turns.epochMs());
        const waiting = turns.wait(turn.dueMs);
        if (waiting) {
          yield take();
          await waiting;
        }
        events.push(row.event);
        if (turn.arrivalMs !== null) stamps.push(turn.arrivalMs);
        bytes += row.bytes;
      }
      read.rows++;
      if (row.kind !== "event") read[row.kind]++;
      if (events.length >= BATCH_EVENTS_MAX || bytes >= BATCH_BYTES_MAX) yield take();
    }
  }
  yield take();
};
