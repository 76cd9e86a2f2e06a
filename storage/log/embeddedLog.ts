import type { EpochMs, ShardId } from "@freshet/model";
import { StorageError } from "../errors.js";
import type { Environment } from "../lmdb/environment.js";
import { createAppendQueue } from "./appendQueue.js";
import { createStoreAppend } from "./embeddedAppend.js";
import { createShardReader } from "./embeddedRead.js";
import type { EntrySpans } from "./entrySpans.js";
import { trimShard } from "./embeddedTrim.js";
import { hashKeyFrom, hashKeyNumber } from "@freshet/kpl";
import { type LogCreation, newIdentity, refuseOther } from "./identity.js";
import {
  logTables,
  readHeldUntilMs,
  readIdentity,
  readShards,
  readState,
  writeHeldUntilMs,
  writeNewLog,
  writeShards,
  writeState,
} from "./logStore.js";
import { eachOutcome, outcomesOf } from "./outcomes.js";
import type { AppendOutcome, LogEntry, Shard, ShardAdmin, ShardLog } from "./port.js";
import {
  firstShards,
  mergeShards,
  type Routing,
  routingOf,
  type ShardEntry,
  type ShardTable,
  shardIndex,
  splitShard,
} from "./shardTable.js";
import { createTailWatch } from "./tailWatch.js";

export interface EmbeddedLogOptions {
  readonly environment: Environment;
  readonly create?: LogCreation | undefined;
  readonly now: () => number;
  /** Gives a new log its id. */
  readonly newId: () => string;
}

/** Kinesis' greatest record. */
export const RECORD_BYTES_MAX = 10 * 2 ** 20;

/** At one time; who cannot keep up says so again. */
const HOLD_MS_MAX = 10_000;

const asPublished = (entry: ShardEntry): Shard => ({
  id: entry.id,
  parents: entry.parents,
  hashRange: { first: hashKeyNumber(entry.first), last: hashKeyNumber(entry.last) },
  closed: entry.closed,
});

const checkSize = (bytes: number): void => {
  if (bytes > RECORD_BYTES_MAX) {
    throw new StorageError(
      "invalid",
      `a record of ${bytes} bytes cannot be appended: at most ${RECORD_BYTES_MAX}`,
    );
  }
};

const checkStamp = (arrivalMs: number | undefined): void => {
  if (arrivalMs !== undefined && !(Number.isSafeInteger(arrivalMs) && arrivalMs >= 0)) {
    throw new StorageError("invalid", `not an arrival stamp: ${arrivalMs}`);
  }
};

/** Returns the data's bytes. @throws RangeError for an explicit hash key that has not 128 bits. */
const checkEntries = (entries: readonly LogEntry[]): number => {
  let bytes = 0;
  for (const { data, arrivalMs, explicitHashKey } of entries) {
    checkSize(data.length);
    checkStamp(arrivalMs);
    if (explicitHashKey !== undefined) hashKeyFrom(explicitHashKey);
    bytes += data.length;
  }
  return bytes;
};

const checkSpans = ({ count, dataStarts, dataEnds, arrivalMs }: EntrySpans): void => {
  for (let index = 0; index < count; index++) {
    checkSize((dataEnds[index] as number) - (dataStarts[index] as number));
    checkStamp(arrivalMs?.[index]);
  }
};

/**
 * A shard log in LMDB. Where there is a log already, `create` asks for nothing new: another number of shards is
 * ignored (split or merge them), any other difference is refused.
 * @throws StorageError `missing` where there is no log and `create` is absent; `mismatch` as said.
 */
