import { EMPTY_SHARD_TICK, type SegmentRecord } from "@freshet/model";
import { describe, expect, it } from "vitest";
import type { SpeedReport } from "../report.js";
import { advanceKnownThrough, publishApp } from "../schedule/publish.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { startable } from "../shard/ancestors.js";
import { type Crew, createCrew } from "../worker/crew.js";
import { createDice } from "./dice.sim.js";
import { Crash, withFaults } from "./faultyStores.sim.js";
import { createMemoryLog, type MemoryLog } from "./memoryLog.sim.js";
import {
  createMemoryDeadLetters,
  createMemoryIncrements,
  createMemoryLake,
  createMemoryRecords,
  type MemoryIncrements,
} from "./memoryStores.sim.js";
import { testApp } from "./testApp.sim.js";
import { HORIZON_TICKS, SEGMENT_MS, WORLD_SETTINGS } from "./world.sim.js";

const WORLDS = 40;
const STEPS = 60;

interface TrimmedWorld {
  readonly log: MemoryLog;
  readonly increments: MemoryIncrements;
  readonly reports: readonly SpeedReport[];
}

/** Workers that crash and fall behind a log whose oldest records keep going away. */
const runTrimmedWorld = async (seed: number): Promise<TrimmedWorld> => {
  const dice = createDice(seed);
  let nowMs = 1_700_000_000_000;
  const now = (): number => nowMs;
  const log = createMemoryLog({
    shards: 2,
    segmentMs: SEGMENT_MS,
    segmentEventsMax: 5,
    horizonTicks: HORIZON_TICKS,
    now,
    step: () => 1 + dice.integer(3),
  });
  const increments = createMemoryIncrements();
  const records = createMemoryRecords();
  const lake = createMemoryLake();
  const reports: SpeedReport[] = [];
  await publishApp(records, log, testApp(1), nowMs);
  let writers = 0;
  const newCrew = () => {
    const { stores, faults } = withFaults(
      { increments, records, lake, deadLetters: createMemoryDeadLetters() },
      dice,
    );
    const crew: Crew = createCrew({
      ...stores,
      log,
      rules: createRuleBook(records, lake),
      settings: WORLD_SETTINGS,
      now,
      report: (report) => reports.push(report),
      writer: `w${writers++}`,
      replayFrom: null,
    });
    return { crew, faults };
  };
  let member = newCrew();
  const work = async (steps: number): Promise<void> => {
    try {
      const ended = new Set(reports.flatMap((one) => (one.kind === "shard_ended" ? [one.shard] : [])));
      for (const shard of startable(await log.shards(), ended)) await member.crew.assign(shard);
      for (let left = steps; left > 0; left--) await member.crew.step();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      member = newCrew();
    }
  };
  let made = 0;
  for (let step = 0; step < STEPS; step++) {
    nowMs += dice.pick([50, 300, 900]);
    await advanceKnownThrough(records, (Math.floor(nowMs / SEGMENT_MS) + 10) as never);
    for (let left = dice.integer(5); left > 0; left--) {
      const event = { type: "hit", id: `e${made++}`, time: nowMs, page: "/", user: "u", amount: 1 };
      log.put(dice.pick(log.open), nowMs - dice.pick([0, 0, 5_000]), Buffer.from(JSON.stringify(event)));
    }
    if (dice.chance(0.15)) member.faults.crashAfter(1 + dice.integer(8));
    if (dice.chance(0.5)) await work(dice.integer(4));
    for (const shard of log.open) {
      if (dice.chance(0.12)) log.trim(shard, (log.all.get(shard)?.records.length ?? 0) - dice.integer(6));
    }
    if (step === STEPS - 10) {
      const [shard] = log.open;
      if (shard && dice.chance(0.5)) {
        log.reshard([shard], 1);
        if (dice.chance(0.5)) log.trim(shard, Number.POSITIVE_INFINITY);
      }
    }
  }
  for (let step = 0; step < 40; step++) {
    nowMs += 1_000;
    await advanceKnownThrough(records, (Math.floor(nowMs / SEGMENT_MS) + 10) as never);
    await work(4);
  }
  nowMs += WORLD_SETTINGS.flushAfterMs; // reads a heartbeat of the last step
  await work(2);
  return { log, increments, reports };
};

/** By sequence, how often a record of the log is folded, and how often it lies in a gap. */
const coverage = (stored: readonly SegmentRecord[], sequence: string): { folded: number; lost: number } => {
  const covering = stored.filter(({ lastSequence, previousSequence, firstSequence, gap }) =>
    gap
      ? sequence > (previousSequence ?? "") && (gap.until === null || sequence <= lastSequence)
      : firstSequence <= sequence && sequence <= lastSequence,
  );
  return {
    folded: covering.filter(({ gap }) => !gap).length,
    lost: covering.filter(({ gap }) => gap).length,
  };
};

describe("workers behind a trimmed log", () => {
  it("go on behind an explicit gap: every record is folded once or lies in one gap, and the chain never breaks", async () => {
    const met = { gaps: 0, lost: 0, foldedThenTrimmed: 0, ended: 0, lostToTheEnd: 0 };
    for (let seed = 1; seed <= WORLDS; seed++) {
      const { log, increments, reports } = await runTrimmedWorld(seed);
      expect(
        reports.filter(({ kind }) => kind === "conflict"),
        `seed ${seed}`,
      ).toEqual([]);
      for (const shard of log.all.values()) {
        const stored = increments.all(shard.id);
        let previous: string | null = null;
        for (const record of stored) {
          expect(record.previousSequence, `seed ${seed} ${shard.id} ${record.tick}`).toBe(previous);
          previous = record.lastSequence;
          if (record.gap) met.gaps++;
          if (record.gap && record.gap.until === null) met.lostToTheEnd++;
        }
        expect(
          stored.slice(0, -1).every(({ finished }) => finished),
          `seed ${seed}`,
        ).toBe(true);
        expect(stored.at(-1)?.ended ?? false, `seed ${seed} ${shard.id}`).toBe(shard.children !== null);
        if (stored.at(-1)?.ended) met.ended++;
        for (const parent of shard.parents) {
          const clockTick = increments.all(parent).at(-1)?.tick ?? EMPTY_SHARD_TICK;
          expect(stored[0]?.tick ?? clockTick, `seed ${seed} ${shard.id}`).toBeGreaterThanOrEqual(clockTick);
        }
        const counted = stored.reduce((sum, { counts }) => sum + counts.records, 0);
        let folded = 0;
        for (const [index, { sequence }] of shard.records.entries()) {
          const covered = coverage(stored, sequence);
          expect(covered.folded + covered.lost, `seed ${seed} ${shard.id} ${sequence}`).toBe(1);
          folded += covered.folded;
          met.lost += covered.lost;
          if (covered.folded > 0 && index < shard.trimmed) met.foldedThenTrimmed++;
          if (index >= shard.trimmed) expect(covered.folded).toBe(1);
        }
        expect(counted, `seed ${seed} ${shard.id}`).toBe(folded);
        expect(stored.every(({ tick }) => tick >= EMPTY_SHARD_TICK)).toBe(true);
      }
    }
    expect(met.gaps).toBeGreaterThan(WORLDS);
    expect(met.lost).toBeGreaterThan(WORLDS * 2);
    expect(met.foldedThenTrimmed).toBeGreaterThan(WORLDS * 5);
    expect(met.ended).toBeGreaterThan(WORLDS / 4);
    expect(met.lostToTheEnd).toBeGreaterThan(0);
  });
});
