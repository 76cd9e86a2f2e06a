import type { ListedShard } from "@freshet/kinesis-consumer";
import { hashKeyFrom, hashKeyNumber } from "@freshet/kpl";
import { shardId } from "@freshet/model";
import { StorageError } from "../../errors.js";
import type { Records } from "../../records/port.js";
import { replaceOrLookAgain } from "../../records/replaceOrLookAgain.js";
import type { Shard } from "../port.js";

/** Kinesis forgets a closed shard when its last record is past retention; what was counted of it stays, so we do not. */
const SHARDS_RECORD = "log-shards";
const REPLACES_MAX = 20;

interface KnownShard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly first: string;
  readonly last: string;
  /** When it was first listed to one of us, by our clock. */
  readonly seenMs: number;
}

export interface ShardOfStream extends Shard {
  readonly seenMs: number;
}

export interface KnownShards {
  /** All that the stream ever listed to us, with those that it lists now. */
  merge(listed: readonly ListedShard[], nowMs: number): Promise<readonly ShardOfStream[]>;
}

const knownOf = ({ id, parents, hashRange }: ListedShard, seenMs: number): KnownShard => ({
  id,
  parents,
  first: hashKeyFrom(hashRange.first),
  last: hashKeyFrom(hashRange.last),
  seenMs,
});

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

export const createKnownShards = (records: Records): KnownShards => {
  let known: ReadonlyMap<string, KnownShard> = new Map();

  const remember = async (listed: readonly ListedShard[], nowMs: number): Promise<void> => {
    for (let attempt = 0; attempt < REPLACES_MAX; attempt++) {
      const stored = await records.get<readonly KnownShard[]>(SHARDS_RECORD);
      const all = new Map((stored?.value ?? []).map((shard) => [shard.id, shard]));
      const added = listed.filter(({ id }) => !all.has(id));
      for (const shard of added) all.set(shard.id, knownOf(shard, nowMs));
      known = all;
      const kept = [...all.values()].sort(byId);
      if (
        added.length === 0 ||
        (await replaceOrLookAgain(records, SHARDS_RECORD, stored?.revision ?? 0, kept))
      )
        return;
    }
    throw new StorageError(
      "unavailable",
      `the record ${SHARDS_RECORD} was replaced by others ${REPLACES_MAX} times running`,
    );
  };

  return {
    async merge(listed, nowMs) {
      if (listed.some(({ id }) => !known.has(id))) await remember(listed, nowMs);
      const open = new Set(listed.filter(({ closed }) => !closed).map(({ id }) => id));
      return [...known.values()].sort(byId).map(({ id, parents, first, last, seenMs }) => ({
        id: shardId(id),
        parents: parents.map(shardId),
        hashRange: { first: hashKeyNumber(first), last: hashKeyNumber(last) },
        closed: !open.has(id),
        seenMs,
      }));
    },
  };
};
