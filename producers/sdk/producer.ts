import { createBatchQueue } from "./batch.js";
import { createBuffer } from "./buffer.js";
import { type Clock, systemClock } from "./clock.js";
import { createDelivery } from "./delivery.js";
import { type EmitOptions, encodeEvent } from "./encode.js";
import { decideFlush } from "./flushController.js";
import { createIdSource, cryptoRandom, type RandomBytes } from "./id.js";
import type { Observation, ProducerCounters } from "./observe.js";
import { type FailureReason, type FlushReport, type Outcome, reportOf } from "./outcome.js";
import { type Pending, pendingOf } from "./pending.js";
import type { Verdict } from "./retry.js";
import { type ProducerSettings, settingsOf } from "./settings.js";
import type { Transport } from "./transport.js";

export interface ProducerOptions extends Partial<ProducerSettings> {
  readonly transport: Transport;
  readonly clock?: Clock;
  readonly random?: RandomBytes;
  /** Asked with every `emit`: the W3C traceparent of what goes on, which the event carries to wherever it ends. */
  readonly traceparent?: () => string | undefined;
  readonly observe?: (observation: Observation) => void;
}

export interface Producer<Events extends { [Type in keyof Events]: object }> {
  /**
   * Takes one event and answers with its one outcome; never throws, never waits for room (see `ready`).
   * `id` and `time` are stamped here, once: every attempt repeats them.
   */
  emit<Type extends keyof Events & string>(
    type: Type,
    fields: Events[Type],
    options?: EmitOptions,
  ): Promise<Outcome>;
  /** Backpressure: resolves when there is room. A loop awaits it before each `emit`. */
  ready(): Promise<void>;
  /** Sends what waits, now, and resolves when all of it has its outcome. */
  flush(): Promise<FlushReport>;
  /** Takes no more, flushes, and after `deadlineMs` gives up on the rest. */
  close(deadlineMs?: number): Promise<FlushReport>;
  counters(): ProducerCounters;
}

