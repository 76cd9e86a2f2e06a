import {
  compareSegmentKeys,
  EMPTY_SHARD_TICK,
  epochMs,
  type SegmentRecord,
  sequenceNumber,
  shardId,
  tick,
} from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aCompacted, aSegment, aTip, SHARD } from "../testing/segments.js";
import type { IncrementStore } from "./port.js";

const at = (tickNumber: number, ordinal = 0) => ({ tick: tick(tickNumber), ordinal });
const through = (sequence: number) => ({ lastSequence: sequenceNumber(sequence) });
const finished = { finished: true } as const;

const BURSTS_MAX = 10;

/** How much the random and the concurrent test try; a server that is slow in a test gets less. */
export interface Effort {
  readonly histories: number;
  readonly burst: number;
}

/** What every store of increments must do. */
export const incrementsContract = (
  name: string,
  open: () => Promise<IncrementStore>,
  { histories, burst }: Effort = { histories: 150, burst: 400 },
): void => {
  describe(`${name} keep the increments' contract`, () => {
    it("gives back a segment record as it was written, inline body and all", async () => {
      const store = await open();
      const inline = aSegment({
        ...at(1),
        gap: { after: null, until: sequenceNumber(10) },
        newestTimeMs: null,
      });
      const pointer = aSegment({
        ...at(2),
        body: { kind: "object", path: "bodies/a-1", offset: 7, length: 9000 },
      });
      const empty = aSegment({
        ...at(3),
        body: { kind: "inline", bytes: new Uint8Array(0) },
        previousSequence: null,
      });
      for (const record of [inline, pointer, empty])
        expect(await store.writeSegment(record)).toEqual({ kind: "written" });
      const read = await store.segments(SHARD, null, 10);
      expect(read.map((record) => ({ ...record, body: { ...record.body } }))).toEqual(
        [inline, pointer, empty].map((record) => ({
          ...record,
          body:
            record.body.kind === "inline"
              ? { kind: "inline", bytes: Buffer.from(record.body.bytes) }
              : record.body,
        })),
      );
    });

    it("lets an open segment grow, finish, and be marked as its shard's last", async () => {
      const store = await open();
      const life = [
        aSegment({ ...through(12) }),
        aSegment({ ...through(20) }),
        aSegment({ ...through(20), ...finished }),
        aSegment({ ...through(20), ...finished, ended: true, children: [shardId("shardId-000000000007")] }),
      ];
      for (const record of life) expect(await store.writeSegment(record)).toEqual({ kind: "written" });
      expect(await store.segments(SHARD, null, 10)).toMatchObject([
        { finished: true, ended: true, children: ["shardId-000000000007"] },
      ]);
    });

    it("takes a stale worker's shorter or equal write for no error, and keeps what stands", async () => {
      const store = await open();
      await store.writeSegment(aSegment(through(20)));
      for (const record of [aSegment(through(15)), aSegment(through(20))]) {
        expect(await store.writeSegment(record)).toMatchObject({ kind: "standing", record: through(20) });
      }
      await store.writeSegment(aSegment({ ...through(20), ...finished }));
      for (const record of [
        aSegment(through(15)),
        aSegment(through(20)),
        aSegment({ ...through(20), ...finished }),
      ]) {
        expect(await store.writeSegment(record)).toMatchObject({ kind: "standing", record: finished });
      }
    });

    it("calls a write that contradicts what is finished a conflict, and changes nothing", async () => {
      const store = await open();
      await store.writeSegment(aSegment({ ...through(20), ...finished }));
      const contradictions = [
        aSegment({ ...through(21) }),
        aSegment({ ...through(21), ...finished }),
        aSegment({ ...through(19), ...finished }),
        aSegment({ ...through(20), ...finished, bodyHash: "cd".repeat(32) }),
        aSegment({ ...through(20), bodyHash: "cd".repeat(32) }),
        aSegment({ ...through(20), ...finished, firstSequence: sequenceNumber(11) }),
      ];
      for (const record of contradictions) {
        expect(await store.writeSegment(record)).toMatchObject({
          kind: "conflict",
          record: { ...through(20), finished: true },
        });
      }
      await store.writeSegment(aSegment({ ...at(5), ...through(20) }));
      expect(await store.writeSegment(aSegment({ ...at(5), ...through(15), ...finished }))).toMatchObject({
        kind: "conflict",
      });
      expect((await store.segments(SHARD, null, 10)).map((record) => record.lastSequence)).toEqual([
        sequenceNumber(20),
        sequenceNumber(20),
      ]);
    });

    it("ends with the longest of a segment's writes, in whatever order they come, and never calls that a conflict", async () => {
      const seen = { refused: 0, finished: 0 };
      const history = fc
        .record({
          lengths: fc.uniqueArray(fc.integer({ min: 10, max: 60 }), { minLength: 1, maxLength: 6 }),
          ended: fc.boolean(),
        })
        .map(({ lengths, ended }) => {
          const sorted = [...lengths].sort((a, b) => a - b);
          const grown = sorted.map((length) =>
            aSegment({ ...through(length), bodyHash: `hash of ${length}` }),
          );
          const last = grown.at(-1) as SegmentRecord;
          return [...grown, { ...last, ...finished }, ...(ended ? [{ ...last, ...finished, ended }] : [])];
        });
      const delivered = history.chain((life) =>
        fc.array(fc.nat(life.length - 1), { minLength: 1, maxLength: 15 }).map((order) => ({ life, order })),
      );
      let segment = 0;
      const store = await open();
      await fc.assert(
        fc.asyncProperty(delivered, async ({ life, order }) => {
          const key = at(segment++);
          for (const index of order) {
            const outcome = await store.writeSegment({ ...(life[index] as SegmentRecord), ...key });
            expect(outcome.kind).not.toBe("conflict");
            if (outcome.kind === "standing") seen.refused += 1;
          }
          const [standing] = await store.segments(SHARD, { ...key, tick: tick(key.tick - 1) }, 1);
          const longest = life[Math.max(...order)] as SegmentRecord;
          expect(standing).toMatchObject({ ...longest, ...key, body: { kind: "inline" } });
          if (longest.finished) seen.finished += 1;
        }),
        { seed: 2718, numRuns: histories },
      );
      expect(seen.refused).toBeGreaterThan((histories * 2) / 3);
      expect(seen.finished).toBeGreaterThan(histories / 3);
    });

    it("lists a shard's segments in key order, after a key, up to a limit, and no other shard's", async () => {
      const store = await open();
      const keys = [
        at(5),
        at(5, 1),
        at(5, 300),
        at(6),
        at(255),
        at(256),
        at(70_000),
        at(2 ** 33),
        { tick: EMPTY_SHARD_TICK, ordinal: 0 },
      ];
      const other = shardId(`${SHARD}0`);
      for (const key of [...keys].reverse()) {
        await store.writeSegment(aSegment(key));
        await store.writeSegment(aSegment({ ...key, shard: other }));
      }
      const sorted = [...keys].sort(compareSegmentKeys);
      const listed = await store.segments(SHARD, null, 100);
      expect(listed.map(({ tick, ordinal, shard }) => ({ tick, ordinal, shard }))).toEqual(
        sorted.map((key) => ({ ...key, shard: SHARD })),
      );
      for (let index = 0; index < sorted.length; index++) {
        const page = await store.segments(SHARD, sorted[index] ?? null, 2);
        expect(page.map(({ tick, ordinal }) => ({ tick, ordinal }))).toEqual(
          sorted.slice(index + 1, index + 3),
        );
      }
    });

    it("shows a reader a beginning of the segments that were asked for at once, never a hole", async () => {
      const store = await open();
      let writing = true;
      const lengths = new Set<number>();
      const reader = (async () => {
        while (writing) {
          const listed = await store.segments(SHARD, null, burst * BURSTS_MAX);
          expect(listed.map((record) => Number(record.tick))).toEqual(listed.map((_, index) => index));
          lengths.add(listed.length);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const pending: Promise<unknown>[] = [];
      // goes on until the reader has come between
      const enough = (): boolean => lengths.size > 2 || pending.length >= burst * BURSTS_MAX;
      for (let index = 0; index < burst || !enough(); index++) {
        pending.push(store.writeSegment(aSegment(at(index))));
        if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(pending);
      writing = false;
      await reader;
      expect(lengths.size).toBeGreaterThan(2);
      expect(await store.segments(SHARD, null, burst * BURSTS_MAX)).toHaveLength(pending.length);
    });

    it("moves a tip forward only, its time and its sequence each for itself", async () => {
      const store = await open();
      const tip = async () => (await store.tips()).get(SHARD);
      await store.writeTip(aTip({ lastSequence: null }));
      expect(await tip()).toEqual(aTip({ lastSequence: null }));
      await store.writeTip(aTip({ atMs: epochMs(2000), lastSequence: sequenceNumber(7) }));
      await store.writeTip(aTip({ atMs: epochMs(1500), lastSequence: sequenceNumber(9) }));
      expect(await tip()).toEqual(aTip({ atMs: epochMs(2000), lastSequence: sequenceNumber(9) }));
      await store.writeTip(aTip({ atMs: epochMs(3000), lastSequence: null }));
      expect(await tip()).toEqual(aTip({ atMs: epochMs(3000), lastSequence: sequenceNumber(9) }));
      const other = shardId("shardId-000000000001");
      await store.writeTip(aTip({ shard: other }));
      expect([...(await store.tips()).keys()]).toEqual([SHARD, other]);
    });

    it("keeps compacted records under keys of their own", async () => {
      const store = await open();
      const records = [aCompacted(), aCompacted({ first: at(21), last: at(30) })];
      for (const record of records) await store.writeCompacted(record);
      await store.writeSegment(aSegment(at(10)));
      expect(await store.compacted(SHARD)).toMatchObject(
        records.map((record) => ({ ...record, body: { kind: "inline" } })),
      );
      expect(await store.segments(SHARD, null, 10)).toHaveLength(1);
      expect(await store.compacted(shardId("shardId-000000000001"))).toEqual([]);
    });

    it("expires what lies at or before a key, compacted records that begin there too, of one shard", async () => {
      const store = await open();
      const other = shardId("shardId-000000000001");
      for (const key of [at(1), at(2), at(2, 1), at(3)]) {
        await store.writeSegment(aSegment(key));
        await store.writeSegment(aSegment({ ...key, shard: other }));
      }
      await store.writeCompacted(aCompacted({ first: at(1), last: at(3) }));
      await store.writeCompacted(aCompacted({ first: at(3), last: at(4) }));
      expect(await store.expire(SHARD, at(2))).toBe(3);
      expect((await store.segments(SHARD, null, 10)).map(({ tick, ordinal }) => [tick, ordinal])).toEqual([
        [2, 1],
        [3, 0],
      ]);
      expect((await store.compacted(SHARD)).map((record) => record.first.tick)).toEqual([3]);
      expect(await store.segments(other, null, 10)).toHaveLength(4);
      expect(await store.expire(SHARD, at(2))).toBe(0);
    });
  });
};
