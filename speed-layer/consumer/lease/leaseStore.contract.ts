import { describe, expect, it } from "vitest";
import { checkpointAt, LATEST, SHARD_END, TRIM_HORIZON } from "./checkpoint.js";
import { type Lease, newLease } from "./lease.js";
import type { LeaseStore } from "./store.js";

const HASH_RANGE = { first: 0n, last: (1n << 128n) - 1n };

const aLease = (shard: string, fields: Partial<Lease> = {}): Lease => ({
  ...newLease(shard, { checkpoint: TRIM_HORIZON, parents: [], hashRange: HASH_RANGE }),
  ...fields,
});

const at = (sequence: bigint, subsequence = 0) => checkpointAt({ sequence: `${sequence}`, subsequence });

/** What every place for leases must do. `open` gives an empty one. */
export const leaseStoreContract = (name: string, open: () => Promise<LeaseStore>): void => {
  describe(`${name} keeps leases as their contract says`, () => {
    it("gives back every field of a lease as it was written", async () => {
      const store = await open();
      const leases = [
        aLease("shardId-1"),
        aLease("shardId-2", { checkpoint: LATEST, startMs: 1_795_247_998_600, hashRange: null }),
        aLease("shardId-3", {
          checkpoint: at(49_680_422_047_735_114_643_071_502_267_560_672_808_577_178_087_546_945_538n, 7),
          owner: "a",
          checkpointOwner: "b",
          counter: 2 ** 40,
          ownerSwitches: 3,
          parents: ["shardId-1", "shardId-2"],
          children: ["shardId-4"],
        }),
        aLease("shardId-4", { checkpoint: SHARD_END, parents: ["shardId-3"] }),
      ];
      for (const lease of leases) expect(await store.create(lease)).toBe(true);
      expect([...(await store.list(true))].sort((a, b) => (a.shard < b.shard ? -1 : 1))).toEqual(leases);
      for (const lease of leases) expect(await store.read(lease.shard)).toEqual(lease);
      expect(await store.read("shardId-5")).toBeNull();
    });

    it("creates a lease once", async () => {
      const store = await open();
      const created = await Promise.all(["a", "b", "c"].map((owner) => store.create(aLease("s", { owner }))));
      expect(created.filter(Boolean)).toHaveLength(1);
    });

    it("changes what is asked and leaves the rest", async () => {
      const store = await open();
      const lease = aLease("s", { parents: ["p"], ownerSwitches: 1 });
      await store.create(lease);
      const taken = await store.change(lease, { raisesCounter: true, owner: "a", ownerSwitches: 2 });
      const expected = { ...lease, owner: "a", ownerSwitches: 2, counter: 1 };
      expect(taken).toEqual({ kind: "changed", lease: expected });
      const checkpoint = at(1n << 100n, 12);
      await store.change(expected, { raisesCounter: true, checkpoint, children: ["c", "d"] });
      expect(await store.read("s")).toEqual({ ...expected, counter: 2, checkpoint, children: ["c", "d"] });
    });

    it("hands a lease over: asked for without a new counter, let go of with one", async () => {
      const store = await open();
      const lease = aLease("s", { owner: "a", counter: 5 });
      await store.create(lease);
      const asked = { ...lease, owner: "b", checkpointOwner: "a" };
      expect(await store.change(lease, { raisesCounter: false, owner: "b", checkpointOwner: "a" })).toEqual({
        kind: "changed",
        lease: asked,
      });
      expect(await store.change(lease, { raisesCounter: true })).toEqual({
        kind: "refused",
        standing: asked,
      });
      await store.change(asked, { raisesCounter: true, checkpointOwner: null });
      expect(await store.read("s")).toEqual({ ...lease, owner: "b", counter: 6 });
    });

    it("refuses who saw another counter, owner or checkpoint owner, and shows what stands", async () => {
      const store = await open();
      const lease = aLease("s", { owner: "a", checkpointOwner: "b", counter: 5 });
      await store.create(lease);
      const stale: readonly Lease[] = [
        { ...lease, counter: 4 },
        { ...lease, owner: "c" },
        { ...lease, owner: null },
        { ...lease, checkpointOwner: null },
        { ...lease, checkpointOwner: "a" },
      ];
      for (const seen of stale) {
        expect(await store.change(seen, { raisesCounter: true, owner: "z" })).toEqual({
          kind: "refused",
          standing: lease,
        });
        expect(await store.remove(seen)).toBe(false);
      }
      expect(await store.change(aLease("none"), { raisesCounter: true })).toEqual({
        kind: "refused",
        standing: null,
      });
      expect(await store.list(true)).toEqual([lease]);
    });

    it("lets one of many take a lease", async () => {
      const store = await open();
      const lease = aLease("s");
      await store.create(lease);
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          store.change(lease, { raisesCounter: true, owner: `w${index}` }),
        ),
      );
      expect(outcomes.filter(({ kind }) => kind === "changed")).toHaveLength(1);
      expect((await store.read("s"))?.counter).toBe(1);
    });

    it("removes a lease that is as it was seen", async () => {
      const store = await open();
      await store.create(aLease("s"));
      expect(await store.remove(aLease("s"))).toBe(true);
      expect(await store.list(true)).toEqual([]);
      expect(await store.remove(aLease("s"))).toBe(false);
    });

    it("lists many leases, over as many pages as they take", async () => {
      const store = await open();
      const names = Array.from({ length: 120 }, (_, index) => `shardId-${String(index).padStart(12, "0")}`);
      await Promise.all(names.map((shard) => store.create(aLease(shard, { parents: ["x".repeat(10_000)] }))));
      expect((await store.list(true)).map(({ shard }) => shard).sort()).toEqual(names);
    });
  });
};
