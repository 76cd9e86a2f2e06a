import { describe, expect, it } from "vitest";
import { checkpointAt, SHARD_END, TRIM_HORIZON } from "../lease/checkpoint.js";
import { byShard, type Lease, newLease } from "../lease/lease.js";
import { DEFAULT_SETTINGS } from "../worker/settings.js";
import { audit, coversAll, HOLES_CONFIRMED_AFTER, NOTHING_AUDITED } from "./coverage.js";
import { beginningOf, type ListedShard, missingLeases } from "./newLeases.js";
import { nextExpiryMs, type Observations, observe } from "./observe.js";
import { type OwnershipAction, planOwnership } from "./ownership.js";
import { turnOf } from "./parents.js";
import { removableLeases } from "./removals.js";
import { planShardEnd } from "./shardEnd.js";

const ALL = { first: 0n, last: 2n ** 128n - 1n };
const LOW = { first: 0n, last: 2n ** 127n - 1n };
const HIGH = { first: 2n ** 127n, last: 2n ** 128n - 1n };
const AT = checkpointAt({ sequence: "17", subsequence: 0 });

const aLease = (shard: string, fields: Partial<Lease> = {}): Lease => ({
  ...newLease(shard, { checkpoint: TRIM_HORIZON, parents: [], hashRange: ALL }),
  ...fields,
});
const aShard = (id: string, parents: readonly string[] = [], hashRange = ALL): ListedShard => ({
  id,
  parents,
  hashRange,
  closed: false,
});
const { leaseMs, handOverMs } = DEFAULT_SETTINGS;
const seen = (leases: readonly Lease[], atMs = 0, before: Observations = new Map()) =>
  observe(before, leases, atMs);
const plan = (me: string, observations: Observations, nowMs: number, held: readonly string[] = []) =>
  planOwnership(
    { me, workable: [...observations.values()], held: new Set(held), nowMs, shuffled: (list) => list },
    DEFAULT_SETTINGS,
  );
const inWords = (actions: readonly OwnershipAction[]) =>
  actions.map((action) => [action.kind === "take" ? action.reason : "ask", action.lease.shard]);
const owned = (owner: string, count: number) =>
  Array.from({ length: count }, (_, index) => aLease(`${owner}${index}`, { owner }));

