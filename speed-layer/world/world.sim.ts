import type { SegmentRecord, ShardId } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { SpeedReport } from "../report.js";
import { createCoordinator } from "../schedule/coordinator.js";
import { publishApp } from "../schedule/publish.js";
import { createRuleBook } from "../schedule/ruleBook.js";
import { DEFAULT_SETTINGS, type SpeedSettings } from "../settings.js";
import { startable } from "../shard/ancestors.js";
import { loadCheckpoints } from "../shard/checkpoint.js";
import type { RuleBook } from "../shard/rules.js";
import { type Crew, createCrew } from "../worker/crew.js";
import { createDice, type Dice } from "./dice.sim.js";
import { makeEvent, toBytes, toRecord, type WorldEvent } from "./events.sim.js";
import { Crash, type Faults, withFaults } from "./faultyStores.sim.js";
import { createMemoryLog, type MemoryLog } from "./memoryLog.sim.js";
import {
  createMemoryDeadLetters,
  createMemoryIncrements,
  createMemoryLake,
  createMemoryLeases,
  createMemoryRecords,
  type MemoryDeadLetters,
  type MemoryIncrements,
} from "./memoryStores.sim.js";
import { testApp } from "./testApp.sim.js";

export const SEGMENT_MS = 1_000;
export const HORIZON_TICKS = 8;
const START_MS = 1_700_000_000_000;
const STEPS = 120;
const CALM_STEPS_MAX = 400;
const SHARDS_MAX = 9;
const HESITATION = 0.1;

export const WORLD_SETTINGS: SpeedSettings = {
  ...DEFAULT_SETTINGS,
  flushAfterMs: 700,
  heartbeatAfterMs: 6_000,
  scheduleAheadMs: 4_000,
  readRecordsMax: 7,
  pendingSegmentsMax: 5,
  inlineBytesMax: 100,
  fuse: null,
};

/** Rules left out on purpose, to show that the world notices. */
export interface Mistakes {
  readonly increments?: (increments: MemoryIncrements) => MemoryIncrements;
  readonly records?: (records: Records) => Records;
  readonly rules?: (rules: RuleBook, records: Records) => RuleBook;
}

export interface World {
  readonly log: MemoryLog;
  readonly increments: MemoryIncrements;
  readonly records: Records;
  readonly lake: ReturnType<typeof createMemoryLake>;
  readonly deadLetters: MemoryDeadLetters;
  /** By sequence, what each record holds. */
  readonly events: ReadonlyMap<string, readonly WorldEvent[]>;
  readonly reports: readonly SpeedReport[];
  /** Every body ever written, by shard, key, and last sequence: hashes. */
  readonly bodies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly met: { crashes: number; thefts: number; reshards: number; late: number; writes: number };
  readonly settled: boolean;
  now(): number;
}

interface Member {
  readonly crew: Crew;
  readonly faults: Faults;
}

