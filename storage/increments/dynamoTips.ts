import { epochMs, type ShardId, shardId, sequenceNumber, type Tip } from "@freshet/model";
import type { Condition, DynamoTable } from "../aws/table/dynamoTable.js";
import { type Item, number, numberIn, text, textIn } from "../aws/table/item.js";
import { compareUtf8, spreadKey, spreadPartitions } from "../aws/table/key.js";
import { laterTip } from "./laterTip.js";

const KIND = "tip";
/** A tip that others move at the same time is read and moved again at most so often. */
const ATTEMPTS_MAX = 20;

/** Orders before every sequence. */
const NO_SEQUENCE = "-";

const itemOf = ({ atMs, lastSequence }: Tip): Item => ({
  atMs: number(atMs),
  lastSequence: text(lastSequence ?? NO_SEQUENCE),
});

const tipIn = (item: Item): Tip => {
  const sequence = textIn(item, "lastSequence", "a tip");
  return {
    shard: shardId(textIn(item, "sk", "a tip")),
    atMs: epochMs(numberIn(item, "atMs", "a tip")),
    lastSequence: sequence === NO_SEQUENCE ? null : sequenceNumber(sequence),
  };
};

const sameTip = (left: Tip, right: Tip): boolean =>
  left.atMs === right.atMs && left.lastSequence === right.lastSequence;

/** What stands is earlier in both, as almost always: one write, and nothing read. */
const earlierThan = (tip: Tip): Condition => ({
  expression: "attribute_not_exists(pk) OR (atMs <= :atMs AND lastSequence <= :last)",
  values: { ":atMs": number(tip.atMs), ":last": text(tip.lastSequence ?? NO_SEQUENCE) },
});

const stillStands = (tip: Tip): Condition => ({
  expression: "atMs = :atMs AND lastSequence = :last",
  values: { ":atMs": number(tip.atMs), ":last": text(tip.lastSequence ?? NO_SEQUENCE) },
});

export interface DynamoTips {
  /** @throws Error when others move the tip at the same time for too long. */
  write(tip: Tip): Promise<void>;
  all(): Promise<ReadonlyMap<ShardId, Tip>>;
}

export const createDynamoTips = (table: DynamoTable): DynamoTips => ({
  async write(tip) {
    const key = spreadKey(KIND, tip.shard);
    if ((await table.put(key, itemOf(tip), earlierThan(tip))).kind === "written") return;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const item = await table.get(key);
      const standing = item && tipIn(item);
      const merged = laterTip(standing, tip);
      if (standing && sameTip(standing, merged)) return;
      const condition = standing ? stillStands(standing) : earlierThan(tip);
      if ((await table.put(key, itemOf(merged), condition)).kind === "written") return;
    }
    throw new Error(`the tip of ${tip.shard} was moved by others ${ATTEMPTS_MAX} times meanwhile`);
  },
  async all() {
    const partitions = await Promise.all(
      spreadPartitions(KIND).map(async (pk) => {
        const tips: Tip[] = [];
        for await (const page of table.pages(pk, { kind: "all" })) tips.push(...page.map(tipIn));
        return tips;
      }),
    );
    const tips = partitions.flat().sort((left, right) => compareUtf8(left.shard, right.shard));
    return new Map(tips.map((tip) => [tip.shard, tip]));
  },
});
