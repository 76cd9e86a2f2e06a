import {
  encodeKey,
  type GenerationManifest,
  type KeyPart,
  measureFor,
  type MetricDefinition,
} from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { statesText } from "./oracle.js";

type Row = Readonly<Record<string, unknown>>;

const rowsOf = async (db: DuckDb, lake: Lake, paths: readonly string[]): Promise<readonly Row[]> => {
  if (paths.length === 0) return [];
  const files = await Promise.all(paths.map((path) => lake.local(path)));
  return db.rows<Row>(
    `SELECT * FROM read_parquet([${files.map((file) => `'${file}'`).join(", ")}], hive_partitioning = false)`,
  );
};

const keyOf = (metric: MetricDefinition, row: Row): string =>
  encodeKey(metric.by.map(({ name }) => row[`k_${name}`] as KeyPart));

/** A metric's groups as a generation stores them, in the oracle's form. @throws Error for a group that is stored twice. */
export const storedGroups = async (
  db: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
  metric: MetricDefinition,
): Promise<ReadonlyMap<string, string>> => {
  const measures = metric.measures.map(({ spec }) => measureFor(spec));
  const groups = new Map<string, string>();
  const files = manifest.metrics[metric.hash]?.files ?? [];
  for (const row of await rowsOf(
    db,
    lake,
    files.map(({ path }) => path),
  )) {
    const group = `${row["pane"] as number} ${keyOf(metric, row)}`;
    if (groups.has(group)) throw new Error(`${group} is stored twice`);
    const states = metric.measures.map(({ name }, index) => measures[index]!.fromColumn(row[`m_${name}`]));
    groups.set(group, statesText(measures, states));
  }
  return groups;
};

export const storedBaseline = async (
  db: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
  metric: MetricDefinition,
): Promise<ReadonlyMap<string, readonly [number, number]>> => {
  const trend = manifest.metrics[metric.hash]?.trend;
  const rows = await rowsOf(db, lake, trend ? [trend.baseline] : []);
  return new Map(
    rows.map((row) => [
      `${keyOf(metric, row)} ${row["width_ms"] as number} ${row["slot"] as number}`,
      [row["s"] as number, row["q"] as number],
    ]),
  );
};

const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

/** All that a generation's files say, as sorted rows: equal generations give equal texts. */
export const contentOf = async (
  db: DuckDb,
  lake: Lake,
  manifest: GenerationManifest,
): Promise<readonly string[]> => {
  const texts: string[] = [];
  const add = async (label: string, paths: readonly string[]): Promise<void> => {
    const rows = await rowsOf(db, lake, paths);
    // the engines write an identity with dashes or without
    const same = rows.map((row) =>
      "identity" in row ? { ...row, identity: String(row["identity"]).replaceAll("-", "") } : row,
    );
    texts.push(...same.map((row) => `${label} ${JSON.stringify(row, plain)}`).sort());
  };
  for (const [hash, { files, trend }] of Object.entries(manifest.metrics).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    await add(
      hash,
      files.map(({ path }) => path),
    );
    if (!trend) continue;
    await add(`${hash} baseline`, [trend.baseline]);
    await add(
      `${hash} windows`,
      trend.windows.map(({ path }) => path),
    );
    await add(
      `${hash} members`,
      trend.members.map(({ path }) => path),
    );
    texts.push(`${hash} ${trend.on} ${trend.fromMs} ${trend.toExclusiveMs}`);
  }
  await add("identities", manifest.identities);
  texts.push(
    JSON.stringify([
      manifest.cut,
      manifest.ended,
      manifest.ledger,
      manifest.oldestTimeMs,
      manifest.newestTimeMs,
    ]),
  );
  return texts;
};
