import { revisionAt, type Schedule, SCHEDULE, tick } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { createMemoryLake, createMemoryLeases, createMemoryRecords } from "../world/memoryStores.sim.js";
import { createMemoryLog } from "../world/memoryLog.sim.js";
import { testApp } from "../world/testApp.sim.js";
import { createCoordinator } from "./coordinator.js";
import { advanceKnownThrough, publishApp, retireDefinitions } from "./publish.js";
import { createRuleBook } from "./ruleBook.js";

const NOW_MS = 1_700_000_000_000;
const NOW_TICK = NOW_MS / 1_000;
const log = createMemoryLog({
  shards: 1,
  segmentMs: 1_000,
  segmentEventsMax: 9,
  horizonTicks: 9,
  now: () => NOW_MS,
  step: () => 1,
});
const storedIn = async (records: ReturnType<typeof createMemoryRecords>): Promise<Schedule> =>
  (await records.get<Schedule>(SCHEDULE))!.value;

describe("publishing an app", () => {
  it("makes the first revision hold from before every tick, so that a replay into the past is judged by it", async () => {
    const records = createMemoryRecords();
    expect(await publishApp(records, log, testApp(1), NOW_MS)).toBe(1);
    const schedule = await storedIn(records);
    expect(revisionAt(schedule, tick(-1)).revision).toBe(1);
    expect(schedule.knownThrough).toBe(NOW_TICK);
  });

  it("changes nothing for an equal app, whatever the order of its properties", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    const before = await records.get(SCHEDULE);
    const turned = Object.fromEntries(Object.entries(testApp(1)).reverse()) as unknown as ReturnType<
      typeof testApp
    >;
    expect(await publishApp(records, log, turned, NOW_MS + 5_000)).toBe(1);
    expect(await records.get(SCHEDULE)).toEqual(before);
  });

  it("takes effect after knownThrough: no tick that a worker may have folded changes its rules", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    await advanceKnownThrough(records, tick(NOW_TICK + 20));
    expect(await publishApp(records, log, testApp(2), NOW_MS)).toBe(2);
    const schedule = await storedIn(records);
    expect(revisionAt(schedule, tick(NOW_TICK + 20)).revision).toBe(1);
    expect(revisionAt(schedule, tick(NOW_TICK + 21)).revision).toBe(2);
  });

  it("replaces a revision that no tick has reached, under a new number", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    await publishApp(records, log, testApp(2), NOW_MS);
    expect(await publishApp(records, log, testApp(1), NOW_MS)).toBe(3);
    expect((await storedIn(records)).revisions.map(({ revision }) => revision)).toEqual([1, 3]);
  });

  it("folds a changed definition beside its successor, until it is retired", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1, 5), NOW_MS);
    await advanceKnownThrough(records, tick(NOW_TICK + 1));
    expect(await publishApp(records, log, testApp(1, 6), NOW_MS)).toBe(2);
    expect(await publishApp(records, log, testApp(1, 6), NOW_MS)).toBe(2);
    const [old, both] = (await storedIn(records)).revisions.map(({ app }) => app);
    expect(both?.outgoing).toEqual(old?.metrics.map(({ hash }) => hash));
    await advanceKnownThrough(records, tick(NOW_TICK + 2));
    await retireDefinitions(records, new Set(["of another app"]));
    expect((await storedIn(records)).revisions).toHaveLength(2);
    await retireDefinitions(records, new Set(both?.outgoing));
    expect((await storedIn(records)).revisions.at(-1)).toMatchObject({
      revision: 3,
      fromTick: NOW_TICK + 3,
      app: testApp(1, 6),
    });
    expect(await publishApp(records, log, testApp(1, 6), NOW_MS)).toBe(3);
  });

  it("is not lost when somebody else changes the schedule at the same time", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    const advances = Array.from({ length: 20 }, (_, index) =>
      advanceKnownThrough(records, tick(NOW_TICK + index)),
    );
    await Promise.all([...advances, publishApp(records, log, testApp(2), NOW_MS)]);
    const schedule = await storedIn(records);
    expect(schedule.revisions).toHaveLength(2);
    expect(schedule.knownThrough).toBe(NOW_TICK + 19);
  });
});

