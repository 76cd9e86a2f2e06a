import type { GenerationManifest } from "@freshet/model";
import { appendRun, type FileTarget } from "../generation/files.js";
import { identityRowsSql } from "../sql/identity.js";
import { ledgerRowsSql, positionRowsSql } from "../sql/ledger.js";

export interface LedgerFilesRun {
  readonly parent: GenerationManifest | null;
  readonly generation: number;
  readonly rebuild: boolean;
}

/** Writes what the next runs need of this one: its segments, the identities that stand, positions in written-off ranges. */
export const writeLedgerFiles = async (
  target: FileTarget,
  { parent, generation, rebuild }: LedgerFilesRun,
): Promise<Pick<GenerationManifest, "segments" | "identities" | "positions">> => {
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
      newRows: identityRowsSql(rebuild ? null : generation),
      orderBy: "hour, identity",
      path: path("identities"),
    }),
    positions: await appendRun(target, {
      files: parent?.positions ?? [],
      newRows: positionRowsSql(generation),
      orderBy: "shard, sequence, subsequence",
      path: path("positions"),
    }),
  };
};
