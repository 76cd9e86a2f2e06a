import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  AT_TIMESTAMP,
  type Checkpoint,
  checkpointAt,
  LATEST,
  SHARD_END,
  TRIM_HORIZON,
} from "../lease/checkpoint.js";
import type { Lease } from "../lease/lease.js";
import type { LeaseChange } from "../lease/store.js";

export type Item = Record<string, AttributeValue>;

/** The attributes of the Kinesis Client Library 2 and 3; `startTimestampMs` is ours. */
export const ATTRIBUTE = {
  key: "leaseKey",
  owner: "leaseOwner",
  counter: "leaseCounter",
  checkpoint: "checkpoint",
  subsequence: "checkpointSubSequenceNumber",
  checkpointOwner: "checkpointOwner",
  ownerSwitches: "ownerSwitchesSinceCheckpoint",
  parents: "parentShardId",
  children: "childShardIds",
  hashFirst: "startingHashKey",
  hashLast: "endingHashKey",
  startMs: "startTimestampMs",
} as const;

/** A checkpoint that a KCL application had prepared; it is over with the next one, or the KCL would go back to it. */
const PENDING = [
  "pendingCheckpoint",
  "pendingCheckpointSubSequenceNumber",
  "pendingCheckpointState",
] as const;

const SENTINELS = { TRIM_HORIZON, LATEST, AT_TIMESTAMP, SHARD_END } as const;

const SEQUENCE = /^(?:0|[1-9]\d{0,127})$/;

/** A row of the lease table that is no lease as the KCL writes them. */
export class LeaseRowError extends Error {
  override readonly name = "LeaseRowError";
}

const readCheckpoint = (text: string, subsequence: number): Checkpoint | null => {
  if (text in SENTINELS) return SENTINELS[text as keyof typeof SENTINELS];
  return SEQUENCE.test(text) ? checkpointAt({ sequence: text, subsequence }) : null;
};

/** Rows that say something else than of a lease lie in the table too, since the KCL's 3.5. */
export const isLeaseItem = (item: Item): boolean => ATTRIBUTE.checkpoint in item && ATTRIBUTE.counter in item;

/** @throws LeaseRowError */
export const readItem = (item: Item, shard: string): Lease => {
  const text = (name: string): string | null => item[name]?.S ?? null;
  const number = (name: string): number | null => {
    const value = item[name]?.N;
    return value === undefined ? null : Number(value);
  };
  const subsequence = number(ATTRIBUTE.subsequence) ?? 0;
  const checkpoint = readCheckpoint(text(ATTRIBUTE.checkpoint) ?? "", subsequence);
  const counter = number(ATTRIBUTE.counter);
  if (checkpoint === null || counter === null || !Number.isSafeInteger(counter)) {
    const found = JSON.stringify(item[checkpoint === null ? ATTRIBUTE.checkpoint : ATTRIBUTE.counter]);
    throw new LeaseRowError(`the lease of ${shard} cannot be read: ${found}; mend or delete its row`);
  }
  const first = text(ATTRIBUTE.hashFirst);
  const last = text(ATTRIBUTE.hashLast);
  return {
    shard,
    owner: text(ATTRIBUTE.owner),
    counter,
    checkpoint,
    checkpointOwner: text(ATTRIBUTE.checkpointOwner),
    ownerSwitches: number(ATTRIBUTE.ownerSwitches) ?? 0,
    parents: [...(item[ATTRIBUTE.parents]?.SS ?? [])].sort(),
    children: [...(item[ATTRIBUTE.children]?.SS ?? [])].sort(),
    hashRange: first === null || last === null ? null : { first: BigInt(first), last: BigInt(last) },
    startMs: number(ATTRIBUTE.startMs),
  };
};

const checkpointText = (checkpoint: Checkpoint): string => {
  switch (checkpoint.kind) {
    case "trimHorizon":
      return "TRIM_HORIZON";
    case "latest":
      return "LATEST";
    case "atTimestamp":
      return "AT_TIMESTAMP";
    case "shardEnd":
      return "SHARD_END";
    case "at":
      return checkpoint.position.sequence;
  }
};

const numberOf = (value: number): AttributeValue => ({ N: String(value) });
const textOf = (value: string | null): AttributeValue | null => (value === null ? null : { S: value });
const setOf = (values: readonly string[]): AttributeValue | null =>
  values.length === 0 ? null : { SS: [...values] };

/** What a change makes of attributes; null where one goes. */
export const changedAttributes = (
  seen: Lease,
  { raisesCounter, ...change }: LeaseChange,
): Readonly<Record<string, AttributeValue | null>> => {
  const to: Record<string, AttributeValue | null> = {};
  if (raisesCounter) to[ATTRIBUTE.counter] = numberOf(seen.counter + 1);
  if (change.owner !== undefined) to[ATTRIBUTE.owner] = textOf(change.owner);
  if (change.checkpointOwner !== undefined) to[ATTRIBUTE.checkpointOwner] = textOf(change.checkpointOwner);
  if (change.ownerSwitches !== undefined) to[ATTRIBUTE.ownerSwitches] = numberOf(change.ownerSwitches);
  if (change.parents !== undefined) to[ATTRIBUTE.parents] = setOf(change.parents);
  if (change.children !== undefined) to[ATTRIBUTE.children] = setOf(change.children);
  if (change.hashRange !== undefined) {
    to[ATTRIBUTE.hashFirst] = textOf(change.hashRange?.first.toString() ?? null);
    to[ATTRIBUTE.hashLast] = textOf(change.hashRange?.last.toString() ?? null);
  }
  if (change.checkpoint !== undefined) {
    const { checkpoint } = change;
    to[ATTRIBUTE.checkpoint] = { S: checkpointText(checkpoint) };
    to[ATTRIBUTE.subsequence] = numberOf(checkpoint.kind === "at" ? checkpoint.position.subsequence : 0);
    for (const name of PENDING) to[name] = null;
  }
  return to;
};

/** The whole row, but for its key. */
export const itemOf = (lease: Lease): Item => {
  const { shard: _shard, counter, startMs, ...fields } = lease;
  const all = {
    ...changedAttributes(lease, { ...fields, raisesCounter: false }),
    [ATTRIBUTE.counter]: numberOf(counter),
  };
  const item: Item = startMs === null ? {} : { [ATTRIBUTE.startMs]: numberOf(startMs) };
  for (const [name, value] of Object.entries(all)) if (value !== null) item[name] = value;
  return item;
};
