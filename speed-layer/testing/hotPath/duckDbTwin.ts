import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { type DuckDb, openDuckDb } from "@freshet/storage";
import { decodeAggregate } from "./aggregatedRecord.js";
import type { ClickRecords } from "./clickRecords.js";

/** DuckDB's SQL over the same events as lines of JSON in a file, on one thread. It removes no duplicates. */
export interface DuckDbTwin {
  /** Resolves to how many views it counted. Most of its time is `approx_quantile`'s, which is dear by the group. */
  run(measures: "all" | "without quantiles"): Promise<number>;
  close(): Promise<void>;
}

const MEMORY_MB = 4_000;
const LINE_END = Buffer.from("\n");
const MEASURES = `count(*) AS views, sum("dwellMs") AS dwell_ms, approx_count_distinct("user") AS readers`;
const QUANTILES = `approx_quantile("dwellMs", 0.5) AS dwell`;
const FIELDS = ["type", "id", "article", "cluster", "user", "device", "referrer"];

export const createDuckDbTwin = async ({ records }: ClickRecords): Promise<DuckDbTwin> => {
  const directory = mkdtempSync(join(tmpdir(), "freshet-bench-"));
  const file = join(directory, "clicks.ndjson");
  const out = createWriteStream(file);
  for (const { data } of records) {
    const lines = Buffer.concat(decodeAggregate(data, false).flatMap((event) => [event, LINE_END]));
    if (!out.write(lines)) await once(out, "drain");
  }
  out.end();
  await finished(out);
  const db: DuckDb = await openDuckDb({ memoryMb: MEMORY_MB, threads: 1, tempDir: directory });
  const columns = [
    ...FIELDS.map((name) => `"${name}": 'VARCHAR'`),
    `"time": 'TIMESTAMP'`,
    `"dwellMs": 'BIGINT'`,
  ];
  const sql = (measures: string): string => `
    CREATE OR REPLACE TEMP TABLE groups AS
    SELECT date_trunc('minute', "time") AS pane, article, cluster, ${measures}
    FROM read_json('${file}', format = 'newline_delimited', ignore_errors = true, columns = {${columns.join(", ")}})
    WHERE type = 'article_view' AND "dwellMs" IS NOT NULL
    GROUP BY ALL`;
  return {
    async run(measures) {
      await db.run(sql(measures === "all" ? `${MEASURES}, ${QUANTILES}` : MEASURES));
      const [row] = await db.rows<{ views: number }>("SELECT sum(views)::BIGINT AS views FROM groups");
      return Number(row?.views);
    },
    async close() {
      await db.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
