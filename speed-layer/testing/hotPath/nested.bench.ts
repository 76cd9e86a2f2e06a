import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  count,
  countDistinct,
  createEventScanner,
  defineApp,
  eq,
  event,
  metric,
  t,
  toAppDocument,
} from "@freshet/model";
import { createRecordBatch, type RecordBatch } from "@freshet/storage";
import { createScanner } from "../../columns/scanner.js";
import { report } from "./report.js";
import { interleave, type Measured } from "./rounds.js";
import { sizes } from "./sizes.js";

/*
 * GitHub's own events, nested up to six deep: from their bytes to the columns of a metric that needs three of their fields, beside `JSON.parse`
 * of each. Needs ../shared.
 */
const FILE = "../shared/data/github_events_nested_2016-07-07.ndjson.gz";
const PASSES = 20;
const BATCH_EVENTS = 500;
const MEGABYTE = 1e6;

const { rounds } = sizes({ events: 1, rounds: 7 });

const github = event("github", {
  kind: t.string(),
  actor: t.object({ id: t.integer(), login: t.string() }),
  repo: t.object({ id: t.integer(), name: t.string() }),
  public: t.boolean(),
});
const app = toAppDocument(
  defineApp({
    name: "github",
    events: [github],
    metrics: [
      metric("repositories", github, {
        by: (e) => ({ repo: e.repo.name }),
        measures: (e) => ({
          events: count(),
          stars: count({ where: eq(e.kind, "WatchEvent") }),
          actors: countDistinct(e.actor.login),
        }),
        pane: "1m",
      }),
    ],
  }),
);

/** With type, id and time first, as producers write them; the rest stays as it is. */
const asEvent = (line: string): Buffer => {
  const { type, id, created_at: time, ...rest } = JSON.parse(line) as Record<string, unknown>;
  return Buffer.from(JSON.stringify({ type: "github", id, time, kind: type, ...rest }));
};

if (!existsSync(FILE)) throw new Error(`${FILE} is missing: this benchmark needs the real data`);
const lines = gunzipSync(readFileSync(FILE))
  .toString("utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map(asEvent);
const bytes = lines.reduce((sum, line) => sum + line.length, 0);

const batches: readonly RecordBatch[] = Array.from(
  { length: Math.ceil(lines.length / BATCH_EVENTS) },
  (_, batch) => {
    const records = createRecordBatch({ digest: "never" });
    for (const line of lines.slice(batch * BATCH_EVENTS, (batch + 1) * BATCH_EVENTS)) records.add(line);
    return records;
  },
);
const scanner = createScanner(app, () => null, createEventScanner);

const scanAll = (): number => {
  let counted = 0;
  for (const batch of batches)
    for (const metric of scanner.scan(batch).metrics)
      for (let index = 0; index < batch.count; index++) counted += metric.counted[index] as number;
  return counted;
};
const parseAll = (): void => {
  for (const line of lines) JSON.parse(line.toString("utf8"));
};

for (let pass = 0; pass < 3; pass++) {
  const counted = scanAll();
  if (counted !== lines.length) throw new Error(`${counted} of ${lines.length} events were counted`);
  parseAll();
}
const repeated = (work: () => unknown) => (): void => {
  for (let pass = 0; pass < PASSES; pass++) work();
};
const results = await interleave(rounds, [
  { name: "scan", run: repeated(scanAll) },
  { name: "parse", run: repeated(parseAll) },
]);
const scan = results.get("scan") as Measured;
const parse = results.get("parse") as Measured;
const perSecond = (ms: number): number => (bytes * PASSES) / MEGABYTE / (ms / 1000);
report({
  name: "nested GitHub events to columns",
  value: Math.round(perSecond(scan.medianMs)),
  unit: "MB/s",
  ratio: scan.timesFasterThan(parse),
  against: "JSON.parse",
  ...{ min: 2.5, aim: 5, best: Math.round(perSecond(scan.bestMs)), chart: "rates" },
  ...{ twinRate: Math.round(perSecond(parse.medianMs)), events: lines.length, bytes, rounds },
});
