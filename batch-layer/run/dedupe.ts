import type { Cut, EpochMs, GenerationManifest, Ledger } from "@freshet/model";
import { REASONS } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { localFiles } from "../generation/files.js";
import {
  copiesSql,
  countedViewSql,
  CUT_TABLE_SQL,
  IN_CUT_SQL,
  knownIdentitiesSql,
  nothingKnownSql,
  STANDING_VIEW_SQL,
} from "../sql/identity.js";
import { DUCKDB } from "../sql/duckDb.js";
import { totalsSql } from "../sql/ledger.js";
import { parquet } from "../sql/text.js";
import { rejectedOf } from "./candidates.js";

/** Makes `cut_point`. */
export const insertCut = async (db: DuckDb, cut: Cut): Promise<void> => {
  await db.run(CUT_TABLE_SQL);
  const points = Object.entries(cut).map(([shard, { tick, ordinal }]) => [shard, tick, ordinal]);
  if (points.length > 0) await db.insertRows("cut_point", ["shard", "tick", "ordinal"], points);
};

/** Makes `counted_row` and `standing`: the rows through the cut, and those of them that stand, each identity once. */
export const dedupe = async (
  db: DuckDb,
  lake: Lake,
  run: {
    readonly cut: Cut;
    readonly generation: number;
    /** Whether all of history is counted again: then no index of earlier identities is needed. */
    readonly history: boolean;
    readonly parent: GenerationManifest | null;
  },
): Promise<void> => {
  await insertCut(db, run.cut);
  await db.run(`${IN_CUT_SQL};\n${countedViewSql(run.history ? null : run.generation)}`);
  const index = run.history ? [] : (run.parent?.identities ?? []);
  await db.run(
    index.length === 0
      ? nothingKnownSql(DUCKDB)
      : knownIdentitiesSql(DUCKDB, parquet(await localFiles(lake, index))),
  );
  await db.run(`${copiesSql(DUCKDB)};\n${STANDING_VIEW_SQL}`);
};

export interface Totals {
  readonly ledger: Ledger;
  readonly oldestTimeMs: EpochMs | null;
  readonly newestTimeMs: EpochMs | null;
}

export interface TotalsRow {
  readonly records: number;
  readonly events: number;
  readonly counted: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly oldest: EpochMs | null;
  readonly newest: EpochMs | null;
}

/** What enters the ledger: of one generation, or (null) of all. */
export const readTotals = async (db: DuckDb, generation: number | null): Promise<Totals> => {
  const [row] = await db.rows<TotalsRow>(totalsSql(generation));
  if (!row) throw new Error("totals gave no row");
  return totalsOf(row);
};

/** What the row of `totalsSql` says. */
export const totalsOf = (row: TotalsRow): Totals => {
  const { records, events, counted, duplicates, conflicts, oldest, newest } = row;
  const rejected = rejectedOf(row as unknown as Readonly<Record<string, unknown>>);
  return {
    ledger: { records, events, accepted: counted - duplicates, duplicates, conflicts, rejected },
    oldestTimeMs: oldest,
    newestTimeMs: newest,
  };
};

const extreme = (
  pick: (a: number, b: number) => number,
  a: EpochMs | null,
  b: EpochMs | null,
): EpochMs | null => (a === null ? b : b === null ? a : (pick(a, b) as EpochMs));

/** Two ledgers as one. */
export const addTotals = (a: Totals, b: Totals): Totals => {
  const sum = (field: "records" | "events" | "accepted" | "duplicates" | "conflicts"): number =>
    a.ledger[field] + b.ledger[field];
  const rejected = REASONS.flatMap((reason) => {
    const count = (a.ledger.rejected[reason] ?? 0) + (b.ledger.rejected[reason] ?? 0);
    return count > 0 ? [[reason, count]] : [];
  });
  return {
    ledger: {
      records: sum("records"),
      events: sum("events"),
      accepted: sum("accepted"),
      duplicates: sum("duplicates"),
      conflicts: sum("conflicts"),
      rejected: Object.fromEntries(rejected) as Ledger["rejected"],
    },
    oldestTimeMs: extreme(Math.min, a.oldestTimeMs, b.oldestTimeMs),
    newestTimeMs: extreme(Math.max, a.newestTimeMs, b.newestTimeMs),
  };
};
