import type { IncrementStore, RecordBatch, Records, Shard, ShardLog } from "@freshet/storage";
import { createIdentitySet } from "../fold/identitySet.js";
import { ancestorsOf, clockFromParents } from "./ancestors.js";
import { type Checkpoint, checkpointAtBeginning, loadCheckpoints } from "./checkpoint.js";
import { fillIdentities } from "./identityFill.js";
import { isReplayed, type ReplayFrom } from "./replay.js";
import { beforeSegment, type Resumption, resumeAfterTrim } from "./resume.js";
import type { RuleBook } from "./rules.js";
import { createShardFold, type ShardFold } from "./shardFold.js";

export interface OpenShardOptions {
  readonly log: ShardLog;
  readonly increments: IncrementStore;
  readonly records: Records;
  readonly rules: RuleBook;
  /** Used only while a shard is opened, or its fold takes records. */
  readonly batch: RecordBatch;
  readonly replayFrom: ReplayFrom | null;
}

export interface OpenedShard {
  readonly fold: ShardFold;
  readonly checkpoint: Checkpoint;
  /** Nothing that is stored lies beyond the fold's place: what of the log is trimmed there is lost. */
  readonly isPastStored: boolean;
}

export const horizonTicksOf = ({ identity }: ShardLog): number =>
  Math.floor(identity.dedupeHorizonMs / identity.segmentMs);

/** Where a replay begins; the stored checkpoint where the log does not reach back so far. */
const replayStart = async (
  options: OpenShardOptions,
  from: ReplayFrom,
  beginning: Checkpoint,
  stored: Checkpoint,
): Promise<Checkpoint> => {
  const { log, increments } = options;
  if (from.kind === "position" && from.shard !== beginning.shard) return stored;
  const before = await beforeSegment(log, increments, beginning, horizonTicksOf(log), (record) =>
    isReplayed(from, record, log.identity.segmentMs),
  );
  const start = before ?? beginning;
  const { trimmed } = await log.read(start.shard, start.previousSequence, 1);
  return trimmed ? stored : start;
};

const startOf = async (
  options: OpenShardOptions,
  beginning: Checkpoint,
  stored: Checkpoint | undefined,
): Promise<Resumption> => {
  const { log, increments, replayFrom } = options;
  const from = stored ?? beginning;
  const checkpoint = replayFrom && stored ? await replayStart(options, replayFrom, beginning, stored) : from;
  const { trimmed } = await log.read(checkpoint.shard, checkpoint.previousSequence, 1);
  if (!trimmed) return { checkpoint, adopted: null, isPastStored: false };
  return resumeAfterTrim(log, increments, checkpoint);
};

/** Makes a shard ready to fold on from its checkpoint: its place, its clock, and the identities that it must remember. */
export const openShard = async (shard: Shard, options: OpenShardOptions): Promise<OpenedShard> => {
  const { log, rules, batch } = options;
  const { identity } = log;
  const checkpoints = await loadCheckpoints(options.records, identity.id);
  const beginning = checkpointAtBeginning(identity.id, shard.id, clockFromParents(shard, checkpoints));
  const { checkpoint, adopted, isPastStored } = await startOf(options, beginning, checkpoints.get(shard.id));
  const horizonTicks = horizonTicksOf(log);
  const identities = createIdentitySet(horizonTicks);
  const ancestors = ancestorsOf(shard, await log.shards(), checkpoints);
  const fill = { log, rules, batch, identities, horizonTicks };
  const through = adopted?.lastSequence ?? checkpoint.previousSequence;
  const marks = await fillIdentities(fill, checkpoint, through, ancestors);
  const settings = { segmentMs: identity.segmentMs, segmentEventsMax: identity.segmentEventsMax };
  const fold = createShardFold({
    checkpoint,
    adopted,
    settings,
    identities,
    marks,
    rules,
    batch,
  });
  return { fold, checkpoint, isPastStored };
};
