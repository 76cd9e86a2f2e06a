import { count, defineApp, event, max, metric, sum, t } from "freshet";

/** How often a company was named on Twitter within five minutes: counted already, so a measure adds the counts up. */
const volume = event("tweet_volume", {
  symbol: t.string(),
  tweets: t.integer({ minimum: 0, maximum: 1_000_000 }),
});

interface Row {
  readonly symbol: string;
  readonly timestamp: string;
  readonly tweets_5min: string;
}

export default defineApp({
  name: "tweets",
  events: [volume],
  metrics: [
    metric("tweet-volume", volume, {
      by: (e) => ({ symbol: e.symbol }),
      measures: (e) => ({ tweets: sum(e.tweets), busiest: max(e.tweets), samples: count() }),
      pane: "5m",
    }),
  ],
  replay: {
    /** A symbol has one sample at a time, so the symbol is id enough: identity is `type`, `id` and `time`. */
    map: ({ symbol, timestamp, tweets_5min }: Row) => ({
      type: volume.name,
      id: symbol,
      time: `${timestamp.replace(" ", "T")}Z`,
      symbol,
      tweets: Number(tweets_5min),
    }),
  },
});
