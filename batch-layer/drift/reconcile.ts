import {
  type Cut,
  DRIFT_CAUSES,
  type GenerationManifest,
  type Reconciliation,
  type ShardId,
  type Tick,
} from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { appendRun, type FileTarget } from "../generation/files.js";
import { DRIFT_TABLE_SQL, driftRowsSql } from "../sql/drift.js";
import { type DriftRow, driftRows } from "./driftRows.js";
import { createLiveSide, type LiveSide, type SegmentClass } from "./liveSide.js";
import {
  type EnteringSegment,
  type EnteringSegments,
  readIncrements,
  segmentName,
  type Unread,
} from "./readIncrements.js";
import type { SettledSource } from "./settledSide.js";

/** What could not be read is named by so many of the newest runs. */
const UNREAD_MAX = 100;
const TABLE = "drift";

export interface ReconcileRun {
  readonly data: Pick<DataStore, "increments" | "lake">;
  readonly generation: GenerationManifest["generation"];
  readonly cut: Cut;
  /** Of every metric, by the table `reconciled`. */
  readonly sources: readonly SettledSource[];
  readonly parent: GenerationManifest | null;
  /** The first generation whose rows are kept. */
  readonly since: number;
  /** Through where the parent had settled; null: nowhere. */
  readonly settledBeforeMs: number | null;
}

interface SegmentRow {
  readonly segment: number;
  readonly shard: ShardId;
  readonly tick: Tick;
  readonly ordinal: number;
  readonly class: SegmentClass;
}

const enteringSegments = async (db: DuckDb): Promise<EnteringSegments> => {
  const rows = await db.rows<SegmentRow>(
    "SELECT segment, shard, tick, ordinal, class FROM reconciled WHERE own ORDER BY shard, tick, ordinal",
  );
  const shards = new Map<ShardId, Map<string, EnteringSegment>>();
  for (const { shard, segment, class: of, ...key } of rows) {
    const entering = shards.get(shard) ?? new Map<string, EnteringSegment>();
    shards.set(shard, entering.set(segmentName(key), { segment, class: of }));
  }
  return shards;
};

/** Reads what live had added. Segments of which it cannot be read are `unknown` from here on. */
const readLive = async (
  db: DuckDb,
  { data, parent, cut }: ReconcileRun,
  live: ReadonlyMap<string, LiveSide>,
): Promise<readonly Unread[]> => {
  const unread = await readIncrements(
    data,
    { from: parent?.cut ?? {}, through: cut, entering: await enteringSegments(db) },
    (hash) => live.get(hash)?.wanted ?? null,
    (metrics, segment) => {
      for (const metric of metrics) live.get(metric.definition)?.add(metric, segment);
    },
  );
  if (unread.length > 0) {
    await db.run("CREATE TEMP TABLE unread (segment INTEGER)");
    await db.insertColumns("unread", { segment: unread.map(({ segment }) => segment) });
    await db.run("UPDATE reconciled SET class = 'unknown' WHERE segment IN (SELECT segment FROM unread)");
  }
  return unread;
};

const insertDrift = async (db: DuckDb, hash: string, rows: readonly DriftRow[]): Promise<void> => {
  if (rows.length === 0) return;
  const column = <T>(value: (row: DriftRow) => T): T[] => rows.map(value);
  await db.insertColumns(TABLE, {
    definition: column(() => hash),
    pane: column(({ pane }) => pane),
    measure: column(({ measure }) => measure),
    live: column(({ live }) => live),
    settled: column(({ settled }) => settled),
    compared: column(({ compared }) => compared),
    differing: column(({ differing }) => differing),
    late: column(({ late }) => late),
    unknown: column(({ unknown }) => unknown),
    share: column(({ share }) => share),
    ...Object.fromEntries(DRIFT_CAUSES.map((cause) => [cause, column(({ causes }) => causes[cause] ?? "0")])),
  });
};

const compareMetric = async (
  db: DuckDb,
  source: SettledSource,
  live: LiveSide,
  settledBeforeMs: number | null,
): Promise<void> => {
  const rows = driftRows({
    metric: source.metric,
    live,
    settled: await source.settled(live),
    standing: await source.standing(),
    beyond: await source.beyond(),
    settledBeforeMs: settledBeforeMs ?? Number.NEGATIVE_INFINITY,
  });
  await insertDrift(db, source.metric.hash, rows);
};

/** Compares what live had added with what stands, for every metric, and writes what it finds beside what earlier runs found. */
export const reconcile = async (
  target: FileTarget,
  run: ReconcileRun,
): Promise<Pick<Reconciliation, "version" | "drift" | "unread">> => {
  const { db } = target;
  const before = run.parent?.reconciliation;
  const compared = run.sources.map((source) => ({
    source,
    live: createLiveSide(source.metric, source.sample),
  }));
  const unread = await readLive(
    db,
    run,
    new Map(compared.map(({ source, live }) => [source.metric.hash, live])),
  );
  await db.run(DRIFT_TABLE_SQL);
  for (const { source, live } of compared) await compareMetric(db, source, live, run.settledBeforeMs);
  const [first] = unread;
  const named = first ? [{ generation: run.generation, segments: unread.length, detail: first.detail }] : [];
  return {
    version: 1,
    drift: await appendRun(target, {
      files: before?.drift ?? [],
      newRows: driftRowsSql(run.generation),
      orderBy: "definition, pane, measure NULLS FIRST, generation",
      path: `generations/drift/${run.generation}.parquet`,
      kept: { column: "generation", from: run.since },
    }),
    unread: [...(before?.unread ?? []), ...named].slice(-UNREAD_MAX),
  };
};
