import type { EpochMs, GenerationManifest } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { metricSources } from "../drift/metricSources.js";
import { reconcile } from "../drift/reconcile.js";
import { keptOf } from "../drift/retention.js";
import type { FileTarget } from "../generation/files.js";
import type { Difference } from "../ledger/cut.js";
import { beyondSql, RECONCILED_SQL } from "../sql/drift.js";
import { BEYOND, STANDING } from "../sql/facts.js";
import { CODE_VERSION } from "../version.js";
import { newlyConsumed } from "./consumed.js";
import { type Counted, countSegments, leastCutTick } from "./count.js";
import { createCoupons } from "./coupons.js";
import { addTotals, dedupe, readTotals, type Totals } from "./dedupe.js";
import { writeLedgerFiles } from "./ledgerFiles.js";
import { insertLookups } from "./lookups.js";
import { lackingIn, makeFacts, withoutLacking, writeMetrics } from "./metrics.js";
import { type KeptMetric, metricsToKeep } from "./metricsToKeep.js";
import type { BatchStep } from "./progress.js";
import { readAll, type Reading } from "./read.js";

export interface GenerationRun {
  readonly data: DataStore;
  readonly target: FileTarget;
  readonly parent: GenerationManifest | null;
  readonly generation: number;
  readonly rebuild: boolean;
  /** Metrics and trends that the parent lacks stay out: rows that they need are lost. */
  readonly leaveOutLacking: boolean;
  /** Of a metric; of more, a sample is compared with what live had said. */
  readonly comparedGroupsMax: number;
  readonly now: () => number;
  /** Ends what runs elsewhere than on the connection. */
  readonly signal: AbortSignal;
  readonly step: (step: BatchStep, done?: number, of?: number) => void;
}

export type GenerationResult =
  | { readonly kind: "made"; readonly manifest: GenerationManifest }
  | { readonly kind: "unchanged" }
  /** Rows of these segments are lost, and all of history was to be counted. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

export const NOTHING: Totals = {
  ledger: { records: 0, events: 0, accepted: 0, duplicates: 0, conflicts: 0, rejected: {} },
  oldestTimeMs: null,
  newestTimeMs: null,
};
/** The newest cuts that a manifest repeats; the ledger's segments know all. */
export const LINEAGE_MAX = 100;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether a run would publish what stands already. */
export const hasNothingNew = (
  parent: GenerationManifest | null,
  counted: Counted,
  reading: Reading,
  entering: Totals,
): boolean =>
  entering.ledger.records === 0 &&
  same(counted.cut, parent?.cut ?? {}) &&
  same(counted.ended, parent?.ended ?? {}) &&
  same(counted.disagreements, parent?.disagreements ?? []) &&
  same(reading.writeOffs, parent?.writeOffs ?? []);

export const lacksAny = (parent: GenerationManifest, metrics: readonly KeptMetric[]): boolean =>
  metrics.some((metric) => {
    const lacking = lackingIn(parent, metric);
    return lacking.files || lacking.trend;
  });

/** Writes all files of the next generation; nothing of it stands until its manifest is published. */
export const makeGeneration = async (run: GenerationRun): Promise<GenerationResult> => {
  const { data, target, parent, generation, rebuild, step } = run;
  const { db, lake } = target;
  const { id, segmentMs } = data.log.identity;
  step("reading");
  const reading = await readAll(data, db, parent);
  const { schedule } = reading;
  const lacking =
    parent !== null &&
    !run.leaveOutLacking &&
    lacksAny(parent, metricsToKeep(schedule, leastCutTick(parent.cut, parent.ended) ?? -1));
  const history = parent !== null && (rebuild || lacking);

  step("counting");
  const counted = await countSegments({ data, db, reading, parent, generation, history });
  const { cut, ended, changedHistory } = counted;
  if (changedHistory.length > 0) return { kind: "refused", segments: changedHistory };

  step("deduplicating");
  await dedupe(db, lake, { cut, generation, history, parent });
  const entering = await readTotals(db, rebuild ? null : generation);
  if (!rebuild && !lacking && hasNothingNew(parent, counted, reading, entering)) return { kind: "unchanged" };
  const totals = addTotals(rebuild || !parent ? NOTHING : parent, entering);
  const leastTick = leastCutTick(cut, ended);
  const batchThroughMs = leastTick === null ? null : leastTick * segmentMs;

  const kept = metricsToKeep(schedule, leastTick ?? -1);
  const metrics = parent !== null && run.leaveOutLacking ? withoutLacking(parent, kept) : kept;
  step("metrics", 0, metrics.length);
  await insertLookups(db, lake, schedule);
  await db.run(`${RECONCILED_SQL};\n${beyondSql(generation)}`);
  const facts = await makeFacts(db, metrics, schedule, { ...STANDING, prefix: "facts" });
  const beyond = await makeFacts(db, metrics, schedule, { ...BEYOND, prefix: "beyond" });
  const comparing = keptOf(parent?.reconciliation, generation, batchThroughMs);
  const { hours, ...ledgerFiles } = await writeLedgerFiles(target, {
    parent,
    generation,
    rebuild,
    segmentMs,
    hoursFrom: comparing.hoursFrom,
  });
  // bodies are the most of what a run holds, and facts hold what is needed of them
  await db.run(
    "DROP VIEW standing; DROP VIEW counted_row; DROP TABLE landed_row; DROP TABLE beyond; DROP TABLE segment",
  );
  const coupons = createCoupons(db);
  const settledBeforeTick = parent && leastCutTick(parent.cut, parent.ended);
  const sourcesRun = { schedule, coupons, generation, comparedGroupsMax: run.comparedGroupsMax };
  const reconciled = await reconcile(target, {
    data,
    generation,
    cut,
    sources: await metricSources(db, sourcesRun, { facts, beyond }),
    parent,
    since: comparing.since,
    settledBeforeMs: settledBeforeTick === null ? null : settledBeforeTick * segmentMs,
  });
  const files = await writeMetrics(target, {
    facts,
    coupons,
    generation,
    parent: rebuild ? null : parent,
    trendToExclusiveMs: Math.min(
      totals.newestTimeMs ?? 0,
      batchThroughMs ?? Number.POSITIVE_INFINITY,
    ) as EpochMs,
    onMetric: (done) => step("metrics", done, metrics.length),
  });
  const manifest: GenerationManifest = {
    version: 1,
    generation,
    parent: parent?.generation ?? null,
    log: id,
    createdMs: run.now() as EpochMs,
    code: CODE_VERSION,
    cut,
    ended,
    ...totals,
    ...ledgerFiles,
    metrics: files,
    lineage: [...(parent?.lineage ?? []), { generation, cut }].slice(-LINEAGE_MAX),
    disagreements: counted.disagreements,
    writeOffs: reading.writeOffs,
    consumed: await newlyConsumed(target, { parent, cut, files: counted.files, existing: reading.rawFiles }),
    reconciliation: { ...comparing, ...reconciled, hours },
  };
  return { kind: "made", manifest };
};
