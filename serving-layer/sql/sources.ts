import { type EpochMs, type MetricDefinition, type Missing, paneStart, type Status } from "@freshet/model";
import type { Lake } from "@freshet/storage";
import { statusFor } from "../reader/answer/frame.js";
import type { MetricMoment, Moment } from "../reader/momentView.js";
import { quoteName } from "../reader/settled/settledSql.js";
import type { SqlLimits } from "./limits.js";
import { type LiveBudget, type LivePanes, sendLive } from "./liveBatches.js";
import type { SqlFrame } from "./outcome.js";
import type { Relation } from "./relation/relations.js";
import type { SqlProcess } from "./sqlProcess.js";
import { eventsViewSql } from "./view/eventsView.js";
import { liveTableSql, metricViewSql, partsSql } from "./view/metricView.js";
import { STATE_MACROS } from "./view/states.js";

const RAW_PREFIX = "raw/";
const BYTES_PER_MB = 2 ** 20;

/** Local files of the raw lake, the newest ones. */
export const rawFiles = async (lake: Lake, filesMax: number): Promise<readonly string[]> => {
  const paths = (await lake.list(RAW_PREFIX)).filter((path) => path.endsWith(".parquet"));
  return Promise.all(paths.slice(-filesMax).map((path) => lake.local(path)));
};

interface MetricSource {
  readonly moment: MetricMoment;
  readonly liveTable: string;
  readonly files: readonly { readonly file: string; readonly day: string }[];
}

const sourceOf = async (lake: Lake, moment: MetricMoment): Promise<MetricSource> => ({
  moment,
  liveTable: `live_${moment.definition.hash}`,
  files: await Promise.all(
    moment.files.map(async ({ path, day }) => ({ file: await lake.local(path), day })),
  ),
});

const distinct = (missing: readonly Missing[]): readonly Missing[] => [
  ...new Map(missing.map((each) => [JSON.stringify(each), each])).values(),
];

const RANKS: readonly Status[] = ["settled", "live", "partial"];

const frameOf = (
  view: Moment,
  named: readonly Relation[],
  metrics: readonly { readonly source: MetricSource; readonly livePanes: LivePanes }[],
): SqlFrame => {
  const range = { fromMs: 0 as EpochMs, toExclusiveMs: (view.newestMs + 1) as EpochMs };
  const standings = metrics.map(({ source, livePanes }) =>
    source.moment.standing(livePanes !== null || source.moment.overflow.size > 0),
  );
  const ranks = standings.map((standing) => RANKS.indexOf(statusFor(range, standing)));
  return {
    status: ranks.length === 0 ? null : (RANKS[Math.max(...ranks)] as Status),
    batchThrough: view.batchThroughMs === null ? null : new Date(view.batchThroughMs).toISOString(),
    missing: distinct(standings.flatMap(({ missing }) => missing)),
    generation: view.generation,
    version: view.version,
    tables: named.map(({ name }) => name),
  };
};

/** Panes before it are settled where live does not touch them; null: none is. */
const settledBefore = (view: Moment, metric: MetricMoment): number | null => {
  if (view.batchThroughMs === null) return null;
  const { definition } = metric;
  const standing = metric.standing(false);
  // Which groups had no name is said pane by pane.
  const missing = standing.missing.filter(({ kind }) => kind !== "overflow");
  const range = { fromMs: 0 as EpochMs, toExclusiveMs: view.batchThroughMs };
  return statusFor(range, { ...standing, missing }) === "settled"
    ? paneStart(view.batchThroughMs, definition.paneMs, definition.timeZone)
    : null;
};

const viewSql = (
  view: Moment,
  relation: Relation,
  { moment, files, liveTable }: MetricSource,
  livePanes: LivePanes,
): string => {
  const sources = {
    files,
    liveTable: quoteName(liveTable),
    livePanes,
    settledBeforeMs: settledBefore(view, moment),
    overflowPanes: [...moment.overflow.keys()],
  };
  return relation.kind === "parts"
    ? partsSql(relation, moment.definition, sources)
    : metricViewSql(relation, moment.definition, sources);
};

const viewStatement = (relation: Relation, sql: string): string =>
  `CREATE VIEW ${quoteName(relation.name)} AS ${sql}`;

/**
 * Opens a database in the process that holds the named relations, as they are at the moment, and nothing else.
 *
 * @param raw files of the raw lake; empty where no events are asked for
 * @throws LiveTooLarge
 */
export const openSources = async (
  to: { readonly process: SqlProcess; readonly lake: Lake; readonly log: string; readonly limits: SqlLimits },
  view: Moment,
  named: readonly Relation[],
  raw: readonly string[],
): Promise<SqlFrame> => {
  const { process, lake, limits } = to;
  const definitions = new Map<string, MetricDefinition>();
  for (const { metric } of named) if (metric) definitions.set(metric.name, metric);
  const sources = new Map<string, MetricSource>();
  for (const name of definitions.keys()) sources.set(name, await sourceOf(lake, view.metric(name)));
  const tables = [...sources.values()].map(({ moment, liveTable }) =>
    liveTableSql(moment.definition, quoteName(liveTable)),
  );
  const files = [...sources.values()].flatMap((source) => source.files.map(({ file }) => file));
  await process.ask({ kind: "open", files: [...files, ...raw], statements: [...STATE_MACROS, ...tables] });

  const left: LiveBudget = { groups: limits.liveGroupsMax, bytes: limits.liveBytesMax };
  const panes = new Map<string, LivePanes>();
  for (const [name, { moment, liveTable }] of sources) {
    const send = (batch: Parameters<Parameters<typeof sendLive>[3]>[0]) =>
      process.ask({ kind: "rows", table: liveTable, batch });
    panes.set(name, await sendLive(moment.definition, moment.groups(), left, send));
  }
  const statements = named.map((relation) => {
    if (!relation.metric) return viewStatement(relation, eventsViewSql(relation, to.log, raw));
    const { name } = relation.metric;
    return viewStatement(
      relation,
      viewSql(view, relation, sources.get(name) as MetricSource, panes.get(name) ?? null),
    );
  });
  await process.ask({ kind: "define", statements });
  return frameOf(
    view,
    named,
    [...sources].map(([name, source]) => ({ source, livePanes: panes.get(name) ?? null })),
  );
};

export const megabytes = (bytes: number): number => Math.floor(bytes / BYTES_PER_MB);
