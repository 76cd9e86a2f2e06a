import type { Lake } from "@freshet/storage";
import { quoteName } from "../reader/settled/settledSql.js";
import type { Gathered, GatheredMetric } from "./gathered.js";
import type { Relation } from "./relation/relations.js";
import type { SqlProcess } from "./sqlProcess.js";
import { eventsViewSql } from "./view/eventsView.js";
import { liveTableSql, metricViewSql, partsSql } from "./view/metricView.js";
import { STATE_MACROS } from "./view/states.js";

const RAW_PREFIX = "raw/";

/** Local files of the raw lake, the newest ones. */
export const rawFiles = async (lake: Lake, filesMax: number): Promise<readonly string[]> => {
  const paths = (await lake.list(RAW_PREFIX)).filter((path) => path.endsWith(".parquet"));
  return Promise.all(paths.slice(-filesMax).map((path) => lake.local(path)));
};

/** A metric's files where DuckDB finds them, and the table that takes what came after. */
interface Source extends GatheredMetric {
  readonly local: readonly { readonly file: string; readonly day: string }[];
  readonly table: string;
}

const sourceOf = async (lake: Lake, metric: GatheredMetric): Promise<Source> => ({
  ...metric,
  table: `live_${metric.definition.hash}`,
  local: await Promise.all(
    metric.files.map(async ({ path, day }) => ({ file: await lake.local(path), day })),
  ),
});

const metricSql = (relation: Relation, source: Source): string => {
  const { definition, local, table, live, settledBeforeMs, overflowPanes } = source;
  const sources = {
    files: local,
    liveTable: quoteName(table),
    livePanes: live.panes,
    settledBeforeMs,
    overflowPanes,
  };
  return relation.kind === "parts"
    ? partsSql(relation, definition, sources)
    : metricViewSql(relation, definition, sources);
};

/** Opens a database in the process that holds the named relations and nothing else. */
export const openSources = async (
  to: { readonly process: SqlProcess; readonly lake: Lake; readonly log: string },
  named: readonly Relation[],
  gathered: Gathered,
  raw: readonly string[],
): Promise<void> => {
  const { process, lake } = to;
  const sources = new Map<string, Source>();
  for (const [name, metric] of gathered.metrics) sources.set(name, await sourceOf(lake, metric));
  const all = [...sources.values()];
  const tables = all.map(({ definition, table }) => liveTableSql(definition, quoteName(table)));
  const files = all.flatMap(({ local }) => local.map(({ file }) => file));
  await process.ask({ kind: "open", files: [...files, ...raw], statements: [...STATE_MACROS, ...tables] });
  for (const { table, live } of all) {
    for (const batch of live.batches) await process.ask({ kind: "rows", table, batch });
  }
  const statements = named.map((relation) => {
    const sql = relation.metric
      ? metricSql(relation, sources.get(relation.metric.name) as Source)
      : eventsViewSql(relation, to.log, raw);
    return `CREATE VIEW ${quoteName(relation.name)} AS ${sql}`;
  });
  await process.ask({ kind: "define", statements });
};
