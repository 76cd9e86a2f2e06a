import {
  type Cut,
  type GenerationManifest,
  type Measure,
  measureFor,
  type ShardId,
  type Tick,
  type UnreadIncrements,
} from "@freshet/model";
import type { DataDirectory, DuckDb } from "@freshet/storage";
import type { KeptMetric } from "../run/metricsToKeep.js";
import { beyondSql, RECONCILED_SQL } from "../sql/drift.js";
import { createLiveSide, type LiveSide, type SegmentClass } from "./liveSide.js";
import { type EnteringSegment, readIncrements, segmentName } from "./readIncrements.js";

export interface Prepared {
  /** By definition hash. */
  readonly live: ReadonlyMap<string, LiveSide>;
  readonly unread: UnreadIncrements | null;
}

interface SegmentRow {
  readonly segment: number;
  readonly shard: ShardId;
  readonly tick: Tick;
  readonly ordinal: number;
  readonly class: SegmentClass;
}

const enteringSegments = async (
  db: DuckDb,
): Promise<ReadonlyMap<ShardId, ReadonlyMap<string, EnteringSegment>>> => {
  const rows = await db.rows<SegmentRow>(
    "SELECT segment, shard, tick, ordinal, class FROM reconciled WHERE own ORDER BY shard, tick, ordinal",
  );
  const shards = new Map<ShardId, Map<string, EnteringSegment>>();
  for (const { shard, segment, class: of, ...key } of rows) {
    const entering = shards.get(shard) ?? new Map<string, EnteringSegment>();
    shards.set(shard, entering.set(segmentName(key), { segment, class: of }));
  }
  return shards;
};

/** Reads what live had added in the segments that enter, and which rows it counted that do not stand: `reconciled`, `beyond`. */
export const prepareReconciliation = async (run: {
  readonly data: Pick<DataDirectory, "increments" | "lake">;
  readonly db: DuckDb;
  readonly parent: GenerationManifest | null;
  readonly cut: Cut;
  readonly generation: number;
  readonly metrics: readonly KeptMetric[];
  readonly comparedGroupsMax: number;
}): Promise<Prepared> => {
  const { data, db, generation } = run;
  await db.run(RECONCILED_SQL);
  const live = new Map(
    run.metrics.map(({ definition }) => [definition.hash, createLiveSide(definition, run.comparedGroupsMax)]),
  );
  const measures = new Map<string, readonly Measure[]>(
    run.metrics.map(({ definition }) => [
      definition.hash,
      definition.measures.map(({ spec }) => measureFor(spec)),
    ]),
  );
  const unread = await readIncrements(
    data,
    { from: run.parent?.cut ?? {}, through: run.cut, entering: await enteringSegments(db) },
    (hash) => measures.get(hash) ?? null,
    (increment, segment) => {
      for (const { definition, groups } of increment.metrics) live.get(definition)?.add(groups, segment);
    },
  );
  const [first] = unread;
  if (first) {
    await db.run("CREATE TEMP TABLE unread (segment INTEGER)");
    await db.insertRows(
      "unread",
      ["segment"],
      unread.map(({ segment }) => [segment]),
    );
    await db.run("UPDATE reconciled SET class = 'unknown' WHERE segment IN (SELECT segment FROM unread)");
  }
  await db.run(beyondSql(generation));
  return { live, unread: first ? { generation, segments: unread.length, detail: first.detail } : null };
};
