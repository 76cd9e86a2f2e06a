import { encodeKey, type EpochMs, type GroupKey, type KeyPart } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { isSampled, sampledGroupsSql, sizeSql } from "../sql/drift.js";
import type { MetricSource } from "../sql/metric.js";

/** The groups of which states are compared: 2^-level of all, by pane; null: all. */
export interface Sample {
  readonly level: number;
  readonly groups: ReadonlyMap<EpochMs, ReadonlySet<GroupKey>> | null;
}

/** Few groups of very many events are halved too, as far as some are left. */
export const EVENTS_A_GROUP = 8;
export const GROUPS_MIN = 8;

export const shareOf = ({ level }: Pick<Sample, "level">): number => 2 ** -level;

export const holds = ({ groups }: Sample, paneMs: EpochMs, key: GroupKey): boolean =>
  groups === null || (groups.get(paneMs)?.has(key) ?? false);

/** How often groups are to be halved so that about `groupsMax` are left, and not too many events of them. */
export const levelFor = (
  size: { readonly groups: number; readonly events: number },
  groupsMax: number,
): number => {
  const halvings = (count: number, max: number): number => Math.max(0, Math.ceil(Math.log2(count / max)));
  const spare = Math.max(0, Math.floor(Math.log2(size.groups / GROUPS_MIN)));
  return Math.max(
    halvings(size.groups, groupsMax),
    Math.min(spare, halvings(size.events, groupsMax * EVENTS_A_GROUP)),
  );
};

export const readLevel = async (db: DuckDb, source: MetricSource, groupsMax: number): Promise<number> => {
  const [size] = await db.rows<{ groups: number; events: number }>(sizeSql(source));
  return size && size.events > 0 && isSampled(source.metric) ? levelFor(size, groupsMax) : 0;
};

/** @param sources rows of the sample alone */
export const readSample = async (
  db: DuckDb,
  level: number,
  sources: readonly MetricSource[],
): Promise<Sample> => {
  if (level === 0) return { level, groups: null };
  const groups = new Map<EpochMs, Set<GroupKey>>();
  for (const source of sources) {
    const rows = await db.rows<Readonly<Record<string, unknown>>>(sampledGroupsSql(source));
    for (const row of rows) {
      const pane = row["pane"] as EpochMs;
      const key = encodeKey(source.metric.by.map(({ name }) => row[`k_${name}`] as KeyPart));
      groups.set(pane, (groups.get(pane) ?? new Set()).add(key));
    }
  }
  return { level, groups };
};
