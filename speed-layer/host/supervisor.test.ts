import { type ShardId, shardId } from "@freshet/model";
import type { Leases } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { checkpointAtBeginning, CHECKPOINTS, saveCheckpoint } from "../shard/checkpoint.js";
import { createMemoryLog } from "../world/memoryLog.sim.js";
import { createMemoryRecords } from "../world/memoryStores.sim.js";
import type { CrewHost } from "./host.js";
import { createSupervisor, shardLease } from "./supervisor.js";

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