export const openEmbeddedLog = async ({
  environment,
  create,
  now,
  newId,
}: EmbeddedLogOptions): Promise<ShardLog & ShardAdmin> => {
  const tables = logTables(environment);
  const { meta, blocks } = tables;
  const identity = await environment.transact("opening the log", () => {
    const standing = readIdentity(meta);
    if (standing) return standing;
    if (!create)
      throw new StorageError(
        "missing",
        `there is no log in ${environment.dir}; make one with \`freshet init\``,
      );
    const shards = firstShards(create.shards);
    const made = newIdentity(
      create,
      shards.map((entry) => entry.id),
      newId(),
      now() as EpochMs,
    );
    writeNewLog(meta, made, shards);
    return made;
  });
  if (create) refuseOther(identity, create, `in ${environment.dir}`, "begin in a new directory");

  let known: { readonly version: number; readonly shards: ShardTable; readonly routing: Routing } | null =
    null;
  const shardsNow = () => {
    const { shardsVersion: version } = readState(meta);
    if (known?.version !== version) {
      const shards = readShards(meta);
      known = { version, shards, routing: routingOf(shards) };
    }
    return known;
  };
  const changeShards = <T>(
    tried: string,
    change: (shards: ShardTable) => { shards: ShardTable; result: T },
  ): Promise<T> =>
    environment.transact(tried, () => {
      const { shards, result } = change(readShards(meta));
      const state = readState(meta);
      writeShards(meta, shards);
      writeState(meta, { ...state, shardsVersion: state.shardsVersion + 1 });
      return result;
    });
  const readShard = createShardReader(blocks);
  const watch = createTailWatch(() => {
    environment.refresh();
    const { nextSequence, shardsVersion } = readState(meta);
    return nextSequence + shardsVersion;
  });
  const storeAppend = createStoreAppend(tables);
  const queue = createAppendQueue(async (entries) => {
    const hashKeys = entries.hashKeys();
    const stored = await environment.transact("appending to the log", () => {
      const { shards, routing } = shardsNow();
      return storeAppend(entries, hashKeys, now() as EpochMs, shards, routing);
    });
    watch.notify();
    return stored;
  });

  /** A clock that was set back must not hold producers for longer than was asked. */
  const heldBackMs = (): number => {
    environment.refresh();
    const leftMs = readHeldUntilMs(meta) - now();
    return leftMs > HOLD_MS_MAX ? 0 : leftMs;
  };
  const throttled = (count: number, retryAfterMs: number): AppendOutcome[] =>
    Array.from({ length: count }, () => ({ kind: "throttled", retryAfterMs }));

  return {
    identity,
    append(entries) {
      const bytes = checkEntries(entries);
      if (entries.length === 0) return Promise.resolve([]);
      const retryAfterMs = heldBackMs();
      if (retryAfterMs > 0 && entries.every(({ arrivalMs }) => arrivalMs === undefined))
        return Promise.resolve(throttled(entries.length, retryAfterMs));
      return queue.add(entries.length, bytes, (pending) => pending.add(entries)).then(eachOutcome);
    },
    appendSpans(spans) {
      checkSpans(spans);
      if (spans.count === 0) return Promise.resolve(outcomesOf<AppendOutcome>([]));
      const retryAfterMs = heldBackMs();
      if (retryAfterMs > 0 && spans.arrivalMs === undefined)
        return Promise.resolve(outcomesOf(throttled(spans.count, retryAfterMs)));
      return queue.add(spans.count, spans.bytes.length, (pending) => pending.addSpans(spans));
    },
    async shards() {
      environment.refresh();
      return shardsNow().shards.map(asPublished);
    },
    async read(shard, after, limit) {
      environment.refresh();
      const { shards } = shardsNow();
      const index = shardIndex(shards, shard);
      return readShard(index, shards[index] as ShardEntry, after, limit);
    },
    async holdBack(forMs) {
      const untilMs = now() + Math.min(forMs, HOLD_MS_MAX);
      await environment.transact("holding producers back", () => writeHeldUntilMs(meta, untilMs));
    },
    wait: (timeoutMs) => watch.wait(timeoutMs),
    async close() {
      await queue.idle();
      watch.close();
      await environment.close();
    },
    split: (shard, newStartingHashKey) =>
      changeShards(`splitting shard ${shard}`, (before) => {
        const shards = splitShard(before, shard, hashKeyFrom(newStartingHashKey));
        return { shards, result: shards.slice(before.length).map((entry) => entry.id) as [ShardId, ShardId] };
      }),
    merge: (shard, adjacent) =>
      changeShards(`merging shards ${shard} and ${adjacent}`, (before) => {
        const shards = mergeShards(before, shard, adjacent);
        return { shards, result: (shards.at(-1) as ShardEntry).id };
      }),
    async trim(beforeMs) {
      let deleted = 0;
      for (let index = 0; index < shardsNow().shards.length; index++) {
        for (let more = true; more; ) {
          const step = await changeShards("trimming the log", (shards) => {
            const entry = shards[index] as ShardEntry;
            const result = trimShard(tables, index, entry, beforeMs);
            return {
              shards: shards.with(index, { ...entry, trimmedThrough: result.trimmedThrough }),
              result,
            };
          });
          deleted += step.deleted;
          more = step.more;
        }
      }
      return { deleted };
    },
  };
};
