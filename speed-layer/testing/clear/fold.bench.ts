import { count, countDistinct, defineApp, eq, event, metric, t, tick, toAppDocument } from "@freshet/model";
import { createDice } from "../../world/dice.sim.js";
import type { RawEvent } from "./columns.js";
import { createIdentitySet } from "../../fold/identitySet.js";
import { createScanner } from "./scan.js";
import { createSegmentFold } from "./segmentFold.js";

/* Scan and fold of events like GitHub's, on one core, against JSON.parse of the same bytes in the same run. */

const SEED = 7;
const EVENTS = 250_000;
const REPOS = 100_000;
const ACTORS = 95_000;
const BATCH_EVENTS = 2_000;
const SEGMENT_EVENTS = 50_000;
const ROUNDS = 5;
const SPAN_MS = 36_000_000;
/** Times the cost of parsing alone: a guard against a slip, far above what is measured. */
const RATIO_MAX = 15;

const activity = event("activity", { repo: t.string(), kind: t.string(), actor: t.string() });
const app = toAppDocument(
  defineApp({
    events: [activity],
    metrics: [
      metric("repo-activity", activity, {
        by: (e) => ({ repo: e.repo }),
        measures: (e) => ({
          events: count(),
          stars: count({ where: eq(e.kind, "watch") }),
          actors: countDistinct(e.actor),
        }),
        pane: "1m",
      }),
      metric("event-types", activity, {
        by: (e) => ({ type: e.kind }),
        measures: (e) => ({ events: count(), actors: countDistinct(e.actor) }),
        pane: "1m",
      }),
    ],
  }),
);

const dice = createDice(SEED);
const kinds = ["push", "push", "push", "create", "watch", "pr", "issue", "fork"];
const events = Array.from({ length: EVENTS }, (_, index): RawEvent & { readonly kind: "json" } => {
  const time = new Date(1_700_000_000_000 + Math.floor((index / EVENTS) * SPAN_MS)).toISOString();
  const repo = `owner/repository-${Math.floor(dice.integer(REPOS) ** 2 / REPOS)}`;
  const fields = { repo, kind: dice.pick(kinds), actor: `actor-${dice.integer(ACTORS)}` };
  const text = JSON.stringify({
    type: "activity",
    id: String(2_598_740_042 + index),
    time,
    ...fields,
    $bounds: [1e13, 1e13],
  });
  return { kind: "json", bytes: Buffer.from(text) };
});
const scanner = createScanner(app, () => null);

const microseconds = (work: () => void): number => {
  const startedMs = performance.now();
  work();
  return ((performance.now() - startedMs) * 1_000) / EVENTS;
};

const parseAll = (): void => {
  for (const { bytes } of events) JSON.parse(Buffer.from(bytes).toString("utf8"));
};

const foldAll = (): void => {
  const identities = createIdentitySet(120);
  for (let start = 0; start < EVENTS; start += SEGMENT_EVENTS) {
    const fold = createSegmentFold(tick(start / SEGMENT_EVENTS), 1_000, identities, scanner.scan([]));
    for (let from = start; from < start + SEGMENT_EVENTS; from += BATCH_EVENTS) {
      const columns = scanner.scan(events.slice(from, from + BATCH_EVENTS));
      fold.fold(columns, 0, columns.events, () => undefined);
    }
    fold.body();
  }
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const rounds = Array.from({ length: ROUNDS }, () => ({
  parse: microseconds(parseAll),
  fold: microseconds(foldAll),
}));
const value = median(rounds.map(({ fold }) => fold));
const ratio = median(rounds.map(({ fold, parse }) => fold / parse));
console.log(
  JSON.stringify({
    name: "speed: scan, fold and encode an event, two metrics",
    value,
    unit: "us",
    ratio,
    against: "JSON.parse",
    max: RATIO_MAX,
    seed: SEED,
    events: EVENTS,
    eventsPerSecond: Math.round(1_000_000 / value),
  }),
);
