export interface Example {
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

export const GITHUB_NESTED: Example = {
  app: "github-nested",
  file: "github_events_nested_2016-07-07.ndjson.gz",
  ledger: { events: 2_000, duplicates: 0 },
  top: { metric: "pull-request-languages", window: "1h", at: "2016-07-07T01:00:00Z", by: "events" },
  exact: ["language", "events"],
  sql: (file) => `
    SELECT json ->> '$.payload.pull_request.base.repo.language' AS language, count(*) AS events
    FROM read_json_objects('${file}') WHERE language IS NOT NULL GROUP BY language`,
};

export const RETAIL: Example = {
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
};

export const TWEETS: Example = {
  app: "tweets",
  file: "nab_tweet_volume_2015.csv.gz",
  ledger: { events: 158_631, duplicates: 0 },
  top: { metric: "tweet-volume", window: "60d", at: "2015-04-24T00:00:00Z", by: "tweets" },
  exact: ["symbol", "tweets", "busiest", "samples"],
  sql: (file) => `
    SELECT symbol, sum(tweets_5min) AS tweets, max(tweets_5min) AS busiest, count(*) AS samples
    FROM read_csv('${file}') GROUP BY symbol`,
};
