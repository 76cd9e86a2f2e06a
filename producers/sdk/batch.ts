import type { Pending } from "./pending.js";
import type { Batch } from "./transport.js";

export interface BatchLimits {
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
}

/** What goes into the next batch: events in the order of `emit`, as many as the limits allow. */
export interface BatchQueue {
  readonly events: number;
  readonly bytes: number;
  push(pending: Pending): void;
  /** The oldest that still waits for an outcome. */
  oldest(): Pending | null;
  take(): Pending[];
}

const COMPACT_AFTER = 1024;

export const createBatchQueue = (limits: BatchLimits): BatchQueue => {
  let items: Pending[] = [];
  let head = 0;
  let bytes = 0;
  const shift = (): void => {
    bytes -= (items[head++] as Pending).event.json.length;
    if (head >= COMPACT_AFTER && head * 2 >= items.length) {
      items = items.slice(head);
      head = 0;
    }
  };
  const oldest = (): Pending | null => {
    while (items[head]?.settled) shift();
    return items[head] ?? null;
  };
  return {
    get events() {
      return items.length - head;
    },
    get bytes() {
      return bytes;
    },
    push(pending) {
      items.push(pending);
      bytes += pending.event.json.length;
    },
    oldest,
    take() {
      const taken: Pending[] = [];
      let takenBytes = 0;
      for (let next = oldest(); next && taken.length < limits.batchEventsMax; next = oldest()) {
        const size = next.event.json.length;
        if (taken.length > 0 && takenBytes + size > limits.batchBytesMax) break;
        taken.push(next);
        takenBytes += size;
        shift();
      }
      return taken;
    },
  };
};

export const batchOf = (pendings: readonly Pending[]): Batch => ({
  events: pendings.map((pending) => pending.event),
  bytes: pendings.reduce((sum, pending) => sum + pending.event.json.length, 0),
});
