import type { BodyPointer, CompactedRecord, SegmentKey, SegmentRecord, ShardId } from "@freshet/model";
import { sequenceNumber, shardId, tick } from "@freshet/model";
import type { Condition } from "../aws/table/dynamoTable.js";
import { binary, type Item, jsonIn, number, numberIn, text, textIn } from "../aws/table/item.js";
import type { ItemKey } from "../aws/table/key.js";

const TICK_DIGITS = 16;
const ORDINAL_DIGITS = 10;
/** Ticks begin at -1. */
const TICK_OFFSET = 1;

/** What a segment record has come to; it only grows. */
const OPEN = 0;
const FINISHED = 1;
const ENDED = 2;

type WithBody = SegmentRecord | CompactedRecord;

export const segmentPartition = (shard: ShardId): string => `segment#${shard}`;
export const compactedPartition = (shard: ShardId): string => `compacted#${shard}`;

/** Orders as `compareSegmentKeys` does. */
export const segmentSortKey = ({ tick, ordinal }: SegmentKey): string =>
  `${String(tick + TICK_OFFSET).padStart(TICK_DIGITS, "0")}#${String(ordinal).padStart(ORDINAL_DIGITS, "0")}`;

export const segmentItemKey = (record: SegmentRecord): ItemKey => ({
  pk: segmentPartition(record.shard),
  sk: segmentSortKey(record),
});

const keyOfSort = (sk: string): SegmentKey => ({
  tick: tick(Number(sk.slice(0, TICK_DIGITS)) - TICK_OFFSET),
  ordinal: Number(sk.slice(TICK_DIGITS + 1)),
});

const stageOf = ({ finished, ended }: SegmentRecord): number => {
  if (!finished) return OPEN;
  return ended ? ENDED : FINISHED;
};

/** An inline body is an attribute of its own, and none where it is empty; a pointer lies in the document. */
const withBody = ({ body }: WithBody): Item =>
  body.kind === "inline" && body.bytes.length > 0 ? { body: binary(body.bytes) } : {};

const bodyIn = (item: Item, pointer: BodyPointer | null): BodyPointer =>
  pointer ?? { kind: "inline", bytes: Buffer.from(item["body"]?.B ?? []) };

/** A text that the key or an attribute has is not in the document again: items are paid for by the KB. */
export const segmentItem = (record: SegmentRecord): Item => {
  const {
    shard: _,
    tick: __,
    ordinal: ___,
    firstSequence,
    lastSequence,
    bodyHash,
    finished: ____,
    ...rest
  } = record;
  return {
    firstSequence: text(firstSequence),
    lastSequence: text(lastSequence),
    bodyHash: text(bodyHash),
    stage: number(stageOf(record)),
    document: text(JSON.stringify({ ...rest, body: record.body.kind === "inline" ? null : record.body })),
    ...withBody(record),
  };
};

const shardIn = (item: Item, what: string): ShardId => {
  const pk = textIn(item, "pk", what);
  return shardId(pk.slice(pk.indexOf("#") + 1));
};

type SegmentDocument = Pick<
  SegmentRecord,
  "version" | "previousSequence" | "ended" | "children" | "revision" | "counts" | "newestTimeMs" | "gap"
> & { readonly body: BodyPointer | null };

export const segmentFrom = (item: Item): SegmentRecord => {
  const what = "a segment record";
  const { body, ...document } = jsonIn(item, "document", what) as SegmentDocument;
  return {
    ...document,
    ...keyOfSort(textIn(item, "sk", what)),
    shard: shardIn(item, what),
    firstSequence: sequenceNumber(textIn(item, "firstSequence", what)),
    lastSequence: sequenceNumber(textIn(item, "lastSequence", what)),
    bodyHash: textIn(item, "bodyHash", what),
    finished: numberIn(item, "stage", what) !== OPEN,
    body: bodyIn(item, body),
  };
};

/** Holds of what stands exactly where `judgeSegmentWrite` says "written". */
export const growsTo = (record: SegmentRecord): Condition => {
  const ways = ["stage = :open AND lastSequence < :last"];
  if (record.finished) ways.push("stage = :open AND lastSequence = :last");
  if (record.finished && record.ended)
    ways.push("stage = :finished AND lastSequence = :last AND bodyHash = :hash");
  return {
    expression: `attribute_not_exists(pk) OR (firstSequence = :first AND (${ways.join(" OR ")}))`,
    values: {
      ":first": text(record.firstSequence),
      ":last": text(record.lastSequence),
      ":open": number(OPEN),
      ...(record.finished &&
        record.ended && { ":finished": number(FINISHED), ":hash": text(record.bodyHash) }),
    },
  };
};

export const compactedItemKey = (record: CompactedRecord): ItemKey => ({
  pk: compactedPartition(record.shard),
  sk: segmentSortKey(record.first),
});

export const compactedItem = (record: CompactedRecord): Item => ({
  document: text(JSON.stringify({ ...record, body: record.body.kind === "inline" ? null : record.body })),
  ...withBody(record),
});

export const compactedFrom = (item: Item): CompactedRecord => {
  const { body, ...record } = jsonIn(item, "document", "a compacted record") as Omit<
    CompactedRecord,
    "body"
  > & {
    readonly body: BodyPointer | null;
  };
  return { ...record, body: bodyIn(item, body) };
};
