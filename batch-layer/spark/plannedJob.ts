import type { Cut, Schedule, ShardId, WriteOff } from "@freshet/model";
import { type FileTarget, localFiles, writeParquet } from "../generation/files.js";
import type { LandingPlace } from "../landing/place.js";
import type { CandidateChain } from "../ledger/chain.js";
import { type Family, familyFrom } from "../ledger/family.js";
import type { GenerationRun } from "../run/makeGeneration.js";
import { describeBy, type Reading } from "../run/read.js";
import { parquet } from "../sql/text.js";
import { jobFolder, RUN_TABLES } from "./inputs.js";

/** A job of a run, by the generation that it is for: a run's jobs are numbered from 1. */
export interface SparkJobNumber {
  readonly generation: number;
  readonly job: number;
}

/** A job that is written down, and what it was planned with. */
export interface PlannedJob extends SparkJobNumber {
  readonly reading: Reading;
  /** The raw files that it reads. */
  readonly rawFiles: readonly string[];
  readonly identities: readonly string[];
  /** Through which it counts. */
  readonly cut: Cut;
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
}

/** `plan.json` of a job's folder. */
interface PlanDocument {
  readonly version: 1;
  readonly schedule: Schedule;
  readonly writeOffs: readonly WriteOff[];
  readonly places: readonly (readonly [ShardId, LandingPlace])[];
  readonly existing: readonly string[];
  readonly family: Family["parents"];
  /** One file each: a shard's segments of days are too many for one text with all others. */
  readonly chains: readonly string[];
  readonly rawFiles: readonly string[];
  readonly identities: readonly string[];
  readonly cut: Cut;
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
}

const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const planPath = ({ generation, job }: SparkJobNumber): string => `${jobFolder(generation, job)}plan.json`;
/** Of the run's tables this alone is no input of the job. */
const REJECTED = "segment_rejected";
const rejectedPath = ({ generation, job }: SparkJobNumber): string =>
  `${jobFolder(generation, job)}${REJECTED}.parquet`;

/** Keeps what the step after the job needs, in whatever process that runs. */
export const savePlannedJob = async (target: FileTarget, planned: PlannedJob): Promise<void> => {
  const { reading, rawFiles, identities, cut, ended } = planned;
  const folder = jobFolder(planned.generation, planned.job);
  const chains: string[] = [];
  for (const [index, chain] of reading.chains.entries()) {
    const path = `${folder}chains/${index}.json`;
    await target.lake.put(path, jsonBytes(chain));
    chains.push(path);
  }
  await writeParquet(target, `SELECT * FROM ${REJECTED}`, rejectedPath(planned));
  const document: PlanDocument = {
    version: 1,
    schedule: reading.schedule,
    writeOffs: reading.writeOffs,
    places: [...reading.places],
    existing: reading.rawFiles,
    family: reading.family.parents,
    chains,
    rawFiles,
    identities,
    cut,
    ended,
  };
  await target.lake.put(planPath(planned), jsonBytes(document));
};

const readJson = async <T>({ lake }: FileTarget, path: string): Promise<T> =>
  JSON.parse(Buffer.from(await lake.get(path)).toString("utf8")) as T;

/** A planned job again, and the tables of its run. @throws Error for one that another version of Freshet planned */
export const loadPlannedJob = async (
  { data, target, parent }: Pick<GenerationRun, "data" | "target" | "parent">,
  of: SparkJobNumber,
): Promise<PlannedJob> => {
  const document = await readJson<PlanDocument>(target, planPath(of));
  if (document.version !== 1)
    throw new Error(
      `job ${of.generation}/${of.job} was planned by another version of Freshet: give its run up`,
    );
  const chains: CandidateChain[] = [];
  for (const path of document.chains) chains.push(await readJson<CandidateChain>(target, path));
  const { schedule, existing } = document;
  const folder = jobFolder(of.generation, of.job);
  const tables = [...RUN_TABLES.map((table) => [table, `${folder}inputs/${table}.parquet`] as const)];
  for (const [table, path] of [...tables, [REJECTED, rejectedPath(of)] as const]) {
    const files = await localFiles(target.lake, [path]);
    await target.db.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${parquet(files)}`);
  }
  return {
    generation: of.generation,
    job: of.job,
    rawFiles: document.rawFiles,
    identities: document.identities,
    cut: document.cut,
    ended: document.ended,
    reading: {
      schedule,
      writeOffs: document.writeOffs,
      places: new Map(document.places),
      rawFiles: existing,
      chains,
      family: familyFrom(document.family),
      describe: describeBy(data, target.db, { schedule, rawFiles: existing }, parent),
    },
  };
};
