import {
  type Disagreement,
  type GenerationManifest,
  type Schedule,
  SCHEDULE,
  type ShardId,
  type WriteOff,
} from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { RAW_PREFIX } from "../landing/rawLake.js";
import { type LandingPlace, loadPlaces } from "../landing/place.js";
import {
  type Bridge,
  type CandidateChain,
  type MissingRun,
  readChain,
  shardsAfterCut,
} from "../ledger/chain.js";
import { isWrittenOff } from "../ledger/cut.js";
import { familyOf, type Family } from "../ledger/family.js";
import { loadWriteOffs } from "../ledger/writeOffs.js";
import { localFiles } from "../generation/files.js";
import { missingAsDisagreement, rawRecordsOf, segmentsOfRun } from "./candidates.js";

/** All that a run takes from the stores, read in the order in which the parts vouch for each other. */
export interface Reading {
  readonly schedule: Schedule;
  readonly writeOffs: readonly WriteOff[];
  readonly places: ReadonlyMap<ShardId, LandingPlace>;
  /** All files of the raw lake. */
  readonly rawFiles: readonly string[];
  readonly chains: readonly CandidateChain[];
  readonly family: Family;
  /** Names a run for which speed has no record. */
  describe(run: MissingRun): Promise<Disagreement>;
}

/** @throws Error when no app has been published. */
const readSchedule = async (data: DataStore): Promise<Schedule> => {
  const stored = await data.records.get<Schedule>(SCHEDULE);
  if (stored) return stored.value;
  throw new Error(`no app is published in ${data.place}: run \`freshet dev\` or \`freshet replay\` first`);
};

/** What of the raw lake a missing run is named by: files that no generation has consumed. */
export const describeBy =
  (
    data: Pick<DataStore, "lake" | "log">,
    db: DuckDb,
    { schedule, rawFiles }: Pick<Reading, "schedule" | "rawFiles">,
    parent: GenerationManifest | null,
  ): Reading["describe"] =>
  async (run) => {
    const found = await unreadRecords(data, db, { rawFiles, parent }, run);
    return missingAsDisagreement(run, found, segmentsOfRun(run, found, schedule, data.log.identity));
  };

const unreadRecords = async (
  { lake, log }: Pick<DataStore, "lake" | "log">,
  db: DuckDb,
  of: { readonly rawFiles: readonly string[]; readonly parent: GenerationManifest | null },
  run: MissingRun,
) => {
  const consumed = new Set(of.parent?.consumed ?? []);
  const unread = of.rawFiles.filter((path) => !consumed.has(path));
  return rawRecordsOf(db, await localFiles(lake, unread), log.identity.id, run);
};

const segmentOf = (run: MissingRun) => ({ shard: run.shard, lastSequence: run.throughSequence });

export const readAll = async (
  data: DataStore,
  db: DuckDb,
  parent: GenerationManifest | null,
): Promise<Reading> => {
  const { log, increments, records, lake } = data;
  const schedule = await readSchedule(data);
  const writeOffs = await loadWriteOffs(records);
  // landing remembers a place after the files that hold it are published
  const places = new Map([...(await loadPlaces(records, log))].map(([shard, { place }]) => [shard, place]));
  const rawFiles = await lake.list(RAW_PREFIX);
  const bridge: Bridge = async (run) =>
    isWrittenOff(writeOffs, segmentOf(run))
      ? segmentsOfRun(run, await unreadRecords(data, db, { rawFiles, parent }, run), schedule, log.identity)
      : null;

  // tips are read before the chains that they vouch for
  const tips = await increments.tips();
  const shards = await log.shards();
  const cut = parent?.cut ?? {};
  const ended = parent?.ended ?? {};
  const roster = shards.map(({ id }) => id);
  const known = new Set(shardsAfterCut(log.identity.roster, roster, cut, ended));
  const chains: CandidateChain[] = [];
  const endedLive: Record<string, readonly ShardId[]> = { ...ended };
  for (const shard of known) {
    const chain = await readChain(increments, shard, cut[shard] ?? null, tips.get(shard) ?? null, bridge);
    chains.push(chain);
    const children = chain.segments.at(-1)?.children;
    if (!children) continue;
    endedLive[shard] = children;
    for (const child of children) known.add(child);
  }
  return {
    schedule,
    writeOffs,
    places,
    rawFiles,
    chains,
    family: familyOf(shards, endedLive),
    describe: describeBy(data, db, { schedule, rawFiles }, parent),
  };
};
