import { type ShardId, shardId } from "@freshet/model";
import type { Lease, Leases } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { checkpointAtBeginning, CHECKPOINTS, saveCheckpoint } from "../shard/checkpoint.js";
import { createMemoryLog } from "../world/memoryLog.sim.js";
import { createMemoryRecords } from "../world/memoryStores.sim.js";
import type { CrewHost } from "./host.js";
import { createSupervisor, shardLease, type Supervisor } from "./supervisor.js";

/** Notes what a crew is told. */
const aHost = (): CrewHost & { readonly shards: Set<ShardId> } => {
  const shards = new Set<ShardId>();
  return {
    shards,
    assign: ({ id }) => void shards.add(id),
    release: (shard) => void shards.delete(shard),
    stop: async () => undefined,
  };
};

const aWorld = (hosts: number) => {
  let nowMs = 0;
  const owners = new Map<string, string>();
  const leases: Leases = {
    async acquire(name, owner) {
      const by = owners.get(name);
      if (by && by !== owner) return { kind: "taken", by: { name, owner: by, expiresMs: 0, pid: null } };
      owners.set(name, owner);
      return { kind: "held" };
    },
    renew: async (name, owner) => owners.get(name) === owner,
    async release(name, owner) {
      if (owners.get(name) === owner) owners.delete(name);
    },
    list: async () => [],
  };
  const log = createMemoryLog({
    shards: 4,
    segmentMs: 1_000,
    segmentEventsMax: 9,
    horizonTicks: 9,
    now: () => nowMs,
    step: () => 1,
  });
  const crews = Array.from({ length: hosts }, aHost);
  const records = createMemoryRecords();
  const asked: string[] = [];
  const supervisor = createSupervisor({
    log,
    records: {
      ...records,
      get(name) {
        asked.push(name);
        return records.get(name);
      },
    },
    leases,
    owner: "me",
    now: () => nowMs,
    leaseTtlMs: 9_000,
    hosts: crews,
    isReplay: false,
  });
  return { log, owners, crews, records, asked, supervisor, pass: (ms: number) => void (nowMs += ms) };
};

const LEASE_TTL_MS = 9_000;

/** Leases that run out, as several processes see them. */
const sharedLeases = (now: () => number): Leases => {
  const standing = new Map<string, Lease>();
  const live = (name: string): Lease | undefined => {
    const lease = standing.get(name);
    return lease && lease.expiresMs > now() ? lease : undefined;
  };
  const grant = (name: string, owner: string, ttlMs: number): void =>
    void standing.set(name, { name, owner, expiresMs: now() + ttlMs, pid: null });
  return {
    async acquire(name, owner, ttlMs) {
      const by = live(name);
      if (by && by.owner !== owner) return { kind: "taken", by };
      grant(name, owner, ttlMs);
      return { kind: "held" };
    },
    async renew(name, owner, ttlMs) {
      const isOurs = standing.get(name)?.owner === owner;
      if (isOurs) grant(name, owner, ttlMs);
      return isOurs;
    },
    async release(name, owner) {
      if (standing.get(name)?.owner === owner) standing.delete(name);
    },
    list: async () => [...standing.values()],
  };
};

/** Supervisors of several processes over the same shards. */
const processesOn = (shards: number) => {
  let nowMs = 0;
  const now = (): number => nowMs;
  const log = createMemoryLog({
    shards,
    segmentMs: 1_000,
    segmentEventsMax: 9,
    horizonTicks: 9,
    now,
    step: () => 1,
  });
  const leases = sharedLeases(now);
  const records = createMemoryRecords();
  const working: { readonly host: CrewHost; readonly supervisor: Supervisor }[] = [];
  return {
    working,
    hire(): void {
      const host = aHost();
      const owner = `p${working.length}`;
      const role = { log, records, leases, owner, now, leaseTtlMs: LEASE_TTL_MS };
      working.push({ host, supervisor: createSupervisor({ ...role, hosts: [host], isReplay: false }) });
    },
    async pass(ms: number): Promise<void> {
      for (const end = nowMs + ms; nowMs < end; nowMs += 250)
        for (const { supervisor } of working) await supervisor.tend();
    },
    held: (): readonly number[] => working.map(({ host }) => host.shards.size),
  };
};

