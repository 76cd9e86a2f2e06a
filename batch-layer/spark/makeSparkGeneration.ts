import type { EpochMs, GenerationManifest, MetricFiles, TrendFiles } from "@freshet/model";
import { appendRun, dayNumber, withDays } from "../generation/files.js";
import type { Difference } from "../ledger/cut.js";
import {
  type Counted,
  type CountOptions,
  horizonTicksOf,
  leastCutTick,
  placeSegments,
  settleSegments,
} from "../run/count.js";
import { consumedOf, type Reach } from "../run/consumed.js";
import { addTotals, insertCut, type Totals, totalsOf, type TotalsRow } from "../run/dedupe.js";
import { insertLookups } from "../run/lookups.js";
import {
  type GenerationResult,
  type GenerationRun,
  hasNothingNew,
  LINEAGE_MAX,
  lacksAny,
  NOTHING,
} from "../run/makeGeneration.js";
import { withoutLacking } from "../run/metrics.js";
import { metricsToKeep } from "../run/metricsToKeep.js";
import { readAll, type Reading } from "../run/read.js";
import { IN_CUT_SQL } from "../sql/identity.js";
import { ledgerRowsSql } from "../sql/ledger.js";
import { parquet } from "../sql/text.js";
import { CODE_VERSION } from "../version.js";
import type { SparkEngine } from "./engine.js";
import { jobFolder, jobRows, readableIdentities, writeInputs, writeLocalTime } from "./inputs.js";
import { filesOfResult, parseSparkResult, rowsOf, type SparkJob, type SparkResult } from "./job.js";
import { planSpark, type SparkPlan } from "./plan.js";
import { belowOut, fromOut, type PlannedMetric } from "./planned.js";

/** The first job is given the cut that holds when all books balance; the second, if they do not, the one that does. */
const JOBS_MAX = 2;
/** A run's jobs are numbered; those of its second try, without what the parent lacks, go on after the first's. */
const firstJobOf = ({ leaveOutLacking }: GenerationRun): number => (leaveOutLacking ? JOBS_MAX + 1 : 1);

interface Job {
  readonly plan: SparkPlan;
  readonly result: SparkResult;
}

interface Context {
  readonly run: GenerationRun;
  readonly engine: SparkEngine;
  readonly options: CountOptions;
  readonly reading: Reading;
  readonly identities: readonly string[];
  readonly rawFiles: readonly string[];
}

const dayFiles = (result: SparkResult, name: string) =>
  filesOfResult(result, name).flatMap(({ path, day, rows }) =>
    day === null ? [] : [{ path: fromOut(path), day, rows }],
  );

const pathsOf = (result: SparkResult, name: string): readonly string[] =>
  filesOfResult(result, name).flatMap(({ path, rows }) => (rows > 0 ? [fromOut(path)] : []));

/** The parent's tables in Spark's job, and its answer. */
const runJob = async (context: Context, counted: Counted, number: number): Promise<Job> => {
  const { run, engine, options, reading, identities, rawFiles } = context;
  const { data, target, parent, generation, rebuild } = run;
  const { lake } = target;
  const { id, segmentMs } = data.log.identity;
  const folder = jobFolder(generation, number);
  const leastTick = leastCutTick(counted.cut, counted.ended);
  const kept = metricsToKeep(reading.schedule, leastTick ?? -1);
  const plan = planSpark({
    log: id,
    segmentMs,
    horizonTicks: horizonTicksOf(data),
    generation,
    history: options.history,
    rebuild,
    parent,
    schedule: reading.schedule,
    metrics: parent !== null && run.leaveOutLacking ? withoutLacking(parent, kept) : kept,
    identities,
    batchThroughMs: leastTick === null ? null : leastTick * segmentMs,
    folder: belowOut(`${folder}files`),
    rowsOf: jobRows(generation, number),
  });
  const inputs = [
    ...(await writeInputs(target, folder, rawFiles)),
    ...(await writeLocalTime(target, folder, plan.metrics, { rawFiles, parent })),
    ...plan.inputs,
  ];
  const result = `${folder}result.json`;
  const job: SparkJob = {
    version: 1,
    inputs,
    statements: plan.statements,
    tables: belowOut(`${folder}tables/`),
    result: belowOut(result),
  };
  const cut = Object.entries(counted.cut).map(([shard, { tick, ordinal }]) => ({ shard, tick, ordinal }));
  await lake.put(`${folder}job.json`, Buffer.from(JSON.stringify(job)));
  await lake.put(`${folder}cut.json`, Buffer.from(JSON.stringify(cut)));
  await engine.run({
    sql: `${engine.lakeUri}${folder}job.json`,
    raw: `${engine.lakeUri}raw/`,
    out: `${engine.lakeUri}generations/`,
    cut: `${engine.lakeUri}${folder}cut.json`,
  });
  return { plan, result: parseSparkResult(await lake.get(result)) };
};

