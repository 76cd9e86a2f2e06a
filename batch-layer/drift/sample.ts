import { encodeKey, type GroupKey, type KeyPart } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { groupCountSql, sampledKeysSql } from "../sql/drift.js";
import type { MetricSource } from "../sql/metric.js";

/** The keys of which states are compared: 2^-level of all; null: all. */
export interface Sample {
  readonly level: number;
  readonly keys: ReadonlySet<GroupKey> | null;
}

const LEVEL_MAX = 30;

export const shareOf = ({ level }: Pick<Sample, "level">): number => 2 ** -level;

/** How often the keys of a metric are to be halved, so that about `groupsMax` groups are left. */
export const readLevel = async (db: DuckDb, source: MetricSource, groupsMax: number): Promise<number> => {
  if (source.metric.by.length === 0) return 0;
  const [{ groups } = { groups: 0 }] = await db.rows<{ groups: number }>(groupCountSql(source));
  return groups <= groupsMax ? 0 : Math.min(LEVEL_MAX, Math.ceil(Math.log2(groups / groupsMax)));
};

/** @param sources rows of the sample alone */
export const readSample = async (
  db: DuckDb,
  level: number,
  sources: readonly MetricSource[],
): Promise<Sample> => {
  if (level === 0) return { level, keys: null };
  const keys = new Set<GroupKey>();
  for (const source of sources) {
    const rows = await db.rows<Readonly<Record<string, unknown>>>(sampledKeysSql(source));
    for (const row of rows)
      keys.add(encodeKey(source.metric.by.map(({ name }) => row[`k_${name}`] as KeyPart)));
  }
  return { level, keys };
};
