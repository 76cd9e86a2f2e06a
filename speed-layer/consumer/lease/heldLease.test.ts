import { createVirtualClock, type VirtualClock } from "@freshet/simulators";
import { describe, expect, it } from "vitest";
import { memoryLeases } from "../testing/memoryLeases.js";
import { SHARD_END, TRIM_HORIZON } from "./checkpoint.js";
import { createHeldLease } from "./heldLease.js";
import { type Lease, newLease } from "./lease.js";
import type { LeaseStore } from "./store.js";

const LEASE_MS = 10_000;
const fresh = newLease("s", { checkpoint: TRIM_HORIZON, parents: [], hashRange: null });
const taken: Lease = { ...fresh, owner: "me", counter: 1 };
const at = (sequence: string) => ({ sequence, subsequence: 0 });

const aHeldLease = (wrap: (store: LeaseStore, clock: VirtualClock) => LeaseStore = (store) => store) => {
  const clock = createVirtualClock(0);
  const table = memoryLeases([taken]);
  const failures: unknown[] = [];
  const held = createHeldLease({
    store: wrap(table, clock),
    clock,
    leaseMs: LEASE_MS,
    me: "me",
    taken,
    sentMs: clock.elapsedMs(),
    onRenewalFailed: (error) => failures.push(error),
  });
  return { clock, table, held, failures, row: () => table.rows.get("s") };
};

describe("a held lease", () => {
  it("C6: writes only what is accepted, and nothing after another has taken it", async () => {
    const { table, held, row } = aHeldLease();
    expect(await held.flush()).toBe(true);
    expect(row()?.checkpoint).toEqual(TRIM_HORIZON);
    held.accept(at("20"));
    held.accept(at("3"));
    expect(await held.flush()).toBe(true);
    expect(row()?.checkpoint).toEqual({ kind: "at", position: at("20") });
    const stolen = { ...row()!, owner: "thief", counter: 9 };
    table.rows.set("s", stolen);
    held.accept(at("30"));
    expect(await held.flush()).toBe(false);
    expect(await held.end([])).toBe(false);
    await held.release();
    expect(row()).toEqual(stolen);
    expect(held.lost.reason).toBe("taken");
  });

  it("C14: is renewed each third of its time, and lost by the clock before anybody else may take it", async () => {
    let works = true;
    const { clock, held, failures, row } = aHeldLease((store) => ({
      ...store,
      change: (...asked) => (works ? store.change(...asked) : Promise.reject(new Error("no connection"))),
    }));
    await clock.advance(60_001);
    expect(row()?.counter).toBe(19);
    works = false;
    await clock.advance(LEASE_MS);
    expect(held.lost.aborted).toBe(true);
    expect(held.lost.reason).toBe("expired");
    expect(failures.length).toBeGreaterThan(3);
    expect(clock.waiting()).toBe(0);
  });

  it("C14: knows its own write again whose answer was lost, whatever it was, also when it was asked for meanwhile", async () => {
    type Held = ReturnType<typeof aHeldLease>["held"];
    const writes: readonly (readonly [string, (held: Held) => Promise<unknown>])[] = [
      ["flush", (held) => held.flush()],
      ["end", (held) => held.end(["c"])],
      ["release", (held) => held.release()],
    ];
    for (const [name, write] of writes)
      for (const isAsked of [false, true]) {
        let lose = true;
        const { table, held, row } = aHeldLease((store) => ({
          ...store,
          change: async (...asked) => {
            const outcome = await store.change(...asked);
            if (!lose) return outcome;
            lose = false;
            throw new Error("the response was lost");
          },
        }));
        held.accept(at("5"));
        await expect(write(held)).rejects.toThrow("the response was lost");
        const standing = row()!;
        if (isAsked && standing.owner === "me")
          table.rows.set("s", { ...standing, owner: "other", checkpointOwner: "me" });
        await write(held);
        expect(held.lost.aborted, name).toBe(false);
        expect(row()?.checkpoint, name).toEqual(
          name === "end" ? SHARD_END : { kind: "at", position: at("5") },
        );
        expect(held.asked.aborted, name).toBe(isAsked && name === "flush");
        expect(row()?.owner, name).toBe(name === "flush" ? (isAsked ? "other" : "me") : null);
      }
  });

  it("C16: goes on being renewed while it is asked for, and goes to who asked when it is released", async () => {
    const { clock, table, held, row } = aHeldLease();
    table.rows.set("s", { ...taken, owner: "other", checkpointOwner: "me" });
    await clock.advance(9_000);
    expect(held.asked.aborted).toBe(true);
    expect(row()).toMatchObject({ owner: "other", checkpointOwner: "me", counter: 3 });
    held.accept(at("5"));
    await held.release();
    expect(row()).toMatchObject({
      owner: "other",
      checkpointOwner: null,
      counter: 4,
      checkpoint: { kind: "at", position: at("5") },
    });
    expect(held.lost.aborted).toBe(false);
    await clock.advance(60_000);
    expect(row()?.counter).toBe(4);
  });
});
