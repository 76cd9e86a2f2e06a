import type { SimulatedKinesis } from "@freshet/simulators";
import assert from "node:assert/strict";
import { type Checkpoint, compareCheckpoints, TRIM_HORIZON as BEGINNING } from "../lease/checkpoint.js";
import { holderOf, isEnded, type Lease } from "../lease/lease.js";
import { comparePositions, type Position } from "../lease/position.js";
import { changed, type LeaseChange } from "../lease/store.js";

export interface KnownRecord extends Position {
  readonly id: string;
  readonly shard: string;
}

/**
 * What really happened, and what must hold of it: no record is passed over, only who holds a lease moves its checkpoint, children come
 * after their parents. Told of each put, each record that was worked and each write of the lease table.
 */
export const createTruth = (kinesis: SimulatedKinesis, streamName: string) => {
  const records = new Map<string, KnownRecord[]>();
  const parentsOf = new Map<string, readonly string[]>();
  /** By record: who worked it, and in which tenure of the lease. */
  const worked = new Map<string, Set<string>>();
  const tenures = new Map<string, number>();
  /** Parents that were worked through when a child was begun; a closed shard stays as it is. */
  const through = new Set<string>();
  let times = 0;

  const tenureOf = (shard: string, worker: string): string => `${worker}/${tenures.get(shard) ?? 0}`;
  const isThere = (shard: string, kept: ReadonlySet<string>, { sequence }: Position): boolean =>
    kept.has(`${shard}/${sequence}`);
  const keptNow = (): ReadonlySet<string> =>
    new Set(kinesis.recordsOf(streamName).map(({ shard, sequence }) => `${shard}/${sequence}`));

  const notWorked = (shard: string, of: (record: KnownRecord) => boolean, by: string | null) => {
    const found = (records.get(shard) ?? []).filter(
      (record) => of(record) && !(by === null ? worked.has(record.id) : worked.get(record.id)?.has(by)),
    );
    if (found.length === 0) return found;
    const kept = keptNow();
    return found.filter((record) => isThere(shard, kept, record));
  };

  const isIn = (from: Checkpoint, through: Checkpoint, record: Position): boolean =>
    (from.kind !== "at" || comparePositions(record, from.position) > 0) &&
    (through.kind !== "at" || comparePositions(record, through.position) <= 0);

  return {
    get workedAgain() {
      return times - worked.size;
    },
    get recordCount() {
      return [...records.values()].reduce((sum, list) => sum + list.length, 0);
    },
    put(record: KnownRecord): void {
      const list = records.get(record.shard) ?? [];
      list.push(record);
      records.set(record.shard, list);
    },
    descends(shard: string, parents: readonly string[]): void {
      parentsOf.set(shard, parents);
    },
    work(worker: string, shard: string, id: string, at: Position): void {
      times++;
      const by = worked.get(id) ?? new Set();
      by.add(tenureOf(shard, worker));
      worked.set(id, by);
      assert.ok(
        records.get(shard)?.some((record) => record.id === id && comparePositions(record, at) === 0),
        `${id} was given out as ${at.sequence}/${at.subsequence} of ${shard}, where it does not lie`,
      );
      for (const parent of parentsOf.get(shard) ?? []) {
        if (through.has(parent)) continue;
        through.add(parent);
        const [early] = notWorked(parent, () => true, null);
        assert.equal(early, undefined, `${shard} was begun before its parent ${parent} was worked through`);
      }
    },
    changed(worker: string, seen: Lease, change: LeaseChange): void {
      const after = changed(seen, change);
      const { shard } = seen;
      const moved =
        change.checkpoint !== undefined && compareCheckpoints(after.checkpoint, seen.checkpoint) !== 0;
      if (moved) {
        assert.equal(
          holderOf(seen),
          worker,
          `${worker} moved the checkpoint of ${shard}, which it does not hold`,
        );
        assert.ok(
          compareCheckpoints(after.checkpoint, seen.checkpoint) > 0,
          `${shard}: the checkpoint went back`,
        );
        const [passed] = notWorked(
          shard,
          (record) => isIn(seen.checkpoint, after.checkpoint, record),
          tenureOf(shard, worker),
        );
        assert.equal(passed, undefined, `${shard}: ${passed?.id} was passed over by ${worker}'s checkpoint`);
      }
      const isTaken = change.raisesCounter && holderOf(after) === worker && change.owner === worker;
      if (isTaken) tenures.set(shard, (tenures.get(shard) ?? 0) + 1);
    },
    created(worker: string, lease: Lease): void {
      const { shard, checkpoint } = lease;
      if (checkpoint.kind !== "at" && !isEnded(lease)) return;
      // A holder puts back a row that was deleted, with what it knows.
      const [passed] = notWorked(shard, (record) => isIn(BEGINNING, checkpoint, record), null);
      assert.equal(
        passed,
        undefined,
        `${shard}: ${passed?.id} was passed over by the row that ${worker} put back`,
      );
    },
    /** All that is still in the log and was never worked. */
    unworked(): readonly KnownRecord[] {
      return [...records.keys()].flatMap((shard) => notWorked(shard, () => true, null));
    },
  };
};

export type Truth = ReturnType<typeof createTruth>;
