import type { EpochMs, GenerationManifest } from "@freshet/model";
import { appendRun, type FileTarget } from "../generation/files.js";
import { DUCKDB } from "../sql/duckDb.js";
import { identityRowsSql } from "../sql/identity.js";
import { eventHoursSql, hourCountsSql } from "../sql/drift.js";
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

const pathOf = (part: string, generation: number): string => `generations/${part}/${generation}.parquet`;

/** Where a generation's own files of the ledger lie, and its drift: each in its place in a list that grows. */
export const ledgerPaths = (generation: number): readonly string[] =>
  ["segments", "identities", "positions", "hours", "drift"].map((part) => pathOf(part, generation));

/** The segments that enter. */
export const appendSegments = (
  target: FileTarget,
  { parent, generation }: Pick<LedgerFilesRun, "parent" | "generation">,
): Promise<readonly string[]> =>
  appendRun(target, {
    files: parent?.segments ?? [],
    newRows: ledgerRowsSql(generation),
    orderBy: null,
    path: pathOf("segments", generation),
  });

/** Positions in written-off ranges. */
export const appendPositions = (
  target: FileTarget,
  { parent, generation }: Pick<LedgerFilesRun, "parent" | "generation">,
  newRows: string,
): Promise<readonly string[]> =>
  appendRun(target, {
    files: parent?.positions ?? [],
    newRows,
    orderBy: "shard, sequence, subsequence",
    path: pathOf("positions", generation),
  });

/** The books by hour. @param events gives the rows of `eventHoursSql` */
export const appendHours = async (
  target: FileTarget,
  { parent, generation, segmentMs, hoursFrom }: Omit<LedgerFilesRun, "rebuild">,
  events: string,
): Promise<readonly string[]> => {
  await target.db.run(hourCountsSql(generation, segmentMs, events));
  return appendRun(target, {
    files: parent?.reconciliation?.hours ?? [],
    newRows: "SELECT * FROM hour_counts",
    orderBy: "hour, generation",
    path: pathOf("hours", generation),
    kept: { column: "hour", from: hoursFrom },
  });
};

/** Writes what the next runs need of this one: its segments, the identities that stand, positions in written-off ranges; and its books by hour. */
export const writeLedgerFiles = async (target: FileTarget, run: LedgerFilesRun): Promise<LedgerFiles> => {
  const { parent, generation, rebuild, segmentMs } = run;
  return {
    segments: await appendSegments(target, run),
    identities: await appendRun(target, {
      files: rebuild ? [] : (parent?.identities ?? []),
      newRows: identityRowsSql(DUCKDB, rebuild ? null : generation),
      orderBy: "hour",
      path: pathOf("identities", generation),
    }),
    positions: await appendPositions(target, run, positionRowsSql(generation)),
    hours: await appendHours(target, run, eventHoursSql(DUCKDB, generation, segmentMs)),
  };
};
