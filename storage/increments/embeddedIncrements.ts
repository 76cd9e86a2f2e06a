import type { CompactedRecord, SegmentKey, SegmentRecord, ShardId, Tip } from "@freshet/model";
import { packDocument, unpackDocument } from "../lmdb/document.js";
import type { Environment, Table } from "../lmdb/environment.js";
import { textKey } from "../lmdb/key.js";
import { createOrderedWrites } from "../lmdb/orderedWrites.js";
import { laterTip } from "./laterTip.js";
import type { IncrementStore, SegmentWrite } from "./port.js";
import { judgeSegmentWrite } from "./segmentRules.js";
import { packWithBody, segmentKeyBytes, shardRange, unpackWithBody } from "./stored.js";

/** How much is deleted under one hold of the write lock. */
const DELETIONS_PER_TRANSACTION = 5_000;

const above = (key: Buffer): Buffer => Buffer.concat([key, Buffer.of(0)]);

export const createEmbeddedIncrements = (environment: Environment): IncrementStore => {
  const segments = environment.table("segments");
  const compacted = environment.table("compacted");
  const tips = environment.table("tips");
  const ordered = createOrderedWrites((action) => environment.transact("writing segments", action));

  const segmentAt = (key: Buffer, shard: ShardId): SegmentRecord | null => {
    const stored = segments.get(key);
    return stored ? unpackWithBody<SegmentRecord>(stored, `a segment of ${shard}`) : null;
  };
  const readTip = (stored: Buffer): Tip => unpackDocument(stored, "a tip").json as Tip;
  const removeThrough = async (table: Table, shard: ShardId, through: SegmentKey): Promise<number> => {
    let removed = 0;
    for (let more = true; more; ) {
      const count = await environment.transact(`expiring segments of ${shard}`, () => {
        const range = { start: shardRange(shard).start, end: above(segmentKeyBytes(shard, through)) };
        const keys = [...table.getKeys({ ...range, limit: DELETIONS_PER_TRANSACTION })];
        for (const key of keys) table.removeSync(key);
        return keys.length;
      });
      removed += count;
      more = count === DELETIONS_PER_TRANSACTION;
    }
    return removed;
  };

  return {
    async writeSegment(record) {
      const key = segmentKeyBytes(record.shard, record);
      const packed = packWithBody(record);
      return ordered.write((): SegmentWrite => {
        const standing = segmentAt(key, record.shard);
        const verdict = judgeSegmentWrite(standing, record);
        if (verdict === "written") {
          segments.putSync(key, packed);
          return { kind: verdict };
        }
        return { kind: verdict, record: standing as SegmentRecord };
      });
    },
    async segments(shard, after, limit) {
      environment.refresh();
      const { start, end } = shardRange(shard);
      const from = after ? above(segmentKeyBytes(shard, after)) : start;
      return [...segments.getRange({ start: from, end, limit })].map(({ value }) =>
        unpackWithBody<SegmentRecord>(value, `a segment of ${shard}`),
      );
    },
    writeTip: (tip) =>
      environment.transact(`writing the tip of ${tip.shard}`, () => {
        const key = textKey(tip.shard);
        const stored = tips.get(key);
        tips.putSync(key, packDocument(laterTip(stored ? readTip(stored) : null, tip)));
      }),
    async tips() {
      environment.refresh();
      return new Map(
        [...tips.getRange({})].map(({ value }) => readTip(value)).map((tip) => [tip.shard, tip]),
      );
    },
    writeCompacted: (record) =>
      environment.transact(`writing compacted segments of ${record.shard}`, () => {
        compacted.putSync(segmentKeyBytes(record.shard, record.first), packWithBody(record));
      }),
    async compacted(shard) {
      environment.refresh();
      return [...compacted.getRange(shardRange(shard))].map(({ value }) =>
        unpackWithBody<CompactedRecord>(value, `compacted segments of ${shard}`),
      );
    },
    async expire(shard, through) {
      return (
        (await removeThrough(segments, shard, through)) + (await removeThrough(compacted, shard, through))
      );
    },
  };
};