/** Runs a world of random events, crashes, thefts, reshards and a deploy, then calms down until all is folded. */
export const runWorld = async (seed: number, mistakes: Mistakes = {}): Promise<World> => {
  const dice = createDice(seed);
  const hesitation = createDice(-seed);
  let nowMs = START_MS;
  const now = (): number => nowMs;
  const log = createMemoryLog({
    shards: 2,
    segmentMs: SEGMENT_MS,
    segmentEventsMax: 6,
    horizonTicks: HORIZON_TICKS,
    now,
    step: () => 1 + dice.integer(3),
    hesitates: () => hesitation.chance(HESITATION),
  });
  const increments = (mistakes.increments ?? ((one) => one))(createMemoryIncrements());
  const records = (mistakes.records ?? ((one) => one))(createMemoryRecords());
  const lake = createMemoryLake();
  const deadLetters = createMemoryDeadLetters();
  const events = new Map<string, readonly WorldEvent[]>();
  const reports: SpeedReport[] = [];
  const bodies = new Map<string, Set<string>>();
  const met = { crashes: 0, thefts: 0, reshards: 0, late: 0, writes: 0 };
  const recent: WorldEvent[] = [];
  let made = 0;
  let writers = 0;

  const noteBody = (record: SegmentRecord): void => {
    const name = `${record.shard}/${record.tick}.${record.ordinal}/${record.lastSequence}`;
    bodies.set(
      name,
      (bodies.get(name) ?? new Set()).add(`${record.bodyHash} ${JSON.stringify(record.counts)}`),
    );
  };
  const noted: MemoryIncrements = {
    ...increments,
    writeSegment(record) {
      noteBody(record);
      return increments.writeSegment(record);
    },
  };
  const newMember = (): Member => {
    const { stores, faults } = withFaults({ increments: noted, records, lake, deadLetters }, dice);
    const rules = createRuleBook(records, lake);
    const crew = createCrew({
      ...stores,
      log,
      rules: mistakes.rules ? mistakes.rules(rules, records) : rules,
      settings: WORLD_SETTINGS,
      now,
      report: (report) => {
        reports.push(report);
        if (report.kind === "blocked") coordinator.ask(report.tick);
      },
      writer: `w${writers++}`,
      replayFrom: null,
    });
    return { crew, faults };
  };
  const coordinator = createCoordinator({
    log,
    records,
    leases: createMemoryLeases(),
    owner: "world",
    now,
    aheadMs: WORLD_SETTINGS.scheduleAheadMs,
    leaseTtlMs: 10_000,
  });
  await publishApp(records, log, testApp(1), nowMs);

  const produce = (): void => {
    for (let left = dice.pick([0, 1, 2, 4]); left > 0; left--) {
      const held: WorldEvent[] = [];
      for (let more = dice.pick([1, 1, 2, 3]); more > 0; more--) {
        const again = recent.length > 0 && dice.chance(0.25);
        const event = again
          ? dice.pick(dice.chance(0.6) ? recent.slice(-6) : recent)
          : makeEvent(dice, made++, nowMs);
        if (!again) recent.push(event);
        if (nowMs - event.timeMs > 10_000) met.late++;
        held.push(event);
      }
      const home = log.open[(held[0] as WorldEvent).id.length % log.open.length] as ShardId;
      const shard = dice.chance(0.8) ? home : dice.pick(log.open);
      const stamp = nowMs + dice.pick([0, 0, 0, -900, -2_000, 800, dice.chance(0.1) ? 6_000 : 0]);
      const data = toRecord(held.map((event) => toBytes(event, dice)));
      events.set(log.put(shard, stamp, data), held);
    }
  };
  const reshard = (): void => {
    if (log.all.size >= SHARDS_MAX) return;
    const first = dice.pick(log.open);
    const others = log.open.filter((shard) => shard !== first);
    if (others.length > 0 && dice.chance(0.4)) log.reshard([first, dice.pick(others)], 1);
    else log.reshard([first], 2);
    met.reshards++;
  };

  const members: Member[] = [newMember(), newMember()];
  const stale: { readonly member: Member; readonly step: Promise<unknown> }[] = [];
  const swallow = (error: unknown): void => {
    if (!(error instanceof Crash)) throw error;
  };

  const assign = async (): Promise<void> => {
    const ended = new Set(
      [...(await loadCheckpoints(records, "world")).values()]
        .filter((one) => one.ended)
        .map(({ shard }) => shard),
    );
    const conflicted = new Set(reports.flatMap((one) => (one.kind === "conflict" ? [one.shard] : [])));
    for (const shard of startable(await log.shards(), ended)) {
      const owned = members.some(({ crew }) => crew.shards.includes(shard.id));
      if (!owned && !conflicted.has(shard.id)) await dice.pick(members).crew.assign(shard);
    }
  };
  const work = async (index: number): Promise<void> => {
    const member = members[index] as Member;
    try {
      for (let left = dice.pick([0, 1, 2, 5]); left > 0; left--) await member.crew.step();
    } catch (error) {
      swallow(error);
      met.crashes++;
      met.writes += member.faults.writes;
      members[index] = newMember();
    }
  };
  const steal = async (index: number): Promise<void> => {
    const member = members[index] as Member;
    member.faults.hold();
    const step = member.crew.flush().then(() => member.crew.step());
    stale.push({ member, step: step.catch(swallow) });
    members[index] = newMember();
    met.thefts++;
  };
  const wake = async (): Promise<void> => {
    const old = stale.shift();
    if (!old) return;
    old.member.faults.letGo();
    await old.step;
    for (let left = dice.integer(4); left > 0; left--) await old.member.crew.step().catch(swallow);
    met.writes += old.member.faults.writes;
  };

  const deployAt = 20 + dice.integer(40);
  for (let step = 0; step < STEPS; step++) {
    nowMs += dice.pick([100, 300, 700, 1_500]);
    produce();
    if (dice.chance(0.04)) reshard();
    if (step === deployAt) await publishApp(records, log, testApp(2), nowMs);
    if (dice.chance(0.8)) await coordinator.tend();
    await assign();
    for (const index of members.keys()) {
      if (dice.chance(0.06)) (members[index] as Member).faults.crashAfter(1 + dice.integer(12));
      if (dice.chance(0.04)) await steal(index);
      await assign();
      await work(index);
    }
    if (dice.chance(0.15)) await wake();
  }
  while (stale.length > 0) await wake();

  const isSettled = async (): Promise<boolean> => {
    const tips = await increments.tips();
    const checkpoints = await loadCheckpoints(records, "world");
    return [...log.all.values()].every(({ id, records: held, children }) => {
      if (children) return checkpoints.get(id)?.ended != null;
      const stored = increments.all(id);
      const last = held.at(-1)?.sequence ?? null;
      const finished = stored.filter((record) => record.finished).at(-1);
      return tips.get(id)?.lastSequence === last && finished !== undefined && events.size > 0;
    });
  };
  const last = newMember();
  members.splice(0, members.length, last);
  let settled = false;
  for (let step = 0; step < CALM_STEPS_MAX && !settled; step++) {
    nowMs += 500;
    await coordinator.tend();
    await assign();
    for (let more = true; more; ) more = await last.crew.step().catch(swallowMistake);
    settled = step > 40 && (await isSettled());
  }
  return { log, increments, records, lake, deadLetters, events, reports, bodies, met, settled, now };
};

/** A mistake put in on purpose may break an assertion of the worker itself: the world is not settled then. */
const swallowMistake = (): boolean => false;

export type { Dice };
