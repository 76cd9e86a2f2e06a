import { RUNS_PREFIX, type RunRecord } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { BatchResult } from "../run/runBatch.js";

/** Instants of one length, so that names sort as time does. */
const INSTANT_DIGITS = 15;

export const runId = (startedMs: number, unique: string): string =>
  `${String(startedMs).padStart(INSTANT_DIGITS, "0")}-${unique}`;

type RunEnd = Pick<RunRecord, "outcome" | "generation" | "ledger" | "records">;

/** Of a run that goes on. */
export const UNENDED: RunEnd = { outcome: "running", generation: null, ledger: null, records: 0 };

export const runEnd = (result: BatchResult): RunEnd => {
  const manifest = result.kind === "published" || result.kind === "unchanged" ? result.manifest : null;
  return {
    outcome: result.kind,
    generation: manifest?.generation ?? null,
    ledger: manifest?.ledger ?? null,
    records: result.kind === "published" ? result.addedRecords : 0,
  };
};

export const lackOf = (result: BatchResult): string | null =>
  result.kind === "unready" ? result.lacking.map(({ detail }) => detail).join("; ") : null;

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The record of a run; null: none is kept. */
export const readRun = async (records: Pick<Records, "get">, id: string): Promise<RunRecord | null> =>
  (await records.get<RunRecord>(RUNS_PREFIX + id))?.value ?? null;

/** Keeps the newest state of a run. */
export const saveRun = async (records: Records, run: RunRecord): Promise<void> => {
  const name = RUNS_PREFIX + run.id;
  const stored = await records.get<RunRecord>(name);
  await records.replace(name, stored?.revision ?? 0, run);
};

/** The runs that are kept, newest first. */
export const listRuns = async (records: Records): Promise<readonly RunRecord[]> => {
  const stored = await records.list<RunRecord>(RUNS_PREFIX);
  return stored.map(({ document }) => document.value).sort((a, b) => (a.id < b.id ? 1 : -1));
};

/** Removes runs that have expired. */
export const expireRuns = async (records: Records, nowMs: number): Promise<number> => {
  const expired = (await listRuns(records)).filter(({ expiresMs }) => expiresMs <= nowMs);
  for (const { id } of expired) await records.remove(RUNS_PREFIX + id);
  return expired.length;
};
