import { randomUUID } from "node:crypto";
import type { EpochMs, GenerationManifest } from "@freshet/model";
import type { DataDirectory, DuckDb, Lease } from "@freshet/storage";
import type { Logger } from "pino";
import { appendRun, type FileTarget } from "../generation/files.js";
import { KEEP_DEFAULT, publishGeneration, reserveGeneration } from "../generation/publish.js";
import { retire } from "../generation/retire.js";
import { readStanding, type Standing } from "../generation/standing.js";
import { compactRawLake } from "../landing/compact.js";
import type { RunningLanding } from "../landing/startLanding.js";
import type { Difference } from "../ledger/cut.js";
import { IDENTITY_ORDER, identityRowsSql, mergedIdentitiesSql } from "../sql/identity.js";
import { LEDGER_ORDER, ledgerRowsSql, positionRowsSql } from "../sql/ledger.js";
import { CODE_VERSION } from "../version.js";
import { newlyConsumed } from "./consumed.js";
import { type Counted, countSegments, leastCutTick } from "./count.js";
import { addTotals, dedupe, readTotals, type Totals } from "./dedupe.js";
import { withLease } from "./lease.js";
import { insertLookups } from "./lookups.js";
import { lackingIn, writeMetrics } from "./metrics.js";
import { type KeptMetric, metricsToKeep } from "./metricsToKeep.js";
import type { BatchProgress, BatchStep } from "./progress.js";
import { readAll, type Reading } from "./read.js";

export interface BatchOptions {
  readonly data: DataDirectory;
  readonly duckdb: DuckDb;
  readonly logger: Logger;
  /** Counts everything over the cuts of the lineage again from the raw lake. */
  readonly rebuild?: boolean;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** A landing in this process: what it has read is published first. */
  readonly landing?: Pick<RunningLanding, "flush">;
  /** How many generations are kept to go back to. */
  readonly keep?: number;
  readonly now?: () => number;
}

