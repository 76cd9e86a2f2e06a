import { DEFAULT_CLICKS } from "@freshet/simulators";
import { faultAgainstAnswers } from "./agreement.js";
import { type ClickRecords, clickRecords, readsOf } from "./clickRecords.js";
import { createDuckDbTwin } from "./duckDbTwin.js";
import { createShardPath } from "./shardPath.js";
import { groupsOfBody, groupsOfRows } from "./foldedGroups.js";
import { createIdiomatic } from "./idiomatic.js";
import type { Pipeline, Segment } from "./pipeline.js";
import { reportRate } from "./report.js";
import { interleave, type Measured } from "./rounds.js";
import { sizes } from "./sizes.js";

/*
 * From the bytes of KPL records to increments, on one core: taken apart, every field checked, duplicates removed, folded, and encoded at the
 * end of each second. The records are too many for the processor's cache.
 */
const { events, rounds } = sizes({ events: 3_000_000, rounds: 3 });
const WARM_UP_EVENTS = 200_000;

const clicks = clickRecords(events);
const warmUp = clickRecords(Math.min(events, WARM_UP_EVENTS), { seed: DEFAULT_CLICKS.seed + 1 });

const run = (pipeline: Pipeline, ofClicks: ClickRecords): readonly Segment[] => {
  for (const records of readsOf(ofClicks)) pipeline.take(records);
  return pipeline.finish();
};

const variants = [
  { name: "fast", make: createShardPath("never"), groupsOf: groupsOfBody },
  { name: "idiomatic", make: createIdiomatic(false), groupsOf: groupsOfRows },
  { name: "fast, MD5", make: createShardPath("always"), groupsOf: groupsOfBody },
  { name: "idiomatic, MD5", make: createIdiomatic(true), groupsOf: groupsOfRows },
] as const;
for (const { make } of variants) run(make(), warmUp);

const pipelines = await interleave(
  rounds,
  variants.map(({ name, make, groupsOf }) => ({
    name,
    run: () => run(make(), clicks),
    check: (segments: readonly Segment[]) => faultAgainstAnswers(segments, groupsOf, clicks.answers),
  })),
);
const duckDb = await createDuckDbTwin(clicks);
const besideSql = await interleave<unknown>(rounds, [
  { name: "fast", run: () => run(variants[0].make(), clicks) },
  { name: "all", run: () => duckDb.run("all") },
  { name: "without quantiles", run: () => duckDb.run("without quantiles") },
]);
await duckDb.close();

const details = {
  ...{ seed: DEFAULT_CLICKS.seed, events, rounds, records: clicks.records.length },
  bytesPerEvent: Math.round(clicks.bytes / events),
};
const pipeline = (name: string): Measured => pipelines.get(name) as Measured;
reportRate(
  "KPL bytes to increments, MD5 never",
  events,
  pipeline("fast"),
  { name: "the idiomatic version", measured: pipeline("idiomatic") },
  { min: 7, aim: 12, mustRate: 1_500_000, aimRate: 2_500_000 },
  details,
);
reportRate(
  "KPL bytes to increments, MD5 always",
  events,
  pipeline("fast, MD5"),
  { name: "the idiomatic version with MD5", measured: pipeline("idiomatic, MD5") },
  // as ratios to the idiomatic version's rate on the machine that the rates are asked of
  { min: 5.1, aim: 7.2, mustRate: 1_000_000, aimRate: 1_400_000 },
  details,
);
const beside = besideSql.get("fast") as Measured;
reportRate(
  "KPL bytes to increments, beside SQL",
  events,
  beside,
  { name: "DuckDB on one thread", measured: besideSql.get("all") as Measured },
  { min: 1.2, aim: 2.4 },
  details,
);
// no bound: it is asked for less
reportRate(
  "the same, SQL without quantiles",
  events,
  beside,
  { name: "DuckDB without approx_quantile", measured: besideSql.get("without quantiles") as Measured },
  { aim: 1.2 },
  details,
);
