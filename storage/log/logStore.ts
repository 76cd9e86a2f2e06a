import { type EpochMs, durationMs, epochMs, type ShardId, shardId } from "@freshet/model";
import { StorageError } from "../errors.js";
import type { Environment, Table } from "../lmdb/environment.js";
import type { DigestPolicy } from "@freshet/kpl";
import type { LogIdentity } from "./port.js";
import type { ShardTable } from "./shardTable.js";

/*
 * Tables of the embedded log. `meta`: `identity` and `shards` (JSON), `state` (two doubles, big endian: the next
 * sequence, and a number that grows with each change of the shards), `held` (a double, big endian: until when appends are held back;
 * absent where they never were). `blocks`: blockKey.ts to block.ts.
 */
const IDENTITY = Buffer.from("identity");
const STATE = Buffer.from("state");
const SHARDS = Buffer.from("shards");
const HELD = Buffer.from("held");

export interface LogState {
  readonly nextSequence: number;
  readonly shardsVersion: number;
}

export interface LogTables {
  readonly meta: Table;
  readonly blocks: Table;
}

export const logTables = (environment: Environment): LogTables => ({
  meta: environment.table("meta"),
  blocks: environment.table("blocks"),
});

const required = (meta: Table, key: Buffer): Buffer => {
  const value = meta.get(key);
  if (!value)
    throw new StorageError(
      "corrupt",
      `the log has no ${key.toString()}; restore a backup (\`freshet restore\`)`,
    );
  return value;
};

export const readState = (meta: Table): LogState => {
  const value = required(meta, STATE);
  return { nextSequence: value.readDoubleBE(0), shardsVersion: value.readDoubleBE(8) };
};

export const writeState = (meta: Table, state: LogState): void => {
  const value = Buffer.allocUnsafe(16);
  value.writeDoubleBE(state.nextSequence, 0);
  value.writeDoubleBE(state.shardsVersion, 8);
  meta.putSync(STATE, value);
};

export const readHeldUntilMs = (meta: Table): number =>
  meta.get(HELD)?.readDoubleBE(0) ?? Number.NEGATIVE_INFINITY;

export const writeHeldUntilMs = (meta: Table, untilMs: number): void => {
  const value = Buffer.allocUnsafe(8);
  value.writeDoubleBE(untilMs, 0);
  meta.putSync(HELD, value);
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export const readShards = (meta: Table): ShardTable =>
  JSON.parse(required(meta, SHARDS).toString()) as ShardTable;
export const writeShards = (meta: Table, shards: ShardTable): void => {
  meta.putSync(SHARDS, json(shards));
};

export const identityFromJson = (text: string): LogIdentity => {
  const { id, createdMs, segmentMs, segmentEventsMax, dedupeHorizonMs, digest, roster } = JSON.parse(
    text,
  ) as {
    id: string;
    createdMs: EpochMs;
    segmentMs: number;
    segmentEventsMax: number;
    dedupeHorizonMs: number;
    /** Absent from logs that are older than aggregates. */
    digest?: DigestPolicy;
    roster: readonly ShardId[];
  };
  return {
    id,
    createdMs: epochMs(createdMs),
    segmentMs: durationMs(segmentMs),
    segmentEventsMax,
    dedupeHorizonMs: durationMs(dedupeHorizonMs),
    digest: digest ?? "always",
    roster: roster.map(shardId),
  };
};

export const readIdentity = (meta: Table): LogIdentity | null => {
  const value = meta.get(IDENTITY);
  return value ? identityFromJson(value.toString()) : null;
};

/** What a new log begins with. Call inside a transaction. */
export const writeNewLog = (meta: Table, identity: LogIdentity, shards: ShardTable): void => {
  writeShards(meta, shards);
  writeState(meta, { nextSequence: 1, shardsVersion: 1 });
  meta.putSync(IDENTITY, json(identity));
};
