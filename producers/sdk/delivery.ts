import { batchOf } from "./batch.js";
import type { Clock } from "./clock.js";
import { fractionOf, type RandomBytes } from "./id.js";
import type { Observation } from "./observe.js";
import type { Pending } from "./pending.js";
import { judge, retryDelayMs, type Verdict } from "./retry.js";
import type { ProducerSettings } from "./settings.js";
import type { SendResult, Transport } from "./transport.js";

/** Sees a batch through: sends it, and what was not taken again, until each event has a verdict or its deadline is near. */
export interface Delivery {
  deliver(batch: readonly Pending[]): Promise<void>;
  /** Ends waits and sends that are under way. */
  stop(): void;
  readonly sends: number;
  readonly retriedEvents: number;
}

export interface DeliveryPorts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly settings: ProducerSettings;
  readonly observe: (observation: Observation) => void;
  readonly apply: (batch: readonly Pending[], verdicts: readonly Verdict[]) => void;
  readonly expire: (batch: readonly Pending[], detail: string) => void;
}

const unsettled = (batch: readonly Pending[]): readonly Pending[] =>
  batch.filter((pending) => !pending.settled);

/** Its bytes lie among those of events that are done: a few that wait would hold the memory of all. */
const keepAlone = (pending: Pending): void => {
  pending.event = { ...pending.event, json: pending.event.json.slice() };
};

export const createDelivery = (ports: DeliveryPorts): Delivery => {
  const { transport, clock, random, settings, observe, apply, expire } = ports;
  /** Ends of the waits and sends that are under way. */
  const endings = new Set<() => void>();
  const counts = { sends: 0, retriedEvents: 0 };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        endings.delete(wake);
        resolve();
      };
      const cancel = clock.after(ms, wake);
      endings.add(wake);
    });

  const sendOnce = async (pendings: readonly Pending[]): Promise<SendResult> => {
    const over = new AbortController();
    const batch = batchOf(pendings);
    const startedAtMs = clock.elapsedMs();
    counts.sends++;
    for (const pending of pendings) pending.attempts++;
    let cleanUp = (): void => {};
    const givenUp = new Promise<SendResult>((resolve) => {
      const giveUp = (detail: string): void => resolve({ kind: "retry", afterMs: null, detail });
      const { sendTimeoutMs } = settings;
      const stopped = (): void => giveUp("stopped");
      const cancelTimeout = clock.after(sendTimeoutMs, () => giveUp(`no answer within ${sendTimeoutMs} ms`));
      endings.add(stopped);
      cleanUp = () => {
        cancelTimeout();
        endings.delete(stopped);
      };
    });
    const answered = (async () => transport.send(batch, over.signal))().catch(
      (cause: unknown): SendResult => ({ kind: "retry", afterMs: null, detail: String(cause) }),
    );
    const result = await Promise.race([answered, givenUp]);
    cleanUp();
    over.abort();
    observe({
      kind: "sent",
      events: pendings.length,
      bytes: batch.bytes,
      tookMs: clock.elapsedMs() - startedAtMs,
    });
    return result;
  };

  /** Waits before the next attempt; events that would be past their deadline by then expire now. */
  const backOff = async (
    rest: readonly Pending[],
    attempt: number,
    afterMs: number | null,
    detail: string,
  ): Promise<void> => {
    const delayMs = retryDelayMs(attempt, afterMs, settings, fractionOf(random));
    const resumeAtMs = clock.elapsedMs() + delayMs;
    expire(
      rest.filter((pending) => pending.deadlineAtMs <= resumeAtMs),
      detail,
    );
    const again = unsettled(rest);
    if (again.length === 0) return;
    counts.retriedEvents += again.length;
    if (attempt === 1) for (const pending of again) keepAlone(pending);
    observe({ kind: "retrying", events: again.length, attempt, delayMs, detail });
    await sleep(delayMs);
  };

  const deliver = async (batch: readonly Pending[]): Promise<void> => {
    for (let attempt = 1, rest = unsettled(batch); rest.length > 0; attempt++, rest = unsettled(rest)) {
      const { verdicts, afterMs, detail, split } = judge(rest, await sendOnce(rest));
      apply(rest, verdicts);
      if (split) {
        const middle = Math.ceil(rest.length / 2);
        await deliver(rest.slice(0, middle));
        return deliver(rest.slice(middle));
      }
      await backOff(unsettled(rest), attempt, afterMs, detail);
    }
  };

  return {
    deliver,
    stop() {
      for (const end of [...endings]) end();
    },
    get sends() {
      return counts.sends;
    },
    get retriedEvents() {
      return counts.retriedEvents;
    },
  };
};
