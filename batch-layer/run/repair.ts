import type { Disagreement, GenerationManifest } from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { landAgain } from "../landing/landAgain.js";
import type { RunLogger } from "./runLogger.js";

const REPAIRS = "repairs";
/** More differ only where something is thoroughly wrong: then a person looks first. */
const REPAIRS_MAX = 100;

const nameOf = ({ shard, firstSequence, lastSequence }: Disagreement): string =>
  `${shard} ${firstSequence} ${lastSequence}`;

/**
 * Reads from the log again what the last run named: rows that landing lost come back. Each run of the log is tried
 * once; what differs still is an operator's to look at.
 */
export const repair = async (
  data: DataStore,
  duckdb: DuckDb,
  parent: GenerationManifest | null,
  logger: RunLogger,
): Promise<void> => {
  const disagreements = parent?.disagreements ?? [];
  if (disagreements.length === 0 || disagreements.length > REPAIRS_MAX) return;
  const stored = await data.records.get<readonly string[]>(REPAIRS);
  const tried = new Set(stored?.value ?? []);
  if (disagreements.every((one) => tried.has(nameOf(one)))) return;
  for (const one of disagreements) {
    if (tried.has(nameOf(one))) continue;
    const { shard, firstSequence, lastSequence } = one;
    const { records } = await landAgain(data, duckdb, { shard, firstSequence, lastSequence });
    logger.info({ shard, firstSequence, lastSequence, records }, "landed again what differed");
  }
  await data.records.replace(REPAIRS, stored?.revision ?? 0, disagreements.map(nameOf));
};
