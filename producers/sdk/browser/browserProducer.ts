import { type Clock, systemClock } from "../clock.js";
import type { EmitOptions } from "../encode.js";
import { createIdSource, cryptoRandom } from "../id.js";
import type { Outcome } from "../outcome.js";
import { createProducer, type Producer, type ProducerOptions } from "../producer.js";
import { indexedDbQueue } from "./indexedDbQueue.js";
import { pageTransport } from "./pageTransport.js";
import { memoryQueue, type PersistentQueue } from "./persistentQueue.js";
import { isSampled } from "./sampling.js";

/** `dropped`: it was not to be sent, for want of consent or by the sampling. */
export type BrowserOutcome = Outcome | { readonly kind: "dropped"; readonly reason: "consent" | "sampling" };

export interface BrowserProducerOptions extends Partial<Omit<ProducerOptions, "transport">> {
  /** The collector's address. */
  readonly url: string;
  readonly key?: string;
  /** Whether anything may be kept or sent; default true. See `setConsent`. */
  readonly consent?: boolean;
  /** Which share of sessions is taken, in [0, 1], and what names the session; default all. */
  readonly sample?: { readonly share: number; readonly session: string };
  /** Where events wait that have no outcome; default IndexedDB, and memory where there is none. */
  readonly queue?: PersistentQueue;
  readonly fetch?: typeof globalThis.fetch;
  /** Says when the page may go away; default `document`. */
  readonly page?: Page;
}

/** What is asked of a `document`. */
export interface Page {
  readonly visibilityState: string;
  addEventListener(type: "visibilitychange", listener: () => void): void;
}

export interface BrowserProducer<Events extends { [Type in keyof Events]: object }>
  extends Omit<Producer<Events>, "emit"> {
  emit<Type extends keyof Events & string>(
    type: Type,
    fields: Events[Type],
    options?: EmitOptions,
  ): Promise<BrowserOutcome>;
  /** Without consent nothing is taken, and what waits is forgotten, on this page and for the next. */
  setConsent(given: boolean): void;
}

/**
 * For pages: typed events, sent in the background and when the page is hidden, and after the next load what the last one did not get
 * through, with the same `id` and `time`. Two pages of one origin may both send what a third left behind: Freshet counts it once.
 */
export const createBrowserProducer = <Events extends { [Type in keyof Events]: object }>(
  options: BrowserProducerOptions,
): BrowserProducer<Events> => {
  const { clock = systemClock, page = ownPage(), sample } = options;
  const queue = options.queue ?? browserQueue();
  const newId = createIdSource(options.random ?? cryptoRandom);
  const transport = pageTransport(options);
  const isIn = !sample || isSampled(sample.session, sample.share);
  let consent = options.consent ?? true;
  let producer = createProducer<Events>({ ...options, transport });

  const send = async (type: string, id: string, timeMs: number, fields: object, more: EmitOptions) => {
    const outcome = await producer.emit(type as never, fields as never, { ...more, id, time: timeMs });
    // What failed stays, and goes again with the next load.
    if (outcome.kind !== "failed") queue.remove(id);
    return outcome;
  };

  const recover = async (): Promise<void> => {
    for (const { type, id, timeMs, fields } of await queue.all()) {
      await producer.ready();
      if (!consent) return;
      void send(type, id, timeMs, fields, {});
    }
  };

  page?.addEventListener("visibilitychange", () => {
    if (page.visibilityState === "hidden") void producer.flush();
  });
  if (consent) void recover();
  else queue.clear();

  return {
    async emit(type, fields, more = {}) {
      if (!consent) return { kind: "dropped", reason: "consent" };
      if (!isIn) return { kind: "dropped", reason: "sampling" };
      const timeMs = timeOf(more, clock);
      const id = more.id ?? newId(timeMs);
      queue.add({ type, id, timeMs, fields });
      return send(type, id, timeMs, fields, more);
    },
    setConsent(given) {
      if (given === consent) return;
      consent = given;
      if (given) return;
      queue.clear();
      void producer.close(0);
      producer = createProducer<Events>({ ...options, transport });
    },
    ready: () => producer.ready(),
    flush: () => producer.flush(),
    close: (deadlineMs) => producer.close(deadlineMs),
    counters: () => producer.counters(),
  };
};

const timeOf = ({ time }: EmitOptions, clock: Clock): number => Math.floor(Number(time ?? clock.epochMs()));

const QUEUE_NAME = "freshet";

const ownPage = (): Page | undefined => (typeof document === "undefined" ? undefined : document);

const browserQueue = (): PersistentQueue =>
  typeof indexedDB === "object" ? indexedDbQueue(QUEUE_NAME, memoryQueue()) : memoryQueue();
