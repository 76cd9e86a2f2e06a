import { type Clock, systemClock } from "../clock.js";
import { cryptoRandom, type RandomBytes } from "../id.js";
import type { EventResult, OutgoingEvent, SendResult, Transport } from "../transport.js";
import { startDrain, type Undelivered } from "./drain.js";
import type { Spool } from "./spool.js";
import { eventOf, spooledEvent } from "./spooledEvent.js";

export interface SpooledTransportOptions {
  /** Takes events out of the spool. */
  readonly transport: Transport;
  readonly spool: Spool;
  /** What became of an event that its emitter took for stored, and that the log will never count. */
  readonly onRejected: (
    event: OutgoingEvent,
    result: Extract<EventResult, { readonly kind: "rejected" }>,
  ) => void;
  readonly sendTimeoutMs?: number;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
}

export interface SpooledTransport extends Transport {
  /** Resolves when all has gone on. */
  empty(): Promise<void>;
  /** Stops; what has not gone on is sent by the next process that opens the spool. */
  close(): Promise<void>;
}

const FULL_AFTER_MS = 1_000;
const SEND_TIMEOUT_MS = 30_000;

/**
 * Events are `stored` as soon as they are on this machine's disk, and go on from there, also after a crash and a restart; until they
 * do, they are as safe as the disk is. One that was sent before a crash may go twice, with the same identity. When the spool is full
 * events wait in the producer.
 */
export const spooledTransport = (options: SpooledTransportOptions): SpooledTransport => {
  const { transport, spool, clock = systemClock, random = cryptoRandom } = options;

  const send = async (events: readonly OutgoingEvent[]): Promise<SendResult> => {
    const over = new AbortController();
    const bytes = events.reduce((sum, { json }) => sum + json.length, 0);
    let cancel = (): void => {};
    const late = new Promise<SendResult>((resolve) => {
      cancel = clock.after(options.sendTimeoutMs ?? SEND_TIMEOUT_MS, () =>
        resolve({ kind: "retry", afterMs: null, detail: "no answer" }),
      );
    });
    try {
      return await Promise.race([transport.send({ events, bytes }, over.signal), late]);
    } finally {
      cancel();
      over.abort();
    }
  };

  const deliver = async (entries: readonly Uint8Array[]): Promise<Undelivered> => {
    const events = entries.map(eventOf);
    const result = await send(events);
    switch (result.kind) {
      case "results": {
        let afterMs: number | null = null;
        const again = entries.filter((_, index) => {
          const one = result.results[index];
          if (one?.kind === "rejected") options.onRejected(events[index] as OutgoingEvent, one);
          if (one?.kind === "retry" && one.afterMs !== null) afterMs = Math.max(afterMs ?? 0, one.afterMs);
          return one?.kind !== "stored" && one?.kind !== "rejected";
        });
        return { entries: again, afterMs };
      }
      case "too_large": {
        if (events.length === 1) {
          options.onRejected(events[0] as OutgoingEvent, {
            ...result,
            kind: "rejected",
            reason: "too_large",
          });
          return { entries: [], afterMs: null };
        }
        const middle = Math.ceil(entries.length / 2);
        const first = await deliver(entries.slice(0, middle));
        const second = await deliver(entries.slice(middle));
        return { entries: [...first.entries, ...second.entries], afterMs: first.afterMs ?? second.afterMs };
      }
      case "retry":
        return { entries, afterMs: result.afterMs };
      // Whoever refuses us now may be told otherwise; what is on the disk can wait for it.
      case "refused":
        return { entries, afterMs: null };
    }
  };

  const drain = startDrain({ spool, deliver, clock, random });
  return {
    async send({ events }) {
      if (!(await spool.append(events.map(spooledEvent))))
        return { kind: "retry", afterMs: FULL_AFTER_MS, detail: "the spool is full" };
      drain.wake();
      return { kind: "results", results: events.map(() => ({ kind: "stored" })) };
    },
    empty: drain.empty,
    async close() {
      await drain.stop();
      await spool.close();
    },
  };
};