describe("supervisors of several processes", () => {
  it("share the shards, whenever one comes or goes", async () => {
    const world = processesOn(7);
    world.hire();
    await world.pass(1_000);
    expect(world.held()).toEqual([7]);
    world.hire();
    await world.pass(LEASE_TTL_MS * 2);
    expect(world.held()).toEqual([4, 3]);
    world.hire();
    await world.pass(LEASE_TTL_MS * 2);
    expect(world.held().reduce((sum, count) => sum + count)).toBe(7);
    expect(Math.max(...world.held())).toBe(3);
    expect(Math.min(...world.held())).toBeGreaterThan(0);
    world.working.splice(0, 1);
    await world.pass(LEASE_TTL_MS * 2);
    expect(world.held().toSorted((a, b) => a - b)).toEqual([3, 4]);
    await world.working.pop()?.supervisor.release();
    await world.pass(LEASE_TTL_MS);
    expect(world.held()).toEqual([7]);
  });

  it("leave shards where they are when all have their share, and do not hand them to and fro", async () => {
    const world = processesOn(4);
    for (let hired = 0; hired < 3; hired++) world.hire();
    await world.pass(LEASE_TTL_MS * 3);
    const shards = world.working.map(({ host }) => [...host.shards]);
    await world.pass(LEASE_TTL_MS * 10);
    expect(world.working.map(({ host }) => [...host.shards])).toEqual(shards);
    expect(shards.flat()).toHaveLength(4);
  });

  it("take all that a dead one had within a lease's time and its third", async () => {
    const world = processesOn(6);
    world.hire();
    world.hire();
    await world.pass(LEASE_TTL_MS * 2);
    world.working.splice(0, 1);
    await world.pass(LEASE_TTL_MS + LEASE_TTL_MS / 3 + 500);
    expect(world.held()).toEqual([6]);
  });
});

describe("the supervisor", () => {
  it("spreads shards over the crews, each under a lease", async () => {
    const { crews, supervisor, owners } = aWorld(2);
    await supervisor.tend();
    expect(crews.map(({ shards }) => shards.size)).toEqual([2, 2]);
    expect([...owners.values()]).toEqual(["me", "me", "me", "me"]);
    await supervisor.release();
    expect(owners.size).toBe(0);
  });

  it("leaves a shard that another process holds, and takes it when it is free", async () => {
    const { crews, supervisor, owners, log } = aWorld(1);
    const [shard] = log.open as [ShardId];
    owners.set(shardLease(shard), "other");
    await supervisor.tend();
    expect(crews[0]?.shards.has(shard)).toBe(false);
    owners.delete(shardLease(shard));
    await supervisor.tend();
    expect(crews[0]?.shards.has(shard)).toBe(true);
  });

  it("gives up a shard whose lease it has lost", async () => {
    const { crews, supervisor, owners, log, pass } = aWorld(1);
    const [shard] = log.open as [ShardId];
    await supervisor.tend();
    owners.set(shardLease(shard), "thief");
    pass(4_000);
    await supervisor.tend();
    expect(crews[0]?.shards.has(shard)).toBe(false);
    expect(crews[0]?.shards.size).toBe(3);
  });

  it("asks for the checkpoints of closed shards alone, and of each until it has ended", async () => {
    const { crews, supervisor, owners, log, records, asked } = aWorld(1);
    const [a] = log.open as [ShardId];
    owners.set(shardLease(a), "other");
    await supervisor.tend();
    expect(asked).toEqual([]);
    const [child] = log.reshard([a], 1) as [ShardId];
    await supervisor.tend();
    expect(crews[0]?.shards.has(child)).toBe(false);
    const beginning = checkpointAtBeginning(log.identity.id, a, -1);
    await saveCheckpoint(records, { ...beginning, ended: { children: [child] } });
    for (let again = 0; again < 3; again++) await supervisor.tend();
    expect(crews[0]?.shards.has(child)).toBe(true);
    expect(asked).toEqual([CHECKPOINTS + a, CHECKPOINTS + a]);
  });

  it("starts children once all their parents have ended, and a shard with a defect never again", async () => {
    const { crews, supervisor, log } = aWorld(2);
    const [a, b, c] = log.open as [ShardId, ShardId, ShardId];
    await supervisor.tend();
    const [child] = log.reshard([a, b], 1) as [ShardId];
    const running = () => crews.flatMap(({ shards }) => [...shards]);
    await supervisor.shardEnded(a);
    await supervisor.tend();
    expect(running()).not.toContain(child);
    await supervisor.shardEnded(b);
    await supervisor.tend();
    expect(running()).toContain(child);
    expect(running()).not.toContain(a);
    supervisor.shardStopped(c);
    for (const { shards } of crews) shards.delete(c);
    await supervisor.tend();
    expect(running()).not.toContain(c);
    expect(running()).not.toContain(shardId("nobody"));
  });
});
