import { type ShardId, shardId } from "@freshet/model";
import { StorageError } from "../errors.js";
import { equalRanges, type HashKey, hashKeyFrom, hashKeyNumber } from "@freshet/kpl";

/** A shard as the log stores it; its place in the table is its number. */
export interface ShardEntry {
  readonly id: ShardId;
  readonly parents: readonly ShardId[];
  readonly first: HashKey;
  readonly last: HashKey;
  readonly closed: boolean;
  readonly children: readonly ShardId[];
  /** Records through this sequence number have been trimmed; 0: none. */
  readonly trimmedThrough: number;
}

export type ShardTable = readonly ShardEntry[];

const ID_DIGITS = 12;
export const SHARDS_MAX = 100_000;

const idOf = (index: number): ShardId => shardId(`shardId-${String(index).padStart(ID_DIGITS, "0")}`);

export const shardIndex = (table: ShardTable, id: ShardId): number => {
  const index = table.findIndex((entry) => entry.id === id);
  if (index < 0)
    throw new StorageError("missing", `there is no shard ${id} in this log; it has ${table.length}`);
  return index;
};

const born = (index: number, parents: readonly ShardId[], first: HashKey, last: HashKey): ShardEntry => ({
  id: idOf(index),
  parents,
  first,
  last,
  closed: false,
  children: [],
  trimmedThrough: 0,
});

export const firstShards = (count: number): ShardTable => {
  if (!Number.isInteger(count) || count < 1 || count > SHARDS_MAX) {
    throw new StorageError("invalid", `a log has 1 to ${SHARDS_MAX} shards, not ${count}`);
  }
  return equalRanges(count).map(({ first, last }, index) => born(index, [], first, last));
};

const openEntry = (table: ShardTable, id: ShardId): ShardEntry => {
  const entry = table[shardIndex(table, id)] as ShardEntry;
  if (entry.closed)
    throw new StorageError(
      "mismatch",
      `shard ${id} is closed: split or merge its children ${entry.children.join(", ")}`,
    );
  return entry;
};

const close = (table: ShardTable, ids: readonly ShardId[], children: readonly ShardEntry[]): ShardTable => [
  ...table.map((entry) =>
    ids.includes(entry.id) ? { ...entry, closed: true, children: children.map((child) => child.id) } : entry,
  ),
  ...children,
];

const before = (key: HashKey): HashKey => hashKeyFrom(hashKeyNumber(key) - 1n);

/** The second child's range begins at `start`. */
export const splitShard = (table: ShardTable, id: ShardId, start: HashKey): ShardTable => {
  const parent = openEntry(table, id);
  if (start <= parent.first || start > parent.last) {
    throw new StorageError(
      "invalid",
      `shard ${id} cannot be split at ${hashKeyNumber(start)}: the key must lie above ${hashKeyNumber(parent.first)} and up to ${hashKeyNumber(parent.last)}`,
    );
  }
  return close(
    table,
    [id],
    [born(table.length, [id], parent.first, before(start)), born(table.length + 1, [id], start, parent.last)],
  );
};

export const mergeShards = (table: ShardTable, id: ShardId, adjacent: ShardId): ShardTable => {
  const pair = [openEntry(table, id), openEntry(table, adjacent)].sort((a, b) =>
    a.first < b.first ? -1 : 1,
  );
  const [low, high] = pair as [ShardEntry, ShardEntry];
  if (id === adjacent || before(high.first) !== low.last) {
    throw new StorageError(
      "invalid",
      `shards ${id} and ${adjacent} are not adjacent: only neighbours can be merged`,
    );
  }
  return close(table, [id, adjacent], [born(table.length, [id, adjacent], low.first, high.last)]);
};

/** The open shards, by range; they always cover the whole space. */
export interface Routing {
  /** 16 bytes a shard, big endian: where its range begins. */
  readonly firsts: Uint8Array;
  readonly indexes: readonly number[];
}

const HASH_BYTES = 16;

export const routingOf = (table: ShardTable): Routing => {
  const open = table
    .map((entry, index) => ({ entry, index }))
    .filter(({ entry }) => !entry.closed)
    .sort((a, b) => (a.entry.first < b.entry.first ? -1 : 1));
  return {
    firsts: Buffer.from(open.map(({ entry }) => entry.first).join(""), "hex"),
    indexes: open.map(({ index }) => index),
  };
};

/** Whether the hash key at `at` is no less than where the range begins that stands at `place`. */
const reaches = (firsts: Uint8Array, place: number, keys: Uint8Array, at: number): boolean => {
  for (let index = 0; index < HASH_BYTES; index++) {
    const difference = (keys[at + index] as number) - (firsts[place * HASH_BYTES + index] as number);
    if (difference !== 0) return difference > 0;
  }
  return true;
};

/** The number of the open shard whose range holds the hash key, 16 bytes big endian, that lies at `at`. */
export const route = ({ firsts, indexes }: Routing, keys: Uint8Array, at: number): number => {
  let low = 0;
  let high = indexes.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (reaches(firsts, middle, keys, at)) low = middle;
    else high = middle - 1;
  }
  return indexes[low] as number;
};
