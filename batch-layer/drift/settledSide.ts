import {
  type DriftCause,
  encodeKey,
  type EpochMs,
  type GroupKey,
  type KeyPart,
  type MetricDefinition,
} from "@freshet/model";
import type { ColumnChunk, DuckDb } from "@freshet/storage";
import { amountsSql, causesSql } from "../sql/drift.js";
import { groupsSql, type MetricSource } from "../sql/metric.js";
import { comparedMeasures } from "./additive.js";
import type { SettledSide } from "./comparison.js";
import type { LiveSide, PaneGroups } from "./liveSide.js";
import type { Sample } from "./sample.js";

/** What batch says of a metric's rows that enter in a run, wherever it lies. */
export interface SettledSource {
  readonly metric: MetricDefinition;
  readonly sample: Sample;
  // these are asked for when segments of which live cannot be read are `unknown` in the table `reconciled`
  settled(live: LiveSide): Promise<SettledSide>;
  /** Events that stand, by the class of their segment. */
  standing(): Promise<readonly PartAmounts[]>;
  /** Events of compared segments that live counted beyond them, by cause. */
  beyond(): Promise<readonly PartAmounts[]>;
}

/** Calls back for each group: the columns are `pane`, then the keys, then what the caller knows. */
export const eachGroup = async (
  db: DuckDb,
  { by }: MetricDefinition,
  sql: string,
  take: (pane: EpochMs, key: GroupKey, columns: readonly unknown[][], row: number) => void,
): Promise<void> => {
  for await (const chunk of db.stream(sql)) {
    const columns = chunk.names.map((_, column) => (chunk satisfies ColumnChunk).values(column));
    for (let row = 0; row < chunk.rowCount; row++) {
      const parts = by.map((_, index) => (columns[index + 1] as unknown[])[row] as KeyPart);
      take((columns[0] as unknown[])[row] as EpochMs, encodeKey(parts), columns, row);
    }
  }
};

const readGroups = async (db: DuckDb, source: MetricSource, { measures }: LiveSide): Promise<PaneGroups> => {
  const groups: PaneGroups = new Map();
  const { metric } = source;
  await eachGroup(db, metric, groupsSql(source), (pane, key, columns, row) => {
    const ofPane = groups.get(pane) ?? new Map();
    groups.set(pane, ofPane);
    const first = 1 + metric.by.length;
    ofPane.set(
      key,
      measures.map((measure, index) => measure.fromColumn((columns[first + index] as unknown[])[row])),
    );
  });
  return groups;
};

const readCauses = async (db: DuckDb, source: MetricSource): Promise<SettledSide["causes"]> => {
  const causes = new Map<EpochMs, Map<GroupKey, Set<DriftCause>>>();
  await eachGroup(db, source.metric, causesSql(source), (pane, key, columns, row) => {
    const ofPane = causes.get(pane) ?? new Map<GroupKey, Set<DriftCause>>();
    causes.set(pane, ofPane);
    const ofKey = ofPane.get(key) ?? new Set<DriftCause>();
    ofPane.set(key, ofKey.add((columns.at(-1) as unknown[])[row] as DriftCause));
  });
  return causes;
};

/** @param settled the events that stand, of compared segments and the sample; @param beyond those that live counted beyond them */
export const readSettledSide = async (
  db: DuckDb,
  settled: MetricSource,
  beyond: MetricSource,
  live: LiveSide,
): Promise<SettledSide> => ({
  groups: await readGroups(db, settled, live),
  beyond: await readGroups(db, beyond, live),
  causes: await readCauses(db, beyond),
});

/** What the events of a pane amount to, of one part of them. */
export interface PartAmounts {
  readonly pane: EpochMs;
  readonly part: string;
  readonly events: number;
  /** Of the measures that add up, in the definition's order. */
  readonly totals: readonly bigint[];
}

/** @param sql gives `pane`, `part`, `events`, and the totals as texts */
export const readAmounts = async (
  db: DuckDb,
  metric: MetricDefinition,
  sql: string,
): Promise<readonly PartAmounts[]> => {
  const additive = comparedMeasures(metric).additive.map(({ measure }) => measure);
  const rows = await db.rows<Readonly<Record<string, unknown>>>(sql);
  return rows.map((row) => ({
    pane: row["pane"] as EpochMs,
    part: row["part"] as string,
    events: row["events"] as number,
    totals: additive.map(({ name }) => BigInt(row[`m_${name}`] as string)),
  }));
};

/** The same of a metric's source. @param part the column that says which part an event belongs to */
export const amountsOf = (
  db: DuckDb,
  source: MetricSource,
  part: string,
): Promise<readonly PartAmounts[]> => {
  const additive = comparedMeasures(source.metric).additive.map(({ measure }) => measure);
  return readAmounts(db, source.metric, amountsSql(source, `${part} AS part`, additive));
};