export type BatchResult =
  | { readonly kind: "published"; readonly manifest: GenerationManifest }
  /** Nothing to add, nothing new to name. */
  | { readonly kind: "unchanged"; readonly manifest: GenerationManifest | null }
  /** Another run is under way. */
  | { readonly kind: "busy"; readonly by: Lease }
  /** Another run, or a revert, was first. */
  | { readonly kind: "superseded" }
  /** A rebuild would lose what earlier generations counted: the raw lake no longer holds all rows of these segments. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

const NOTHING: Totals = {
  ledger: { records: 0, events: 0, accepted: 0, duplicates: 0, conflicts: 0, rejected: {} },
  oldestTimeMs: null,
  newestTimeMs: null,
};
const LINEAGE_MAX = 100;

interface Run {
  readonly options: BatchOptions;
  readonly target: FileTarget;
  readonly standing: Standing;
  readonly generation: number;
  readonly step: (step: BatchStep, done?: number, of?: number) => void;
}

const unchanged = (parent: GenerationManifest | null, counted: Counted, reading: Reading, totals: Totals): boolean =>
  totals.ledger.records === 0 &&
  JSON.stringify(counted.cut) === JSON.stringify(parent?.cut ?? {}) &&
  JSON.stringify(counted.ended) === JSON.stringify(parent?.ended ?? {}) &&
  JSON.stringify(counted.disagreements) === JSON.stringify(parent?.disagreements ?? []) &&
  JSON.stringify(reading.writeOffs) === JSON.stringify(parent?.writeOffs ?? []);

const makeGeneration = async (run: Run): Promise<BatchResult> => {
  const { options, target, standing, generation, step } = run;
  const { data, logger, rebuild = false } = options;
  const { db, lake } = target;
  const parent = standing.manifest;
  const { id, segmentMs } = data.log.identity;
  step("reading");
  const reading = await readAll(data, db, parent);
  const candidates = metricsToKeep(reading.schedule, parent ? (leastCutTick(parent.cut, parent.ended) ?? -1) : -1);
  const lacks = (metric: KeptMetric): boolean => {
    if (!parent) return false;
    const lacking = lackingIn(parent, metric);
    return lacking.files || lacking.trend;
  };
  const lacking = candidates.some(lacks);
  const history = parent !== null && (rebuild || lacking);

  step("counting");
  const counted = await countSegments({ data, db, reading, parent, generation, history });
  if (counted.changedHistory.length > 0) {
    if (rebuild) return { kind: "refused", segments: counted.changedHistory };
    logger.warn({ segments: counted.changedHistory.length }, "new metrics lack rows that are no longer in the raw lake");
  }

  step("deduplicating");
  await dedupe(db, lake, { cut: counted.cut, generation, history, parent });
  const entering = await readTotals(db, rebuild ? null : generation);
  if (!rebuild && !lacking && unchanged(parent, counted, reading, entering)) return { kind: "unchanged", manifest: parent };
  const before: Totals = rebuild || !parent ? NOTHING : parent;
  const totals = addTotals(before, entering);
  const leastTick = leastCutTick(counted.cut, counted.ended);
  const batchThroughMs = leastTick === null ? null : leastTick * segmentMs;

  const metrics = metricsToKeep(reading.schedule, leastTick ?? -1);
  step("metrics", 0, metrics.length);
  await insertLookups(db, lake, reading.schedule);
  const files = await writeMetrics(target, {
    metrics,
    schedule: reading.schedule,
    generation,
    parent: rebuild ? null : parent,
    trendToExclusiveMs: Math.min(totals.newestTimeMs ?? 0, batchThroughMs ?? Number.POSITIVE_INFINITY) as EpochMs,
    onMetric: (done, of) => step("metrics", done, of),
  });

  step("publishing");
  const path = (part: string): string => `generations/${part}/${generation}.parquet`;
  const everything = (source: string): string => `SELECT * FROM ${source}`;
  const manifest: GenerationManifest = {
    version: 1,
    generation,
    parent: parent?.generation ?? null,
    log: id,
    createdMs: (options.now ?? Date.now)() as EpochMs,
    code: CODE_VERSION,
    cut: counted.cut,
    ended: counted.ended,
    ...totals,
    segments: await appendRun(target, {
      files: parent?.segments ?? [],
      newRows: ledgerRowsSql(generation),
      storedRows: everything,
      orderBy: LEDGER_ORDER,
      path: path("segments"),
    }),
    metrics: files,
    identities: await appendRun(target, {
      files: rebuild ? [] : (parent?.identities ?? []),
      newRows: identityRowsSql(rebuild ? null : generation),
      storedRows: (source) => mergedIdentitiesSql(source, batchThroughMs ?? 0),
      orderBy: IDENTITY_ORDER,
      path: path("identities"),
    }),
    positions: await appendRun(target, {
      files: parent?.positions ?? [],
      newRows: positionRowsSql(generation),
      storedRows: everything,
      orderBy: "shard, sequence, subsequence",
      path: path("positions"),
    }),
    lineage: [...(parent?.lineage ?? []), { generation, cut: counted.cut }].slice(-LINEAGE_MAX),
    disagreements: counted.disagreements,
    writeOffs: reading.writeOffs,
    consumed: await newlyConsumed(target, { parent, cut: counted.cut, files: counted.files, existing: reading.rawFiles }),
  };
  const keep = options.keep ?? KEEP_DEFAULT;
  if (!(await publishGeneration(data, manifest, standing, keep))) return { kind: "superseded" };
  step("cleaning");
  const retired = await retire(data, keep);
  const compacted = await compactRawLake(data, db, manifest.consumed);
  logger.debug({ ...retired, compacted }, "cleaned");
  return { kind: "published", manifest };
};

/** Counts what has landed and balances since the standing generation, and publishes the next one. */
export const runBatch = async (options: BatchOptions): Promise<BatchResult> => {
  const { data, duckdb, landing, logger } = options;
  await landing?.flush();
  return withLease(data.leases, randomUUID(), async () => {
    const standing = await readStanding(data);
    const generation = await reserveGeneration(data.records);
    const db = await duckdb.connect();
    try {
      const startedMs = performance.now();
      let at: BatchStep | null = null;
      const result = await makeGeneration({
        options,
        target: { db, lake: data.lake },
        standing,
        generation,
        step(step, done = 0, of = 0) {
          if (step !== at) logger.debug({ step, ms: Math.round(performance.now() - startedMs) }, "batch");
          at = step;
          options.onProgress?.({ step, done, of });
        },
      });
      const ms = Math.round(performance.now() - startedMs);
      logger.info({ generation, kind: result.kind, ms }, "batch run");
      return result;
    } finally {
      await db.close();
    }
  });
};
