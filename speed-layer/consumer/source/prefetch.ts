import type { Delivery } from "./source.js";

export interface PrefetchLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** What lies between who reads and who takes. The last that is put may pass the limits: they say when to put the next. */
export interface Prefetch {
  put(delivery: Delivery): void;
  readonly isEmpty: boolean;
  /** Resolves when there is room, or at once when closed. */
  room(): Promise<void>;
  /** Null when closed and empty. @throws what `fail` was given */
  take(): Promise<Delivery | null>;
  /** Nothing comes any more; what lies there may still be taken. */
  end(): void;
  fail(error: unknown): void;
  /** Nothing lies there any more. */
  drop(): void;
}

/** `onBytes` is told by how much what lies there grows or shrinks. */
export const createPrefetch = (limits: PrefetchLimits, onBytes: (bytes: number) => void): Prefetch => {
  let waiting: Delivery[] = [];
  let records = 0;
  let bytes = 0;
  let isOver = false;
  let failure: { readonly error: unknown } | null = null;
  let wake: (() => void)[] = [];

  const changed = (): void => {
    const woken = wake;
    wake = [];
    for (const call of woken) call();
  };
  const nextChange = (): Promise<void> => new Promise((resolve) => wake.push(resolve));
  const account = (countedRecords: number, countedBytes: number): void => {
    records += countedRecords;
    bytes += countedBytes;
    onBytes(countedBytes);
  };

  return {
    get isEmpty() {
      return records === 0;
    },
    put: (delivery) => {
      if (isOver) return;
      const last = waiting.at(-1);
      // Empty replies say only how things stand: the newest does.
      if (last && last.records.length === 0 && last.ended === null) waiting.pop();
      waiting.push(delivery);
      account(delivery.records.length, delivery.bytes);
      changed();
    },
    room: async () => {
      while (!isOver && (records >= limits.recordsMax || bytes >= limits.bytesMax)) await nextChange();
    },
    take: async () => {
      for (;;) {
        const delivery = waiting.shift();
        if (delivery) {
          account(-delivery.records.length, -delivery.bytes);
          changed();
          return delivery;
        }
        if (failure) throw failure.error;
        if (isOver) return null;
        await nextChange();
      }
    },
    end: () => {
      isOver = true;
      changed();
    },
    fail: (error) => {
      failure = { error };
      isOver = true;
      changed();
    },
    drop: () => {
      isOver = true;
      account(-records, -bytes);
      waiting = [];
      changed();
    },
  };
};
