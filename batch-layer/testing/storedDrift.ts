import { DRIFT_CAUSES, type GenerationManifest, REASONS } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { type DriftText, driftText } from "./driftOracle.js";

type Row = Readonly<Record<string, unknown>>;

const rowsOf = async (db: DuckDb, lake: Lake, paths: readonly string[]): Promise<readonly Row[]> => {
  if (paths.length === 0) return [];
  const files = await Promise.all(paths.map((path) => lake.local(path)));
  return db.rows<Row>(`SELECT * FROM read_parquet([${files.map((file) => `'${file}'`).join(", ")}])`);
};

export const driftOf = (db: DuckDb, lake: Lake, manifest: GenerationManifest): Promise<readonly Row[]> =>
  rowsOf(db, lake, manifest.reconciliation?.drift ?? []);

/** What a generation's drift files say, in the oracle's form. */
export const storedDrift = async (
  db: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
): Promise<readonly DriftText[]> =>
  (await driftOf(db, lake, manifest)).map((row) =>
    driftText({
      generation: row["generation"] as number,
      definition: row["definition"] as string,
      pane: row["pane"] as number,
      measure: row["measure"] as string | null,
      numbers: Object.fromEntries(
        ["live", "settled", "compared", "differing", "late", "unknown"].flatMap((name) =>
          row[name] === null ? [] : [[name, row[name]]],
        ),
      ),
      causes: Object.fromEntries(DRIFT_CAUSES.map((cause) => [cause, BigInt(row[cause] as number | bigint)])),
    }),
  );

/** The sums over a generation's hours. */
export const storedHours = async (
  db: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
): Promise<{
  readonly hours: readonly Row[];
  readonly settled: Row;
  readonly live: Row;
}> => {
  const hours = await rowsOf(db, lake, manifest.reconciliation?.hours ?? []);
  const sum = (column: string): number => hours.reduce((total, row) => total + (row[column] as number), 0);
  const counts = (prefix: string) => ({
    ...Object.fromEntries(
      ["records", "events", "accepted", "duplicates"].map((name) => [name, sum(`${prefix}${name}`)]),
    ),
    rejected: Object.fromEntries(
      REASONS.flatMap((reason) => {
        const count = sum(`${prefix}${reason}`);
        return count > 0 ? [[reason, count]] : [];
      }),
    ),
  });
  return { hours, settled: { ...counts(""), conflicts: sum("conflicts") }, live: counts("speed_") };
};
