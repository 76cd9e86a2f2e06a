import { count, defineApp, event, type EventsOf, metric, t } from "@freshet/model";
import { createProducer } from "@freshet/sdk";
import { eachOutcome, StorageError, type ShardLog } from "@freshet/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { order, readLog, shop, type TemporaryData, temporaryData } from "../fixtures.js";
import { OversizeEvent } from "./event.js";
import { createIntake, type Intake } from "./intake.js";
import { inProcessTransport } from "./inProcessTransport.js";

const NOW = "2026-03-01T00:00:00.000Z";
const anOrder = (overrides: object = {}): object => ({
  type: "order",
  id: "a",
  time: NOW,
  n: 1,
  ...overrides,
});

describe("the intake", () => {
  let data: TemporaryData;
  let intake: Intake;
  beforeEach(async () => {
    data = await temporaryData();
    intake = createIntake({ log: data.log, app: shop.document, now: () => Date.parse(NOW) });
  });
  afterEach(() => data.remove());

  it("gives every event a position, good or bad, and tells its sender which", async () => {
    const day = 86_400_000;
    const cases: readonly (readonly [object, string])[] = [
      [anOrder(), "stored"],
      [Buffer.from(JSON.stringify(anOrder({ id: "b" }))), "stored"],
      [anOrder({ id: "c", n: "1" }), "wrong_type"],
      [anOrder({ id: "d", n: null }), "missing_field"],
      [anOrder({ id: "e", type: "odrer" }), "unknown_type"],
      [anOrder({ id: "f", $version: 2 }), "unknown_version"],
      [anOrder({ id: "g", n: 2 ** 53 }), "out_of_range"],
      [anOrder({ id: "h", time: Date.parse(NOW) - 31 * day }), "time_out_of_bounds"],
      [anOrder({ id: "i", time: Date.parse(NOW) + 3_600_001 }), "time_out_of_bounds"],
      [anOrder({ id: "j", time: Date.parse(NOW) - 31 * day, $bounds: [32 * day, 0] }), "stored"],
      [anOrder({ id: "k", note: "x".repeat(3000) }), "too_large"],
      [new OversizeEvent(Buffer.from("{"), 5_000_000_000), "too_large"],
      [Buffer.from("not JSON"), "malformed"],
      [Buffer.from([0, 1]), "malformed"],
      [Buffer.from([0xf3, 0x89, 0x9a, 0xc2]), "malformed"],
      [Buffer.alloc(0), "malformed"],
    ];
    const outcomes = eachOutcome(
      await intake.accept(
        cases.map(([given]) => given),
        { trusted: true },
      ),
    );
    expect(outcomes.map((outcome) => (outcome.kind === "rejected" ? outcome.reason : outcome.kind))).toEqual(
      cases.map(([, expected]) => expected),
    );
    const content = await readLog(data.log);
    expect(content.events.length).toBe(cases.length - 2);
    expect(content.oversize.toSorted((a, b) => a - b)).toEqual([expect.any(Number), 2 ** 32 - 1]);
    expect(content.heartbeats).toEqual([]);
    const positions = new Set(content.events.map(({ shard, sequence }) => `${shard} ${sequence}`));
    for (const outcome of outcomes) {
      const known = outcome.kind === "rejected" && outcome.reason === "too_large";
      if (!known && outcome.kind !== "throttled" && outcome.kind !== "spooled")
        expect(positions).toContain(`${outcome.shard} ${outcome.sequence}`);
    }
  });

  it("puts copies of an event into one shard, the bad ones too", async () => {
    const copies = [
      anOrder({ id: "x".repeat(300) }),
      anOrder({ id: 5 }),
      Buffer.from("{"),
      anOrder({ note: "y".repeat(3000) }),
      anOrder(),
    ];
    const first = eachOutcome(await intake.accept(copies, { trusted: true }));
    const second = eachOutcome(await intake.accept(copies, { trusted: true }));
    const shards = (outcomes: typeof first): unknown[] =>
      outcomes.map((outcome) => "shard" in outcome && outcome.shard);
    expect(shards(second)).toEqual(shards(first));
  });

  it("partitions by the event's own expression, and by id where it is null", async () => {
    const visit = event("visit", { user: t.optional(t.string()) }, { partitionKey: (e) => e.user });
    const keyed = createIntake({
      log: data.log,
      app: defineApp({ events: [visit], metrics: [] }).document,
      now: () => Date.parse(NOW),
    });
    const visits = Array.from({ length: 40 }, (_, index) => ({
      type: "visit",
      id: String(index),
      time: NOW,
    }));
    const shards = async (given: readonly object[]): Promise<number> =>
      new Set(
        eachOutcome(await keyed.accept(given, { trusted: true })).map(
          (outcome) => "shard" in outcome && outcome.shard,
        ),
      ).size;
    expect(await shards(visits.map((one) => ({ ...one, user: "ada" })))).toBe(1);
    expect(await shards(visits)).toBe(3);
  });

  it("takes marks that widen the bounds from the trusted only, however they are spelt", async () => {
    const late = anOrder({ time: 0, $bounds: [1e13, 0], $trace: "00-1" });
    const spelt = Buffer.from(JSON.stringify(late).replace("$bounds", "\\u0024bounds"));
    const kinds = async (trusted: boolean): Promise<unknown[]> =>
      eachOutcome(await intake.accept([late, spelt], { trusted })).map((outcome) =>
        outcome.kind === "rejected" ? outcome.reason : outcome.kind,
      );
    expect(await kinds(false)).toEqual(["time_out_of_bounds", "time_out_of_bounds"]);
    expect(await kinds(true)).toEqual(["stored", "stored"]);
    const texts = (await readLog(data.log)).events.map(({ text }) => text);
    expect(texts.filter((text) => JSON.parse(text).$bounds !== undefined).length).toBe(2);
    expect(texts.every((text) => JSON.parse(text).$trace === "00-1")).toBe(true);
  });

  it("judges by the app that holds when events come", async () => {
    const refund = event("refund", { n: t.integer() });
    const both = defineApp({
      events: [order, refund],
      metrics: [metric("refunds", refund, { by: () => ({}), measures: () => ({ n: count() }) })],
    });
    let app = shop.document;
    const changing = createIntake({ log: data.log, app: () => app, now: () => Date.parse(NOW) });
    const send = async (): Promise<string> =>
      (await changing.accept([anOrder({ type: "refund" })], { trusted: true })).at(0).kind;
    expect(await send()).toBe("rejected");
    app = both.document;
    expect(await send()).toBe("stored");
  });

  it("stamps the virtual arrival that it is given, and judges times by it", async () => {
    const then = Date.parse("2015-01-01T00:00:00Z");
    const events = [anOrder({ time: then }), anOrder({ id: "b" })];
    const outcomes = await intake.accept(events, { trusted: true, arrivalMs: [then, then] as never });
    expect(eachOutcome(outcomes).map(({ kind }) => kind)).toEqual(["stored", "rejected"]);
    expect((await readLog(data.log)).events.map(({ arrivalMs }) => arrivalMs)).toEqual([then, then]);
  });

  it("says throttled, of good and bad events alike, for what the log did not take", async () => {
    const log: ShardLog = {
      ...data.log,
      appendSpans: async ({ count: entries }) => ({
        count: entries,
        areStored: false,
        at: () => ({ kind: "throttled", retryAfterMs: 9 }),
      }),
    };
    const throttled = createIntake({ log, app: shop.document, now: () => Date.parse(NOW) });
    const outcome = { kind: "throttled", retryAfterMs: 9 };
    const outcomes = await throttled.accept([anOrder(), anOrder({ n: "1" })], { trusted: true });
    expect(eachOutcome(outcomes)).toEqual([outcome, outcome]);
  });

  it("serves a producer in the same process", async () => {
    let failures = 2;
    const log: ShardLog = {
      ...data.log,
      appendSpans: (spans) =>
        failures-- > 0
          ? Promise.reject(new StorageError("full", "no space left"))
          : data.log.appendSpans(spans),
    };
    const flaky = createIntake({ log, app: shop.document, now: Date.now });
    const producer = createProducer<EventsOf<typeof shop>>({
      transport: inProcessTransport(flaky),
      flushAfterMs: 1,
      retryBaseMs: 1,
    });
    const outcomes = await Promise.all([
      producer.emit("order", { n: 1 }),
      producer.emit("order", { n: 0.5 }),
    ]);
    expect(outcomes).toMatchObject([{ kind: "stored" }, { kind: "rejected", reason: "wrong_type" }]);
    expect((await readLog(data.log)).events.length).toBe(2);
  });
});
