import {
  type EpochMs,
  type GenerationManifest,
  generationPath,
  type MetricFiles,
  type TrendFiles,
} from "@freshet/model";
import { reconcile } from "../drift/reconcile.js";
import { keptOf } from "../drift/retention.js";
import { dayNumber, localFiles, withDays } from "../generation/files.js";
import { filesOf, writerOf } from "../generation/retire.js";
import { type Counted, leastCutTick } from "../run/count.js";
import { consumedOf, type Reach } from "../run/consumed.js";
import { addTotals, insertCut, type Totals, totalsOf, type TotalsRow } from "../run/dedupe.js";
import { appendHours, appendPositions, appendSegments } from "../run/ledgerFiles.js";
import {
  type GenerationResult,
  type GenerationRun,
  hasNothingNew,
  LINEAGE_MAX,
  NOTHING,
} from "../run/makeGeneration.js";
import { RECONCILED_SQL } from "../sql/drift.js";
import { IN_CUT_SQL } from "../sql/identity.js";
import { parquet } from "../sql/text.js";
import { CODE_VERSION } from "../version.js";
import { driftSources, partOf } from "./driftSources.js";
import { filesOfResult, rowsOf, type SparkResult } from "./job.js";
import { scopeOf, sqlOf } from "./planJob.js";
import type { PlannedJob } from "./plannedJob.js";
import { fromOut, type PlannedMetric } from "./planned.js";

/** What is asked of the lake at once about files that Spark wrote. */
const SETTLED_AT_ONCE = 32;

const dayFiles = (result: SparkResult, name: string) =>
  filesOfResult(result, name).flatMap(({ path, day, rows }) =>
    day === null ? [] : [{ path: fromOut(path), day, rows }],
  );

const pathsOf = (result: SparkResult, name: string): readonly string[] =>
  filesOfResult(result, name).flatMap(({ path, rows }) => (rows > 0 ? [fromOut(path)] : []));

const trendOf = (
  { index, trendOnParent, kept: { definition } }: PlannedMetric,
  parent: GenerationManifest | null,
  result: SparkResult,
): TrendFiles | null => {
  if (definition.trend === null) return null;
  const before = trendOnParent ? (parent?.metrics[definition.hash]?.trend ?? null) : null;
  const [ends] = rowsOf<{ to_ms: number; first_ms: number | null }>(result, `trend_${index}`);
  const starts = [before?.fromMs, ends?.first_ms].flatMap((one) => (one == null ? [] : [one]));
  const [baseline] = filesOfResult(result, `baseline_${index}`);
  if (!ends || !baseline || starts.length === 0) return null;
  return {
    on: definition.trend.on,
    fromMs: Math.min(...starts) as EpochMs,
    toExclusiveMs: ends.to_ms as EpochMs,
    baseline: fromOut(baseline.path),
    windows: withDays(before?.windows ?? [], dayFiles(result, `windows_${index}`)),
    members:
      `members_${index}` in result.files
        ? withDays(before?.members ?? [], dayFiles(result, `members_${index}`))
        : [],
  };
};

const metricFiles = (
  metrics: readonly PlannedMetric[],
  result: SparkResult,
  parent: GenerationManifest | null,
): Readonly<Record<string, MetricFiles>> =>
  Object.fromEntries(
    metrics.map((planned) => {
      const { name, hash } = planned.kept.definition;
      const before = planned.onParent ? (parent?.metrics[hash]?.files ?? []) : [];
      const files = withDays(before, dayFiles(result, `metric_${planned.index}`)).toSorted(
        (a, b) => dayNumber(a.day) - dayNumber(b.day),
      );
      return [hash, { name, files, trend: trendOf(planned, parent, result) }];
    }),
  );

/** What Spark wrote is no file of the lake before it is there to stay. */
const settle = async ({ target: { lake } }: GenerationRun, manifest: GenerationManifest): Promise<void> => {
  const { generation } = manifest;
  const own = filesOf(manifest).filter(
    // The manifest itself is written when all else is settled.
    (path) => writerOf(path) === generation && path !== generationPath(generation),
  );
  for (let from = 0; from < own.length; from += SETTLED_AT_ONCE)
    await Promise.all(own.slice(from, from + SETTLED_AT_ONCE).map((path) => lake.settle(path)));
};

/** The generation of what a job wrote, and of the books, which are compared here. */
export const sparkGeneration = async (
  run: GenerationRun,
  planned: PlannedJob,
  { result, counted }: { readonly result: SparkResult; readonly counted: Counted },
): Promise<GenerationResult> => {
  const { data, target, parent, generation, rebuild } = run;
  const { db } = target;
  const { reading, rawFiles, identities } = planned;
  const { segmentMs, id } = data.log.identity;
  const [row] = rowsOf<TotalsRow>(result, "totals");
  if (!row) throw new Error("totals gave no row");
  const entering: Totals = totalsOf(row);
  const { lacking } = scopeOf(run, reading);
  if (!rebuild && !lacking && hasNothingNew(parent, counted, reading, entering)) return { kind: "unchanged" };

  run.step("publishing");
  await insertCut(db, counted.cut);
  await db.run(`${IN_CUT_SQL};\n${RECONCILED_SQL}`);
  const { metrics } = sqlOf(run, planned);
  const leastTick = leastCutTick(counted.cut, counted.ended);
  const settledBeforeTick = parent && leastCutTick(parent.cut, parent.ended);
  const comparing = keptOf(
    parent?.reconciliation,
    generation,
    leastTick === null ? null : leastTick * segmentMs,
  );
  const hours = await appendHours(
    target,
    { parent, generation, segmentMs, hoursFrom: comparing.hoursFrom },
    `SELECT * FROM ${await partOf(target, result, "event_hours")}`,
  );
  const reconciled = await reconcile(target, {
    data,
    generation,
    cut: counted.cut,
    sources: await driftSources(target, metrics, result),
    parent,
    since: comparing.since,
    settledBeforeMs: settledBeforeTick === null ? null : settledBeforeTick * segmentMs,
  });
  const positions = await localFiles(target.lake, pathsOf(result, "positions"));
  const manifest: GenerationManifest = {
    version: 1,
    generation,
    parent: parent?.generation ?? null,
    log: id,
    createdMs: run.now() as EpochMs,
    code: CODE_VERSION,
    cut: counted.cut,
    ended: counted.ended,
    ...addTotals(rebuild || !parent ? NOTHING : parent, entering),
    segments: await appendSegments(target, { parent, generation }),
    identities: [...identities, ...pathsOf(result, "identities")],
    positions:
      positions.length === 0
        ? (parent?.positions ?? [])
        : await appendPositions(target, { parent, generation }, `SELECT * FROM ${parquet(positions)}`),
    metrics: metricFiles(metrics, result, parent),
    lineage: [...(parent?.lineage ?? []), { generation, cut: counted.cut }].slice(-LINEAGE_MAX),
    disagreements: counted.disagreements,
    writeOffs: reading.writeOffs,
    consumed: consumedOf(
      { parent, cut: counted.cut, files: rawFiles, existing: reading.rawFiles },
      rowsOf<Omit<Reach, "path"> & { readonly file_path: string }>(result, "reach").map((one) => ({
        ...one,
        path: `raw/${one.file_path.split("/raw/").at(-1) ?? ""}`,
      })),
    ),
    reconciliation: { ...comparing, ...reconciled, hours },
  };
  await settle(run, manifest);
  return { kind: "made", manifest };
};