/** What Spark counted in each segment, as tables beside `segment`. */
const takeCounts = async ({ run: { target } }: Context, { result }: Job): Promise<void> => {
  for (const table of ["batch_count", "live_duplicate"]) {
    const files = await Promise.all(
      filesOfResult(result, table).map(({ path }) => target.lake.local(fromOut(path))),
    );
    await target.db.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM ${parquet(files)}`);
  }
};

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
  { plan, result }: Job,
  parent: GenerationManifest | null,
): Readonly<Record<string, MetricFiles>> =>
  Object.fromEntries(
    plan.metrics.map((planned) => {
      const { name, hash } = planned.kept.definition;
      const before = planned.onParent ? (parent?.metrics[hash]?.files ?? []) : [];
      const files = withDays(before, dayFiles(result, `metric_${planned.index}`)).toSorted(
        (a, b) => dayNumber(a.day) - dayNumber(b.day),
      );
      return [hash, { name, files, trend: trendOf(planned, parent, result) }];
    }),
  );

/** Runs the job through the cut that its own counts allow. */
const countBySpark = async (
  context: Context,
): Promise<{ readonly job: Job; readonly counted: Counted } | null> => {
  const { options, rawFiles, run } = context;
  // what the last run named is held back until it is seen to balance
  const named: readonly Difference[] = run.parent?.disagreements ?? [];
  let counted = await settleSegments(options, rawFiles, named);
  for (let jobs = 0; jobs < JOBS_MAX; jobs++) {
    const job = await runJob(context, counted, firstJobOf(run) + jobs);
    await takeCounts(context, job);
    const settled = await settleSegments(options, rawFiles);
    if (JSON.stringify(settled.cut) === JSON.stringify(counted.cut)) return { job, counted: settled };
    counted = settled;
  }
  return null;
};

/** As `makeGeneration`, with all that reads events done by Spark; the books are compared here. */
export const makeSparkGeneration = async (
  run: GenerationRun,
  engine: SparkEngine,
): Promise<GenerationResult> => {
  const { data, target, parent, generation, rebuild, step } = run;
  const { db, lake } = target;
  step("reading");
  const reading = await readAll(data, db, parent);
  const lacking =
    parent !== null &&
    !run.leaveOutLacking &&
    lacksAny(parent, metricsToKeep(reading.schedule, leastCutTick(parent.cut, parent.ended) ?? -1));
  const history = parent !== null && (rebuild || lacking);
  const options: CountOptions = { data, db, reading, parent, generation, history };
  const rawFiles = await placeSegments(options);
  await insertLookups(db, lake, reading.schedule);
  const identities = await readableIdentities(
    target,
    jobFolder(generation, firstJobOf(run)),
    rebuild ? [] : (parent?.identities ?? []),
  );

  step("counting");
  const context: Context = { run, engine, options, reading, identities, rawFiles };
  const made = await countBySpark(context);
  if (!made) throw new Error("the books changed while Spark counted twice: run batch again");
  const { job, counted } = made;
  if (counted.changedHistory.length > 0) return { kind: "refused", segments: counted.changedHistory };
  const [row] = rowsOf<TotalsRow>(job.result, "totals");
  if (!row) throw new Error("totals gave no row");
  const entering: Totals = totalsOf(row);
  if (!rebuild && !lacking && hasNothingNew(parent, counted, reading, entering)) return { kind: "unchanged" };

  step("publishing");
  await insertCut(db, counted.cut);
  await db.run(IN_CUT_SQL);
  const positions = await Promise.all(pathsOf(job.result, "positions").map((path) => lake.local(path)));
  const manifest: GenerationManifest = {
    version: 1,
    generation,
    parent: parent?.generation ?? null,
    log: data.log.identity.id,
    createdMs: run.now() as EpochMs,
    code: CODE_VERSION,
    cut: counted.cut,
    ended: counted.ended,
    ...addTotals(rebuild || !parent ? NOTHING : parent, entering),
    segments: await appendRun(target, {
      files: parent?.segments ?? [],
      newRows: ledgerRowsSql(generation),
      orderBy: null,
      path: `generations/segments/${generation}.parquet`,
    }),
    identities: [...identities, ...pathsOf(job.result, "identities")],
    positions:
      positions.length === 0
        ? (parent?.positions ?? [])
        : await appendRun(target, {
            files: parent?.positions ?? [],
            newRows: `SELECT * FROM ${parquet(positions)}`,
            orderBy: "shard, sequence, subsequence",
            path: `generations/positions/${generation}.parquet`,
          }),
    metrics: metricFiles(job, parent),
    lineage: [...(parent?.lineage ?? []), { generation, cut: counted.cut }].slice(-LINEAGE_MAX),
    disagreements: counted.disagreements,
    writeOffs: reading.writeOffs,
    consumed: consumedOf(
      { parent, cut: counted.cut, files: rawFiles, existing: reading.rawFiles },
      rowsOf<Omit<Reach, "path"> & { readonly file_path: string }>(job.result, "reach").map((one) => ({
        ...one,
        path: `raw/${one.file_path.split("/raw/").at(-1) ?? ""}`,
      })),
    ),
    ...(parent?.reconciliation ? { reconciliation: parent.reconciliation } : {}),
  };
  return { kind: "made", manifest };
};