describe("plans", () => {
  it("C9: a child's turn comes after both parents; a missing one is asked for first", () => {
    const child = aLease("c", { parents: ["a", "b"] });
    const turn = (parents: readonly Lease[], past: readonly string[] = []) =>
      turnOf(child, byShard(parents), new Set(past));
    const ended = (shard: string) => aLease(shard, { checkpoint: SHARD_END });
    expect(turn([ended("a"), aLease("b", { checkpoint: AT })])).toBe("parentsAtWork");
    expect(turn([ended("a"), ended("b")])).toBe("come");
    expect(turn([ended("a")])).toBe("parentsUnknown");
    expect(turn([ended("a")], ["b"])).toBe("come");
    expect(turn([aLease("a")], ["b"])).toBe("parentsAtWork");
  });

  it("C10: a shard ends after its children have leases; a merged child waits for the other parent's lease", () => {
    const children = [
      { id: "c", parents: ["a"], hashRange: LOW },
      { id: "d", parents: ["a"], hashRange: HIGH },
    ];
    const ended = planShardEnd("a", children, byShard([aLease("c", { checkpoint: AT })]));
    expect(ended).toEqual({
      kind: "create",
      leases: [newLease("d", { checkpoint: TRIM_HORIZON, parents: ["a"], hashRange: HIGH })],
    });
    const merged = [{ id: "m", parents: ["a", "b"], hashRange: ALL }];
    expect(planShardEnd("a", merged, new Map())).toEqual({ kind: "sync" });
    expect(planShardEnd("a", merged, byShard([aLease("b")]))).toMatchObject({ kind: "create" });
    expect(planShardEnd("a", [], new Map())).toEqual({ kind: "create", leases: [] });
  });

  it("C11: a hole in the hash keys calls when it has been seen three times running", () => {
    expect(coversAll([aLease("a", { hashRange: LOW }), aLease("b", { hashRange: HIGH })])).toBe(true);
    expect(coversAll([aLease("a"), aLease("b", { hashRange: HIGH })])).toBe(true);
    expect(coversAll([aLease("a", { hashRange: LOW })])).toBe(false);
    expect(coversAll([aLease("a", { checkpoint: SHARD_END })])).toBe(false);
    expect(coversAll([aLease("a", { hashRange: null })])).toBe(false);
    expect(coversAll([])).toBe(false);
    let audited = NOTHING_AUDITED;
    const calls = Array.from(
      { length: 2 * HOLES_CONFIRMED_AFTER },
      () => (audited = audit(audited, [])).calls,
    );
    expect(calls).toEqual([false, false, true, false, false, true]);
    expect(audit(audited, [aLease("a")])).toEqual(NOTHING_AUDITED);
  });

  it("C12: a lease goes when its shard has ended and left the log, and its children have begun; it does not come again", () => {
    const rows = [
      aLease("a", { checkpoint: SHARD_END }),
      aLease("b", { checkpoint: SHARD_END, parents: ["a"] }),
      aLease("c", { parents: ["b"] }),
    ];
    const removable = (leases: readonly Lease[], listed: readonly string[]) =>
      removableLeases(leases, new Set(listed)).map(({ shard }) => shard);
    expect(removable(rows, ["a", "b", "c"])).toEqual([]);
    expect(removable(rows, ["c"])).toEqual(["a"]);
    expect(removable([...rows.slice(0, 2), aLease("c", { parents: ["b"], checkpoint: AT })], ["c"])).toEqual([
      "a",
      "b",
    ]);
    const beginning = { shards: new Set<string>(), checkpoint: TRIM_HORIZON, startMs: null };
    const listed = [aShard("a"), aShard("b", ["a"]), aShard("c", ["b"])];
    const begun = [aLease("c", { parents: ["b"], checkpoint: AT })];
    expect(missingLeases(listed, begun, beginning)).toEqual([]);
    expect(missingLeases(listed, [aLease("a", { checkpoint: SHARD_END }), ...begun], beginning)).toEqual([]);
  });

  it("C13: a lease has run out when this worker has seen it stand still for its time, whatever clocks say", () => {
    const lease = aLease("a", { owner: "x", counter: 5 });
    const first = seen([lease], 1_000);
    expect(inWords(plan("me", first, 1_000 + leaseMs - 1))).toEqual([]);
    expect(inWords(plan("me", first, 1_000 + leaseMs))).toEqual([["expired", "a"]]);
    const again = seen([{ ...lease, counter: 6 }], 9_000, first);
    expect(inWords(plan("me", again, 1_000 + leaseMs))).toEqual([]);
    expect(nextExpiryMs(again, 9_000, leaseMs)).toBe(9_000 + leaseMs);
    expect(seen([lease], 50_000, first).get("a")?.sinceMs).toBe(1_000);
  });

  it("C15: takes all that has run out in one go, in the balanced state too, and asks nobody meanwhile", () => {
    const dead = seen(owned("dead", 6));
    const all = seen(
      [...owned("dead", 6), ...owned("me", 3).map((lease) => ({ ...lease, counter: 1 }))],
      leaseMs,
      dead,
    );
    expect(
      inWords(plan("me", all, leaseMs, ["me0", "me1", "me2"])).filter(([kind]) => kind === "expired"),
    ).toHaveLength(6);
    const full = seen(owned("full", 9));
    expect(inWords(plan("me", full, 10)).map(([kind]) => kind)).toEqual(["ask", "ask"]);
    const mixed = seen([...owned("full", 9), aLease("free")]);
    expect(inWords(plan("me", mixed, 10))).toEqual([["free", "free"]]);
  });

  it("C15: workers that all ask at once come to rest with shares that differ by one at most", () => {
    for (let workers = 2; workers < 8; workers++) {
      for (const count of [1, 7, 32, 100]) {
        const names = Array.from({ length: workers }, (_, index) => `w${index}`);
        let rows: readonly Lease[] = Array.from({ length: count }, (_, index) =>
          aLease(`s${index}`, { owner: "w0" }),
        );
        let rounds = 0;
        for (let moved = true; moved && rounds < 200; rounds++) {
          const looked = seen(rows);
          const wishes = names.flatMap((me) => {
            const mine = rows.filter(({ owner }) => owner === me).map(({ shard }) => shard);
            return plan(me, looked, 0, mine).map(({ lease }) => [lease.shard, me] as const);
          });
          moved = wishes.length > 0;
          const given = new Map<string, string>();
          for (const [shard, me] of wishes) if (!given.has(shard)) given.set(shard, me);
          rows = rows.map((lease) => ({ ...lease, owner: given.get(lease.shard) ?? lease.owner }));
        }
        const shares = names.map((name) => rows.filter(({ owner }) => owner === name).length);
        expect(
          Math.max(...shares) - Math.min(...shares),
          `${workers} workers, ${count} shards: ${shares.join(" ")}`,
        ).toBeLessThanOrEqual(1);
        expect(rounds).toBeLessThan(60);
      }
    }
  });

  it("never takes a shard again whose handler still runs, though its row was made anew or has run out", () => {
    for (const lease of [aLease("a"), aLease("a", { owner: "me" }), aLease("a", { owner: "other" })]) {
      const observed = seen([lease]);
      expect(plan("me", observed, 100_000, ["a"])).toEqual([]);
      expect(plan("me", observed, 100_000)).toHaveLength(1);
    }
  });

  it("C16: a hand-over is waited for, forced after its time, and over when its holder is dead", () => {
    const lease = aLease("a", { owner: "me", checkpointOwner: "old", counter: 1 });
    let observed = seen([lease], 0);
    expect(inWords(plan("me", observed, 100))).toEqual([]);
    expect(inWords(plan("me", observed, leaseMs))).toEqual([["expired", "a"]]);
    for (let nowMs = 3_000; nowMs <= handOverMs; nowMs += 3_000) {
      observed = seen([{ ...lease, counter: nowMs }], nowMs, observed);
      expect(inWords(plan("me", observed, nowMs)).length).toBe(nowMs < handOverMs ? 0 : 1);
      expect(plan("other", observed, nowMs)).toEqual([]);
    }
    const letGo = seen([{ ...lease, checkpointOwner: null, counter: 9 }], 40_000, observed);
    expect(inWords(plan("me", letGo, 40_000))).toEqual([["own", "a"]]);
  });

  it("a new application begins where it is told; what it came from stays unread, what comes of it is read wholly", () => {
    const listed = [aShard("old"), aShard("now", ["old"]), aShard("next", ["now"])];
    const latest = { ...beginningOf([], { kind: "latest" }, 77), shards: new Set(["now"]) };
    expect(
      missingLeases(listed, [], latest).map(({ shard, checkpoint, startMs }) => [
        shard,
        checkpoint.kind,
        startMs,
      ]),
    ).toEqual([
      ["now", "latest", 77],
      ["next", "trimHorizon", null],
    ]);
    const oldest = { ...beginningOf([], { kind: "trimHorizon" }, 77), shards: new Set(["old"]) };
    expect(missingLeases(listed, [], oldest).map(({ shard }) => shard)).toEqual(["old", "now", "next"]);
    const begun = [aLease("now", { checkpoint: AT, startMs: 77, parents: ["old"] })];
    expect(
      missingLeases(listed, begun, {
        ...beginningOf(begun, { kind: "latest" }, 99),
        shards: new Set(["old"]),
      }),
    ).toEqual([newLease("next", { checkpoint: TRIM_HORIZON, parents: ["now"], hashRange: ALL })]);
    expect(beginningOf(begun, { kind: "latest" }, 99).startMs).toBe(77);
  });

  it("what is in the log and was not worked gets a lease, also where all between it and the leases has left the log", () => {
    const listed = [aShard("d", ["b", "c"]), aShard("m", ["d", "e"])];
    const standing = [
      aLease("a", { checkpoint: SHARD_END }),
      aLease("e", { checkpoint: SHARD_END }),
      aLease("m", { parents: ["d", "e"] }),
    ];
    const beginning = { ...beginningOf(standing, { kind: "trimHorizon" }, 0), shards: new Set<string>() };
    expect(missingLeases(listed, standing, beginning).map(({ shard }) => shard)).toEqual(["d"]);
    const begun = standing.map((lease) => (lease.shard === "m" ? { ...lease, checkpoint: AT } : lease));
    expect(missingLeases(listed, begun, beginning)).toEqual([]);
  });
});
