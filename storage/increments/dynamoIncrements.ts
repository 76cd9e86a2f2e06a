import type { SegmentKey, SegmentRecord } from "@freshet/model";
import { keyOf } from "../aws/table/batch.js";
import type { DynamoTable } from "../aws/table/dynamoTable.js";
import type { ItemKey } from "../aws/table/key.js";
import { createWritesInOrder } from "../aws/table/inOrder.js";
import {
  compactedFrom,
  compactedItem,
  compactedItemKey,
  compactedPartition,
  growsTo,
  segmentFrom,
  segmentItem,
  segmentItemKey,
  segmentPartition,
  segmentSortKey,
} from "./dynamoSegment.js";
import { createDynamoTips } from "./dynamoTips.js";
import type { IncrementStore, SegmentWrite } from "./port.js";
import { judgeSegmentWrite } from "./segmentRules.js";

/** A record that vanishes between refusal and reading (it expired) is written again at most so often. */
const ATTEMPTS_MAX = 5;

/**
 * Segment records, tips and compacted records in DynamoDB. A segment record is one conditional write; a shard's partition
 * takes its flushes many times over. Reads are strongly consistent: two pages of an eventual read may come from
 * two replicas, and show the newer one of two segments without the older.
 */
export const createDynamoIncrements = (table: DynamoTable): IncrementStore => {
  const tips = createDynamoTips(table);
  const ordered = createWritesInOrder();

  const write = async (record: SegmentRecord): Promise<SegmentWrite> => {
    const key = segmentItemKey(record);
    const item = segmentItem(record);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      if ((await table.put(key, item, growsTo(record))).kind === "written") return { kind: "written" };
      const standing = await table.get(key);
      if (!standing) continue;
      const found = segmentFrom(standing);
      const verdict = judgeSegmentWrite(found, record);
      if (verdict !== "written") return { kind: verdict, record: found };
    }
    throw new Error(`the segment ${key.pk} ${key.sk} comes and goes while it is written`);
  };

  const removeThrough = async (pk: string, through: SegmentKey): Promise<number> => {
    let removed = 0;
    const range = { kind: "through", through: segmentSortKey(through) } as const;
    for await (const page of table.pages(pk, range, { attributes: "pk, sk", eventual: true })) {
      const keys: readonly ItemKey[] = page.map(keyOf);
      await table.removeMany(keys);
      removed += keys.length;
    }
    return removed;
  };

  return {
    writeSegment: (record) => ordered.run(record.shard, () => write(record)),
    async segments(shard, after, limit) {
      const found: SegmentRecord[] = [];
      const range = after
        ? ({ kind: "above", afterExclusive: segmentSortKey(after) } as const)
        : ({ kind: "all" } as const);
      for await (const page of table.pages(segmentPartition(shard), range, { pageItems: limit })) {
        found.push(...page.map(segmentFrom));
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
    writeTip: (tip) => tips.write(tip),
    tips: () => tips.all(),
    async writeCompacted(record) {
      await table.put(compactedItemKey(record), compactedItem(record));
    },
    async compacted(shard) {
      const found = [];
      for await (const page of table.pages(compactedPartition(shard), { kind: "all" }))
        found.push(...page.map(compactedFrom));
      return found;
    },
    async expire(shard, through) {
      return (
        (await removeThrough(segmentPartition(shard), through)) +
        (await removeThrough(compactedPartition(shard), through))
      );
    },
  };
};
