import type { EpochMs, GenerationManifest } from "@freshet/model";
import { appendRun, type FileTarget } from "../generation/files.js";
import { DUCKDB } from "../sql/duckDb.js";
import { identityRowsSql } from "../sql/identity.js";
import { hourCountsSql } from "../sql/drift.js";
import { ledgerRowsSql, positionRowsSql } from "../sql/ledger.js";

export interface LedgerFilesRun {
  readonly parent: GenerationManifest | null;
  readonly generation: number;
  readonly rebuild: boolean;
  readonly segmentMs: number;
  /** From when on the books by hour are kept. */
  readonly hoursFrom: EpochMs;
}

type LedgerFiles = Pick<GenerationManifest, "segments" | "identities" | "positions"> & {
  readonly hours: readonly string[];
};

/** Writes what the next runs need of this one: its segments, the identities that stand, positions in written-off ranges; and its books by hour. */
export const writeLedgerFiles = async (
  target: FileTarget,
  { parent, generation, rebuild, segmentMs, hoursFrom }: LedgerFilesRun,
): Promise<LedgerFiles> => {
  await target.db.run(hourCountsSql(generation, segmentMs));
  const path = (part: string): string => `generations/${part}/${generation}.parquet`;
  return {
    segments: await appendRun(target, {
      files: parent?.segments ?? [],
      newRows: ledgerRowsSql(generation),
      orderBy: null,
      path: path("segments"),
    }),
    identities: await appendRun(target, {
      files: rebuild ? [] : (parent?.identities ?? []),
      newRows: identityRowsSql(DUCKDB, rebuild ? null : generation),
      orderBy: "hour",
      path: path("identities"),
    }),
    positions: await appendRun(target, {
      files: parent?.positions ?? [],
      newRows: positionRowsSql(generation),
      orderBy: "shard, sequence, subsequence",
      path: path("positions"),
    }),
    hours: await appendRun(target, {
      files: parent?.reconciliation?.hours ?? [],
      newRows: "SELECT * FROM hour_counts",
      orderBy: "hour, generation",
      path: path("hours"),
      kept: { column: "hour", from: hoursFrom },
    }),
  };
};
