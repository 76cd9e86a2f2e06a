import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.js";
import {
  createProducer,
  type FlushReport,
  type Observation,
  type Outcome,
  type ProducerOptions,
  type SendResult,
  type Transport,
} from "./index.js";

interface World {
  readonly clock: Clock;
  readonly nowMs: () => number;
  readonly timers: () => number;
  readonly random: () => number;
  advance(toMs: number): Promise<void>;
  sleep(ms: number): Promise<void>;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const createWorld = (seed: number): World => {
  let nowMs = 0;
  let state = seed >>> 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const after = (ms: number, callback: () => void): (() => void) => {
    const timer = { atMs: nowMs + ms, callback };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  return {
    clock: { epochMs: () => 1_700_000_000_000 + nowMs, elapsedMs: () => nowMs, after },
    nowMs: () => nowMs,
    timers: () => timers.size,
    random,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async advance(toMs) {
      for (;;) {
        await settled();
        let next: { readonly atMs: number; readonly callback: () => void } | null = null;
        for (const timer of timers) if (timer.atMs <= toMs && (!next || timer.atMs < next.atMs)) next = timer;
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = toMs;
    },
  };
};

const FAULTS = [
  "none",
  "partial",
  "throw",
  "throttle",
  "lostResponse",
  "hang",
  "slow",
  "tooLarge",
  "shortAnswer",
  "refused",
] as const;
type Fault = (typeof FAULTS)[number];

interface Server {
  readonly transport: Transport;
  readonly stored: Map<string, string>;
  readonly rejected: Set<string>;
  readonly met: Map<Fault, number>;
  differing: number;
}

/** Stores what it is sent, and misbehaves in every way that a network and a server can. */
const createServer = (world: World, weights: Readonly<Partial<Record<Fault, number>>>): Server => {
  const pick = (): Fault => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    let at = world.random() * total;
    for (const fault of FAULTS) {
      at -= weights[fault] ?? 0;
      if (at < 0) return fault;
    }
    return "none";
  };
  const server: Server = {
    stored: new Map(),
    rejected: new Set(),
    met: new Map(),
    differing: 0,
    transport: { send },
  };
  function keep(id: string, json: Uint8Array): void {
    const text = new TextDecoder().decode(json);
    if (server.stored.has(id) && server.stored.get(id) !== text) server.differing++;
    server.stored.set(id, text);
  }
  async function send(batch: Parameters<Transport["send"]>[0]): Promise<SendResult> {
    const fault = pick();
    server.met.set(fault, (server.met.get(fault) ?? 0) + 1);
    const storeAll = (): SendResult => {
      for (const { id, json } of batch.events) keep(id, json);
      return { kind: "results", results: batch.events.map(() => ({ kind: "stored" })) };
    };
    await world.sleep(world.random() * 20);
    switch (fault) {
      case "none":
        return storeAll();
      case "partial":
        return {
          kind: "results",
          results: batch.events.map(({ id, json }) => {
            const chance = world.random();
            if (chance < 0.2) {
              server.rejected.add(id);
              return { kind: "rejected", reason: "wrong_type", detail: "n: expected integer" };
            }
            if (chance < 0.5) return { kind: "retry", afterMs: chance < 0.3 ? 50 : null };
            keep(id, json);
            return { kind: "stored" };
          }),
        };
      case "throw":
        throw new Error("connection reset");
      case "throttle":
        return { kind: "retry", afterMs: world.random() < 0.5 ? 200 : null, detail: "slow down" };
      case "lostResponse":
        storeAll();
        throw new Error("socket hang up");
      case "hang":
        if (world.random() < 0.5) storeAll();
        return new Promise(() => {});
      case "slow":
        await world.sleep(world.random() * 3000);
        return storeAll();
      case "tooLarge":
        return batch.events.length > 3 ? { kind: "too_large", detail: "HTTP 413" } : storeAll();
      case "shortAnswer":
        storeAll();
        return { kind: "results", results: [] };
      case "refused":
        return { kind: "refused", detail: "HTTP 401" };
    }
  }
  return server;
};

interface Shop {
  order: { n: number; note: string };
}

const SETTINGS = {
  batchEventsMax: 10,
  batchBytesMax: 2000,
  flushAfterMs: 50,
  bufferEventsMax: 60,
  bufferBytesMax: 6000,
  inFlightBatchesMax: 3,
  deadlineMs: 4000,
  sendTimeoutMs: 1000,
  retryBaseMs: 20,
  retryMaxMs: 500,
} satisfies Partial<ProducerOptions>;

const start = (world: World, transport: Transport, more: Partial<ProducerOptions> = {}) =>
  createProducer<Shop>({
    transport,
    clock: world.clock,
    random: (into) => {
      for (let index = 0; index < into.length; index++) into[index] = world.random() * 256;
    },
    ...SETTINGS,
    ...more,
  });

const EVERY_FAULT: Record<Fault, number> = {
  none: 8,
  partial: 4,
  throw: 2,
  throttle: 2,
  lostResponse: 2,
  hang: 1,
  slow: 2,
  tooLarge: 1,
  shortAnswer: 1,
  refused: 0.3,
};

describe("a producer on a network that misbehaves", () => {
  const met = new Map<string, number>();
  const meet = (what: string): void => void met.set(what, (met.get(what) ?? 0) + 1);

  const run = async (seed: number): Promise<void> => {
    const world = createWorld(seed);
    const server = createServer(world, EVERY_FAULT);
    const observations: Observation[] = [];
    const producer = start(world, server.transport, { observe: (one) => observations.push(one) });
    const ends: { readonly outcome: Outcome; readonly afterMs: number; readonly polite: boolean }[] = [];
    let emitted = 0;
    let flushes = 0;
    const within = (): void => {
      const { waiting, waitingBytes } = producer.counters();
      expect(waiting).toBeLessThanOrEqual(SETTINGS.bufferEventsMax);
      expect(waitingBytes).toBeLessThanOrEqual(SETTINGS.bufferBytesMax);
    };
    const emit = (polite: boolean): void => {
      const atMs = world.nowMs();
      const note = "é".repeat(Math.floor(world.random() * 60));
      void producer.emit("order", { n: emitted++, note }).then((outcome) => {
        ends.push({ outcome, afterMs: world.nowMs() - atMs, polite });
        within();
      });
      within();
    };
    const loop = async (): Promise<void> => {
      for (let index = 0; index < 150; index++) {
        await producer.ready();
        emit(true);
        if (world.random() < 0.2) await world.sleep(world.random() * 100);
      }
    };
    const bursts = async (): Promise<void> => {
      for (let index = 0; index < 8; index++) {
        await world.sleep(world.random() * 1000);
        for (let count = world.random() * 40; count > 0; count--) emit(false);
        if (world.random() < 0.5) void producer.flush().then(() => flushes++);
      }
    };
    let report: FlushReport | null = null;
    void Promise.all([loop(), bursts()]).then(async () => {
      report = await producer.close(world.random() < 0.5 ? 500 : 60_000);
    });
    await world.advance(200_000);

    expect(report).not.toBeNull();
    expect(ends.length).toBe(emitted);
    expect(world.timers()).toBe(0);
    expect(server.differing).toBe(0);
    const total = { stored: 0, rejected: 0, failed: 0 };
    for (const { outcome, afterMs } of ends) {
      total[outcome.kind]++;
      meet(outcome.kind === "failed" ? outcome.reason : outcome.kind);
      expect(afterMs).toBeLessThanOrEqual(SETTINGS.deadlineMs);
      if (outcome.kind === "stored") expect(server.stored.has(outcome.id)).toBe(true);
      if (outcome.kind === "rejected") expect(server.rejected.has(outcome.id)).toBe(true);
      if (outcome.kind === "failed" && outcome.attempts === 0)
        expect(server.stored.has(outcome.id)).toBe(false);
      if (outcome.kind === "failed" && outcome.attempts > 0 && server.stored.has(outcome.id))
        meet("failed, yet stored");
    }
    const { waiting, waitingBytes, retriedEvents, sends, ...counted } = producer.counters();
    expect({ waiting, waitingBytes }).toEqual({ waiting: 0, waitingBytes: 0 });
    expect(counted).toEqual({ emitted, ...total });
    expect(observations.filter((one) => one.kind === "failed").length).toBe(total.failed);
    expect(observations.filter((one) => one.kind === "rejected").length).toBe(total.rejected);
    expect(sends).toBe([...server.met.values()].reduce((sum, count) => sum + count, 0));
    for (const [fault, count] of server.met)
      met.set(`fault ${fault}`, (met.get(`fault ${fault}`) ?? 0) + count);
    if (retriedEvents > 0) meet("retried");
    if (flushes > 0) meet("flushed");
    if ((report as FlushReport | null)?.notSent.some((one) => one.reason === "closed")) meet("close gave up");
  };

  it("gives every event one definite outcome, in time and within its memory, and loses nothing that was acknowledged", async () => {
    await fc.assert(fc.asyncProperty(fc.integer(), run), { numRuns: 40, seed: 20_260 });
    for (const fault of FAULTS) expect(met.get(`fault ${fault}`) ?? 0, fault).toBeGreaterThan(20);
    const others = [
      "stored",
      "rejected",
      "expired",
      "refused",
      "buffer_full",
      "closed",
      "failed, yet stored",
      "retried",
      "flushed",
      "close gave up",
    ];
    for (const what of others) expect(met.get(what) ?? 0, what).toBeGreaterThan(0);
  });
});

describe("a producer", () => {
  const run = async (weights: Partial<Record<Fault, number>>, more: Partial<ProducerOptions> = {}) => {
    const world = createWorld(7);
    const server = createServer(world, weights);
    return { world, server, producer: start(world, server.transport, more) };
  };

  it("sends a batch when it is full, or when its oldest event has waited long enough", async () => {
    const sizes: number[] = [];
    const world = createWorld(1);
    const transport: Transport = {
      async send(batch) {
        sizes.push(batch.events.length);
        return { kind: "results", results: batch.events.map(() => ({ kind: "stored" })) };
      },
    };
    const producer = start(world, transport);
    for (let n = 0; n < 13; n++) void producer.emit("order", { n, note: "" });
    await world.advance(49);
    expect(sizes).toEqual([10]);
    await world.advance(50);
    expect(sizes).toEqual([10, 3]);
  });

  it("keeps its deadline for events that wait behind a receiver that never answers", async () => {
    const { world, producer } = await run({ hang: 1 }, { inFlightBatchesMax: 1, sendTimeoutMs: 60_000 });
    const ends: Outcome[] = [];
    for (let n = 0; n < 25; n++) void producer.emit("order", { n, note: "" }).then((end) => ends.push(end));
    await world.advance(SETTINGS.deadlineMs);
    expect(ends.map((end) => end.kind === "failed" && end.reason)).toEqual(Array(25).fill("expired"));
    expect(ends.filter((end) => end.kind === "failed" && end.attempts === 0).length).toBe(15);
  });

  it("says at once that its buffer is full, and when there is room again", async () => {
    const { world, producer } = await run({ none: 1 });
    const ends: Outcome[] = [];
    for (let n = 0; n < 70; n++) void producer.emit("order", { n, note: "" }).then((end) => ends.push(end));
    let isReady = false;
    void producer.ready().then(() => {
      isReady = true;
    });
    await world.advance(0);
    expect(ends.map((end) => end.kind === "failed" && end.reason)).toEqual(
      Array(ends.length).fill("buffer_full"),
    );
    expect(ends.length).toBeGreaterThanOrEqual(10);
    expect(isReady).toBe(false);
    await world.advance(500);
    expect(isReady).toBe(true);
    expect(producer.counters().failed).toBe(ends.filter((end) => end.kind === "failed").length);
  });

  it("stamps id and time, once, and takes a copy of the fields", async () => {
    const { world, server, producer } = await run({ lostResponse: 1, none: 1 });
    const fields = { n: 1, note: "as emitted" };
    void producer.emit("order", fields);
    void producer.emit("order", { n: 2, note: "" }, { id: "mine", time: new Date("2024-02-29T12:00:00Z") });
    fields.note = "changed later";
    await world.advance(10_000);
    const events = [...server.stored.values()].map((text) => JSON.parse(text));
    expect(events[0]).toEqual({
      type: "order",
      id: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
      time: "2023-11-14T22:13:20.000Z",
      n: 1,
      note: "as emitted",
    });
    expect(events[1]).toEqual({
      type: "order",
      id: "mine",
      time: "2024-02-29T12:00:00.000Z",
      n: 2,
      note: "",
    });
  });

  it("rejects what cannot be sent, without sending it", async () => {
    const { world, server, producer } = await run({ none: 1 });
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const bad: [object, object, string][] = [
      [{ n: 1n }, {}, "malformed"],
      [circular, {}, "malformed"],
      [{ id: "not here" }, {}, "malformed"],
      [null as unknown as object, {}, "malformed"],
      [{ note: "x".repeat(3000) }, {}, "too_large"],
      [{}, { time: Number.NaN }, "out_of_range"],
      [{}, { time: 1e300 }, "out_of_range"],
    ];
    for (const [fields, options, reason] of bad) {
      expect(await producer.emit("order", fields as Shop["order"], options)).toMatchObject({
        kind: "rejected",
        reason,
      });
    }
    await world.advance(1000);
    expect(server.stored.size).toBe(0);
    expect(producer.counters()).toMatchObject({ emitted: bad.length, rejected: bad.length, sends: 0 });
  });

  it("refuses events after close, and close says what was not sent", async () => {
    const { world, producer } = await run({ hang: 1 });
    void producer.emit("order", { n: 1, note: "" }, { id: "stuck" });
    let report: FlushReport | null = null;
    void producer.close(300).then((done) => {
      report = done;
    });
    await world.advance(300);
    expect(report).toEqual({
      stored: 0,
      rejected: 0,
      notSent: [{ type: "order", id: "stuck", timeMs: 1_700_000_000_000, reason: "closed", attempts: 1 }],
    });
    expect(world.timers()).toBe(0);
    expect(await producer.emit("order", { n: 2, note: "" })).toMatchObject({
      kind: "failed",
      reason: "closed",
      attempts: 0,
    });
  });

  it("goes on when its observer throws", async () => {
    const world = createWorld(3);
    const server = createServer(world, { none: 1 });
    const thrown: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (cause) => thrown.push(cause));
    const producer = start(world, server.transport, {
      observe: () => {
        throw new Error("observer");
      },
    });
    const outcome = producer.emit("order", { n: 1, note: "" });
    await world.advance(1000);
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect((await outcome).kind).toBe("stored");
    expect(String(thrown[0])).toBe("Error: observer");
  });

  it("refuses settings that no batch fits in", () => {
    const { transport } = createServer(createWorld(1), { none: 1 });
    expect(() => createProducer({ transport, bufferBytesMax: 10 })).toThrow(
      "bufferBytesMax (10) holds less than batchBytesMax",
    );
    expect(() => createProducer({ transport, deadlineMs: Number.NaN })).toThrow(
      "deadlineMs: expected a number from 1 up, got NaN",
    );
  });
});
