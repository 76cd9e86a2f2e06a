import { type Schedule, type SequenceNumber, type WriteOff } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import type { CandidateChain } from "../ledger/chain.js";
import { isWrittenOff } from "../ledger/cut.js";
import type { Family } from "../ledger/family.js";
import type { FinishedSegment } from "../ledger/finishedSegment.js";

/** Before any sequence, as text. */
const BEFORE_ALL = "";

const insertChain = async (
  db: DuckDb,
  { segments }: CandidateChain,
  writeOffs: readonly WriteOff[],
  run: { readonly generation: number; readonly after: number },
): Promise<void> => {
  const column = <T>(value: (segment: FinishedSegment, index: number) => T): T[] => segments.map(value);
  await db.insertColumns("segment", {
    segment: column((_, index) => run.after + index + 1),
    shard: column(({ shard }) => shard),
    tick: column(({ tick }) => tick),
    ordinal: column(({ ordinal }) => ordinal),
    first_sequence: column(({ firstSequence }) => firstSequence),
    after_sequence: column(({ previousSequence }): SequenceNumber | "" => previousSequence ?? BEFORE_ALL),
    last_sequence: column(({ lastSequence }) => lastSequence),
    revision: column(({ revision }) => revision),
    records: column(({ counts }) => counts.records),
    events: column(({ counts }) => counts.events),
    duplicates: column(({ counts }) => counts.duplicates),
    role: column(() => "delta"),
    entered: column(() => run.generation),
    written_off: column((segment) => isWrittenOff(writeOffs, segment)),
    gap: column(({ gap }) => gap),
  });
  const rejected = segments.flatMap(({ counts }, index) =>
    Object.entries(counts.rejected).map(([reason, events]) => [run.after + index + 1, reason, events]),
  );
  if (rejected.length > 0) await db.insertRows("segment_rejected", ["segment", "reason", "events"], rejected);
};

/** Puts the finished segments after the old cut into the table `segment`, numbered from 1. Returns how many. */
export const insertDelta = async (
  db: DuckDb,
  chains: readonly CandidateChain[],
  writeOffs: readonly WriteOff[],
  generation: number,
): Promise<number> => {
  let after = 0;
  for (const chain of chains) {
    if (chain.segments.length === 0) continue;
    await insertChain(db, chain, writeOffs, { generation, after });
    after += chain.segments.length;
  }
  return after;
};

export const insertBounds = async (db: DuckDb, schedule: Schedule): Promise<void> => {
  await db.insertRows(
    "bounds",
    ["revision", "late_ms", "ahead_ms"],
    schedule.revisions.map(({ revision, app: { settings } }) => [
      revision,
      settings.maxLateMs,
      settings.maxAheadMs,
    ]),
  );
};

/** Every shard with itself and its ancestors. */
export const insertFamily = async (db: DuckDb, shards: readonly string[], family: Family): Promise<void> => {
  const rows = shards.flatMap((shard) => [
    [shard, shard, true],
    ...family
      .ancestorsOf(shard as Parameters<Family["ancestorsOf"]>[0])
      .map((ancestor) => [shard, ancestor, false]),
  ]);
  if (rows.length > 0) await db.insertRows("family", ["shard", "ancestor", "own"], rows);
};

/** For each shard the least tick whose rows are needed: a horizon before its own delta, or a descendant's. */
export const neededTicks = (
  chains: readonly CandidateChain[],
  family: Family,
  horizonTicks: number,
): ReadonlyMap<string, number> => {
  const needed = new Map<string, number>();
  for (const { shard, segments } of chains) {
    const first = segments[0];
    if (!first) continue;
    const least = first.tick - horizonTicks;
    for (const one of [shard, ...family.ancestorsOf(shard)]) {
      needed.set(one, Math.min(needed.get(one) ?? least, least));
    }
  }
  return needed;
};
