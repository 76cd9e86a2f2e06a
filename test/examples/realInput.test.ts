import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TopAnswer } from "@freshet/model";
import { afterAll, describe, expect, it } from "vitest";
import { freshetJson, temporaryDirectory } from "../support/freshet.js";
import { sharedData } from "../support/sharedData.js";

interface Example {
  readonly app: string;
  readonly file: string;
  readonly ledger: { readonly events: number; readonly duplicates: number };
  /** A top list, and plain SQL over the same file that says what it must be. */
  readonly top: {
    readonly metric: string;
    readonly window: string;
    readonly at: string;
    readonly by: string;
  };
  readonly sql: (file: string) => string;
  readonly exact: readonly string[];
}

const EXAMPLES: readonly Example[] = [
  {
    app: "github-nested",
    file: "github_events_nested_2016-07-07.ndjson.gz",
    ledger: { events: 2_000, duplicates: 0 },
    top: { metric: "pull-request-languages", window: "1h", at: "2016-07-07T01:00:00Z", by: "events" },
    exact: ["language", "events"],
    sql: (file) => `
      SELECT json ->> '$.payload.pull_request.base.repo.language' AS language, count(*) AS events
      FROM read_json_objects('${file}') WHERE language IS NOT NULL GROUP BY language`,
  },
  {
    app: "retail",
    file: "online_retail_2010-2011.csv.gz",
    ledger: { events: 541_909, duplicates: 5_268 },
    top: { metric: "countries", window: "400d", at: "2011-12-10T00:00:00Z", by: "revenue" },
    exact: ["country", "lines", "returns", "units", "revenue"],
    sql: (file) => `
      SELECT Country AS country, count(*) AS lines, count(*) FILTER (Quantity < 0) AS returns, sum(Quantity) AS units,
        sum(Quantity * round(UnitPrice * 1000)::BIGINT) AS revenue
      FROM (SELECT DISTINCT * FROM read_csv('${file}', types = {'Quantity': 'BIGINT', 'UnitPrice': 'DECIMAL(18,3)',
        'InvoiceNo': 'VARCHAR', 'StockCode': 'VARCHAR', 'InvoiceDate': 'VARCHAR', 'CustomerID': 'VARCHAR'}))
      GROUP BY country`,
  },
  {
    app: "tweets",
    file: "nab_tweet_volume_2015.csv.gz",
    ledger: { events: 158_631, duplicates: 0 },
    top: { metric: "tweet-volume", window: "60d", at: "2015-04-24T00:00:00Z", by: "tweets" },
    exact: ["symbol", "tweets", "busiest", "samples"],
    sql: (file) => `
      SELECT symbol, sum(tweets_5min) AS tweets, max(tweets_5min) AS busiest, count(*) AS samples
      FROM read_csv('${file}') GROUP BY symbol`,
  },
];

const ROWS_MAX = 1_000;
const directory = temporaryDirectory();

const sqlRows = async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
};

const inOrder = (rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]) =>
  rows
    .map((row) => columns.map((column) => String(row[column])))
    .sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));

afterAll(() => directory.remove());

describe.each(EXAMPLES)("the example $app on real input", ({ app, file, ledger, top, sql, exact }) => {
  const source = sharedData(file);
  const common = ["--app", `examples/${app}/freshet.config.ts`, "--data", join(directory.path, app)];

  const expectTruth = async (status: string): Promise<void> => {
    const answer = await freshetJson<TopAnswer>(
      ...["top", top.metric, "--window", top.window, "--at", top.at, "--by", top.by],
      ...["--limit", String(ROWS_MAX), ...common],
    );
    expect(answer.status).toBe(status);
    const rows = answer.rows.map(({ key, values }) => ({ ...key, ...values }));
    expect(rows.length).toBeGreaterThan(5);
    expect(inOrder(rows, exact)).toEqual(inOrder(await sqlRows(sql(source as string)), exact));
  };

  it.skipIf(source === null)(
    "is counted as plain SQL counts it (needs ../shared)",
    async () => {
      await freshetJson("replay", source as string, ...common);
      await freshetJson("batch", ...common);
      const status = await freshetJson<{ ledger: object }>("status", ...common);
      expect(status.ledger).toMatchObject({
        ...ledger,
        accepted: ledger.events - ledger.duplicates,
        conflicts: 0,
        rejected: {},
      });
      await expectTruth("settled");
    },
    180_000,
  );
});