describe("the coordinator", () => {
  const options = { log, leases: createMemoryLeases(), owner: "o", aheadMs: 5_000, leaseTtlMs: 10_000 };

  it("keeps knownThrough a little ahead of now, with few writes", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    let nowMs = NOW_MS;
    const coordinator = createCoordinator({ ...options, records, now: () => nowMs });
    const { revision } = (await records.get(SCHEDULE))!;
    for (let step = 0; step < 100; step++) {
      nowMs += 250;
      await coordinator.tend();
      const ahead = (await storedIn(records)).knownThrough - nowMs / 1_000;
      expect(ahead).toBeGreaterThan(1);
      expect(ahead).toBeLessThanOrEqual(5);
    }
    expect((await records.get(SCHEDULE))!.revision - revision).toBeLessThan(15);
  });

  it("goes on to a tick that a worker waits at, as a virtual clock ahead of ours asks for", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    const coordinator = createCoordinator({ ...options, records, now: () => NOW_MS });
    expect(coordinator.ask(tick(NOW_TICK + 1_000))).toBe(true);
    expect(coordinator.ask(tick(NOW_TICK + 1_000))).toBe(false);
    await coordinator.tend();
    expect((await storedIn(records)).knownThrough).toBeGreaterThanOrEqual(NOW_TICK + 1_000);
  });

  it("leaves it to whoever holds the lease", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    const by = { name: "coordinator", owner: "other", expiresMs: 0, pid: null };
    const leases = { ...options.leases, acquire: async () => ({ kind: "taken" as const, by }) };
    await createCoordinator({ ...options, leases, records, now: () => NOW_MS + 60_000 }).tend();
    expect((await storedIn(records)).knownThrough).toBe(NOW_TICK);
  });
});

describe("the rule book", () => {
  it("gives ticks of equal rules one judge, and none beyond knownThrough", async () => {
    const records = createMemoryRecords();
    await publishApp(records, log, testApp(1), NOW_MS);
    await publishApp(records, log, testApp(2), NOW_MS);
    await advanceKnownThrough(records, tick(NOW_TICK + 10));
    const rules = createRuleBook(records, createMemoryLake());
    expect(rules.judgeAt(tick(5))).toBeNull();
    expect(await rules.prepare(tick(5))).toBe(true);
    expect(rules.judgeAt(tick(NOW_TICK))).toBe(rules.judgeAt(tick(5)));
    expect(rules.judgeAt(tick(NOW_TICK + 1))).toBeNull();
    expect(await rules.prepare(tick(NOW_TICK + 1))).toBe(true);
    expect(rules.judgeAt(tick(NOW_TICK + 1))).toMatchObject({ revision: 2 });
    expect(rules.judgeAt(tick(5))).toMatchObject({ revision: 1 });
    expect(await rules.prepare(tick(NOW_TICK + 11))).toBe(false);
    expect(rules.judgeAt(tick(NOW_TICK + 11))).toBeNull();
  });

  it("uses the lookup version that the schedule gives the tick", async () => {
    const records = createMemoryRecords();
    const lake = createMemoryLake();
    await publishApp(records, log, testApp(1), NOW_MS);
    await lake.put("lookups/a.json", Buffer.from('{"k":"v","__proto__":"p"}'));
    const stored = (await records.get<Schedule>(SCHEDULE))!;
    const lookups = [{ lookup: "cluster", fromTick: tick(NOW_TICK - 5), path: "lookups/a.json" }];
    await records.replace(SCHEDULE, stored.revision, { ...stored.value, lookups });
    const rules = createRuleBook(records, lake);
    for (const at of [NOW_TICK - 6, NOW_TICK - 5, NOW_TICK]) await rules.prepare(tick(at));
    expect(rules.judgeAt(tick(NOW_TICK - 6))).not.toBe(rules.judgeAt(tick(NOW_TICK - 5)));
    expect(rules.judgeAt(tick(NOW_TICK - 5))).toBe(rules.judgeAt(tick(NOW_TICK)));
  });
});
