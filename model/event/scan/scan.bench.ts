import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import type { AppDocument } from "../../app.js";
import { defineApp, toAppDocument } from "../../define.js";
import { event } from "../define.js";
import { createEventReader } from "../reader.js";
import { t } from "../t.js";
import type { EventSlices, FieldNeed } from "./columns.js";
import { slicesOf } from "./fixtures/slices.js";
import { createCompiledScanner } from "./scanner.js";

/* Judging and reading events into columns, on one core, against JSON.parse and the plain reader in the same run. */

const SEED = 7;
const EVENTS = 120_000;
const BATCH_EVENTS = 4_500;
const ROUNDS = 7;
const DAY_MS = 86_400_000;

let state = SEED;
const below = (bound: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
};

const who = {
  article: t.string({ minLength: 1, maxLength: 200 }),
  cluster: t.string(),
  user: t.string({ pii: true }),
};
const device = t.enum(["mobile", "desktop", "tablet"]);
const view = event("article_view", {
  ...who,
  dwellMs: t.integer({ minimum: 0, maximum: DAY_MS }),
  device,
  referrer: t.string({ maxLength: 2_000 }),
});
const share = event("article_share", { ...who, channel: t.string(), device });
const clicks = toAppDocument(defineApp({ events: [view, share], metrics: [] }));
const clickNeeds = ["article", "cluster", "user", "dwellMs"].map((name) => ({
  event: view.name,
  path: [name],
}));

const ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ulid = (): string => `01JD${Array.from({ length: 22 }, () => ULID[below(32)]).join("")}`;

const aClick = (index: number): Record<string, string | number> => {
  const envelope = {
    type: below(100) < 85 ? view.name : share.name,
    id: ulid(),
    time: new Date(1_763_700_000_000 + Math.floor(index / 250)).toISOString(),
    article: `a${10_000 + below(90_000)}`,
    cluster: `c${below(16)}`,
    user: `u${100_000 + below(900_000)}`,
  };
  const tail = {
    device: ["mobile", "desktop", "tablet"][below(3)] as string,
    referrer: ["https://news.example/front", "https://search.example/?q=n"][below(2)] as string,
  };
  return envelope.type === view.name
    ? { ...envelope, dwellMs: below(60_000), ...tail }
    : { ...envelope, channel: "mail", ...tail };
};

const textsOf = (
  write: (event: Record<string, string | number>, index: number) => string,
): readonly Buffer[] =>
  Array.from({ length: EVENTS }, (_, index) => Buffer.from(write(aClick(index), index)));

const reversed = (event: Record<string, string | number>): object =>
  Object.fromEntries(Object.entries(event).reverse());
const shuffled = (event: Record<string, string | number>): object =>
  Object.fromEntries(
    Object.entries(event)
      .map((entry) => [below(1 << 30), entry] as const)
      .sort(([a], [b]) => a - b)
      .map(([, entry]) => entry),
  );

const NESTED = fileURLToPath(
  new URL("../../../../../shared/data/github_events_nested_2016-07-07.ndjson.gz", import.meta.url),
);
const github = event("github_event", {
  kind: t.string(),
  actor: t.object({ login: t.string() }),
  repo: t.object({ name: t.string() }),
  payload: t.object({
    action: t.optional(t.string()),
    pull_request: t.optional(
      t.object({
        number: t.integer({ minimum: 1 }),
        base: t.object({ repo: t.object({ language: t.optional(t.string()) }) }),
      }),
    ),
  }),
});
const nested = toAppDocument(defineApp({ events: [github], metrics: [] }));
const nestedNeeds = [
  ["kind"],
  ["actor", "login"],
  ["repo", "name"],
  ["payload", "pull_request", "base", "repo", "language"],
].map((path) => ({ event: github.name, path }));

interface Row {
  readonly id: string;
  readonly created_at: string;
  readonly type: string;
}
const nestedEvents = (): readonly Buffer[] =>
  gunzipSync(readFileSync(NESTED))
    .toString()
    .trim()
    .split("\n")
    .map((line) => {
      const { id, created_at, type, ...rest } = JSON.parse(line) as Row;
      return Buffer.from(JSON.stringify({ type: github.name, id, time: created_at, kind: type, ...rest }));
    });

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const nanoseconds = (events: number, work: () => void): number => {
  const startedMs = performance.now();
  work();
  return ((performance.now() - startedMs) * 1e6) / events;
};

const batchesOf = (events: readonly Buffer[]): readonly EventSlices[] =>
  Array.from({ length: Math.ceil(events.length / BATCH_EVENTS) }, (_, batch) =>
    slicesOf(events.slice(batch * BATCH_EVENTS, (batch + 1) * BATCH_EVENTS), "\u001a\u0001"),
  );

const measure = (
  name: string,
  app: AppDocument,
  needs: readonly FieldNeed[],
  events: readonly Buffer[],
  min: number,
): void => {
  const batches = batchesOf(events);
  const scanner = createCompiledScanner(app, needs);
  const reader = createEventReader(app);
  const bytes = events.reduce((all, { length }) => all + length, 0);
  const repeat = Math.max(1, Math.round(40_000_000 / bytes));
  let rejected = 0;
  const rounds = Array.from({ length: ROUNDS }, () => ({
    scan: nanoseconds(events.length * repeat, () => {
      for (let time = 0; time < repeat; time++) {
        for (const batch of batches) {
          const { reasons, count } = scanner.scan(batch);
          for (let row = 0; row < count; row++) if (reasons[row] !== 0) rejected++;
        }
      }
    }),
    parse: nanoseconds(events.length, () => {
      for (const event of events) JSON.parse(event.toString("utf8"));
    }),
    read: nanoseconds(events.length, () => {
      for (const event of events) if (reader.read(event).kind !== "event") rejected++;
    }),
  }));
  const value = median(rounds.map(({ scan }) => scan));
  const { predicted, anyOrder, plain } = scanner.counts;
  const all = predicted + anyOrder + plain;
  console.log(
    JSON.stringify({
      name: `scan ${name}`,
      value,
      unit: "ns",
      ratio: median(rounds.map(({ scan, parse }) => parse / scan)),
      against: "the rate of JSON.parse",
      min,
      seed: SEED,
      events: events.length,
      bytesPerEvent: Math.round(bytes / events.length),
      megabytesPerSecond: Math.round((bytes / events.length / value) * 1000),
      timesPlainReader: Number(median(rounds.map(({ scan, read }) => read / scan)).toFixed(2)),
      parseNs: Math.round(median(rounds.map(({ parse }) => parse))),
      readNs: Math.round(median(rounds.map(({ read }) => read))),
      predicted: predicted / all,
      anyOrder: anyOrder / all,
      plain: plain / all,
      rejected,
    }),
  );
};

measure(
  "clicks, one order of keys",
  clicks,
  clickNeeds,
  textsOf((click) => JSON.stringify(click)),
  4,
);
measure(
  "clicks, three producers",
  clicks,
  clickNeeds,
  textsOf((click, index) =>
    index % 3 === 0
      ? JSON.stringify(click)
      : index % 3 === 1
        ? JSON.stringify(reversed(click))
        : JSON.stringify(click).replaceAll('":', '": ').replaceAll(',"', ', "'),
  ),
  2,
);
measure(
  "clicks, keys in any order",
  clicks,
  clickNeeds,
  textsOf((click) => JSON.stringify(shuffled(click))),
  1.5,
);
if (existsSync(NESTED))
  measure("nested GitHub events (needs ../shared)", nested, nestedNeeds, nestedEvents(), 2.5);