/** Sends typed events in batches, again when that can help, within bounded memory; every event gets a definite outcome. */
export const createProducer = <Events extends { [Type in keyof Events]: object }>(
  options: ProducerOptions,
): Producer<Events> => {
  const settings = settingsOf(options, options.transport.settings);
  const { transport, clock = systemClock, random = cryptoRandom } = options;
  const newId = createIdSource(random);
  const queue = createBatchQueue(settings);
  const buffer = createBuffer({ eventsMax: settings.bufferEventsMax, bytesMax: settings.bufferBytesMax });
  const counts = { emitted: 0, stored: 0, rejected: 0, failed: 0 };
  let inFlight = 0;
  let urgent = 0;
  let closed = false;
  let timer: { readonly atMs: number; readonly cancel: () => void } | null = null;

  /** An observer that throws is its owner's bug: it surfaces as an uncaught error, and delivery goes on. */
  const observe = (observation: Observation): void => {
    try {
      options.observe?.(observation);
    } catch (cause) {
      queueMicrotask(() => {
        throw cause;
      });
    }
  };

  const conclude = (type: string, outcome: Outcome): Outcome => {
    counts[outcome.kind]++;
    if (outcome.kind !== "stored") observe({ ...outcome, type });
    return outcome;
  };

  const settle = (pending: Pending, outcome: Outcome): void => {
    if (pending.settled) return;
    pending.settled = true;
    buffer.remove(pending);
    pending.resolve(conclude(pending.event.type, outcome));
  };

  const failAll = (pendings: readonly Pending[], reason: FailureReason, detail: string): void => {
    for (const pending of pendings) {
      settle(pending, { kind: "failed", id: pending.event.id, reason, detail, attempts: pending.attempts });
    }
    buffer.admit();
  };

  const apply = (batch: readonly Pending[], verdicts: readonly Verdict[]): void => {
    batch.forEach((pending, index) => {
      const { id } = pending.event;
      const verdict = verdicts[index] as Verdict;
      if (verdict.kind === "stored") {
        const { position } = verdict;
        settle(pending, position ? { kind: "stored", id, position } : { kind: "stored", id });
      }
      if (verdict.kind === "rejected") settle(pending, { ...verdict, id });
      if (verdict.kind === "refused") failAll([pending], "refused", verdict.detail);
    });
    buffer.admit();
  };

  const delivery = createDelivery({
    transport,
    clock,
    random,
    settings,
    observe,
    apply,
    expire: (pendings, detail) => failAll(pendings, "expired", detail),
  });

  const wakeAt = (atMs: number, nowMs: number): void => {
    if (timer && timer.atMs <= atMs) return;
    timer?.cancel();
    const cancel = clock.after(Math.max(0, atMs - nowMs), () => {
      timer = null;
      pump();
    });
    timer = { atMs, cancel };
  };

  const expireOverdue = (nowMs: number): void => {
    for (let oldest = buffer.oldest(); oldest && oldest.deadlineAtMs <= nowMs; oldest = buffer.oldest()) {
      failAll([oldest], "expired", `no outcome within ${settings.deadlineMs} ms`);
    }
  };

  const startBatch = (): void => {
    const batch = queue.take();
    urgent = Math.min(Math.max(0, urgent - batch.length), queue.events);
    inFlight++;
    void delivery.deliver(batch).then(() => {
      inFlight--;
      pump();
    });
  };

  const pump = (): void => {
    const nowMs = clock.elapsedMs();
    expireOverdue(nowMs);
    while (inFlight < settings.inFlightBatchesMax) {
      const oldestAtMs = queue.oldest()?.emittedAtMs ?? nowMs;
      const decision = decideFlush(
        { events: queue.events, bytes: queue.bytes, oldestAtMs, urgent },
        nowMs,
        settings,
      );
      if (decision.kind === "at") wakeAt(decision.atMs, nowMs);
      if (decision.kind !== "now") break;
      startBatch();
    }
    const oldest = buffer.oldest();
    if (oldest) return wakeAt(oldest.deadlineAtMs, nowMs);
    timer?.cancel();
    timer = null;
  };

  const flush = async (): Promise<FlushReport> => {
    const waiting = buffer.all();
    urgent = queue.events;
    pump();
    return reportOf(
      waiting.map((pending) => pending.event),
      await Promise.all(waiting.map((pending) => pending.outcome)),
    );
  };

  return {
    emit(type, fields, emitOptions = {}) {
      counts.emitted++;
      const timeMs = Math.floor(Number(emitOptions.time ?? clock.epochMs()));
      const id = emitOptions.id ?? newId(timeMs);
      const fail = (reason: FailureReason, detail: string): Promise<Outcome> =>
        Promise.resolve(conclude(type, { kind: "failed", id, reason, detail, attempts: 0 }));
      if (closed) return fail("closed", "the producer is closed");
      const trace = emitOptions.traceparent ?? options.traceparent?.();
      const stamp = { id, timeMs, partitionKey: emitOptions.partitionKey ?? id, trace };
      const encoded = encodeEvent(type, fields, stamp, settings.batchBytesMax);
      if (encoded.kind === "rejected") return Promise.resolve(conclude(type, { ...encoded, id }));
      const pending = pendingOf(encoded.event, clock.elapsedMs(), settings.deadlineMs);
      if (!buffer.add(pending)) {
        return fail("buffer_full", `${buffer.events} events of ${buffer.bytes} bytes wait already`);
      }
      queue.push(pending);
      pump();
      return pending.outcome;
    },
    ready: buffer.ready,
    flush,
    async close(deadlineMs = settings.deadlineMs) {
      closed = true;
      const cancel = clock.after(deadlineMs, () => {
        failAll(buffer.all(), "closed", "no outcome before the producer was closed");
        delivery.stop();
        pump();
      });
      const report = await flush();
      cancel();
      return report;
    },
    counters: () => ({
      ...counts,
      waiting: buffer.events,
      waitingBytes: buffer.bytes,
      sends: delivery.sends,
      retriedEvents: delivery.retriedEvents,
    }),
  };
};
