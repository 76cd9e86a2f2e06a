import {
  count,
  countDistinct,
  defineApp,
  type DurationMs,
  encodeKey,
  event,
  max,
  type MetricDefinition,
  metric,
  min,
  type Missing,
  quantiles,
  type ShardId,
  slotOf,
  sum,
  t,
  TREND_WIDTHS_MS,
} from "@freshet/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WorldEvent } from "../testing/groups.js";
import { type TrendWindowCount, writeTrendFiles } from "../testing/trendFiles.js";
import { openWorld, type World } from "../testing/world.js";
import { QuestionError } from "./questionError.js";
import type { KeyTexts, Reader, SeriesQuestion, TopQuestion, ValueQuestion } from "./reader.js";

/** Others, and more of them, are asked for by the environment. */
const SEED = Number(process.env["FRESHET_SEED"] ?? 20_261_122);
const RUNS = Number(process.env["FRESHET_RUNS"] ?? 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Ten minutes to midnight: days change on the way. */
const T0 = Date.UTC(2026, 2, 10, 23, 50);
const PAGES = ["x", "y", "", "é", "__proto__", "10", "9", "%", "it's", "a b"];
const KINDS = ["k", "l", null];

const visit = event("visit", {
  page: t.string(),
  kind: t.optional(t.string()),
  user: t.string(),
  bytes: t.integer(),
});
const metricOf = (name: string, pane: "1m" | "1h", on: "views" | "users", timeZone: string) =>
  metric(name, visit, {
    by: (e) => ({ page: e.page, kind: e.kind }),
    measures: (e) => ({
      views: count(),
      bytes: sum(e.bytes),
      low: min(e.bytes),
      high: max(e.bytes),
      users: countDistinct(e.user),
      middle: quantiles(e.bytes),
    }),
    pane,
    timeZone,
    trend: { on, prior: "kind" },
  });
const minutes = metricOf("minutes", "1m", "views", "UTC");
const hours = metricOf("hours", "1h", "users", "Asia/Kathmandu");
const app = defineApp({ events: [visit], metrics: [minutes, hours] }).document;
const ORDERS = ["score", "views", "bytes", "low", "high", "users", "middle"];

const visitOf = fc.record({
  page: fc.constantFrom(...PAGES),
  kind: fc.constantFrom(...KINDS),
  user: fc.nat(40),
  bytes: fc.integer({ min: -300, max: 5_000 }),
  lateMs: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 20_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 90 * MINUTE }) },
  ),
});
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("segment" as const),
      shard: fc.nat(1),
      ticks: fc.oneof(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 60, max: 2_000 }),
      ),
      finished: fc.nat(3).map((n) => n > 0),
      overflow: fc.nat(12).map((n) => n === 0),
      lake: fc.boolean(),
      visits: fc.array(visitOf, { maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("generation" as const), back: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revert" as const), to: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("loss" as const), which: fc.nat(9) }) },
);

type Asked =
  | { readonly kind: "top"; readonly metric: string; readonly question: TopQuestion }
  | { readonly kind: "value"; readonly metric: string; readonly question: ValueQuestion }
  | { readonly kind: "series"; readonly metric: string; readonly question: SeriesQuestion };

const keyTexts = fc.record({ page: fc.constantFrom(...PAGES), kind: fc.constantFrom(...KINDS) });
const instant = fc.integer({ min: -12, max: 6 }).map((n) => String(T0 + n * 17 * MINUTE));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const named = { metric: fc.constantFrom("minutes", "hours") };
const window = fc.constantFrom("1h", "2h", "1d", "2d");
const shortWindow = fc.constantFrom("1m", "5m", "15m", "1h", "7h", "1d");
const fits = ({ metric: name, question }: Asked): boolean =>
  name === "minutes" || !("window" in question) || /[hd]$/.test(question.window ?? "1h");
const asked: fc.Arbitrary<Asked> = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("top" as const),
        ...named,
        question: fc.record({
          window: fc.oneof(window, shortWindow),
          at: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: instant }),
          by: fc.constantFrom(...ORDERS),
          limit: fc.constantFrom(1, 3, 10_000),
          where: fc.oneof(
            fc.constant({}),
            fc.constantFrom<KeyTexts>(...KINDS.map((kind) => ({ kind })), { page: "x" }, { page: "none" }),
          ),
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("value" as const),
        ...named,
        question: fc.record({ key: keyTexts, window: fc.oneof(window, shortWindow), at: optional(instant) }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("series" as const),
        ...named,
        question: fc.record({
          key: keyTexts,
          from: fc.constantFrom(String(T0 - 3 * HOUR), String(T0)),
          to: fc.constantFrom(undefined, String(T0 + 3 * HOUR)),
          step: fc.constantFrom("1h", "1d", undefined),
        }),
      }),
    },
  )
  .filter(fits);

const world = fc.record({
  steps: fc.array(step, { minLength: 8, maxLength: 24 }),
  questions: fc.array(asked, { minLength: 6, maxLength: 14 }),
});

const trendOf = (definition: MetricDefinition): TrendWindowCount[] =>
  TREND_WIDTHS_MS.flatMap((widthMs: DurationMs) =>
    PAGES.slice(0, 6).flatMap((page, index) =>
      Array.from({ length: 40 }, (_, n): TrendWindowCount => {
        const startMs = T0 - 10 * MINUTE - (n + 1) * HOUR - ((T0 - 10 * MINUTE) % widthMs);
        return {
          key: encodeKey([page, KINDS[index % 2] as string]),
          widthMs,
          startMs,
          slot: slotOf(startMs as never, definition.timeZone),
          x: 1 + ((n * (index + 3)) % 7),
        };
      }),
    ),
  );

const answerOf = (reader: Reader, { kind, metric: name, question }: Asked): Promise<object> =>
  kind === "top"
    ? reader.top(name, question)
    : kind === "value"
      ? reader.value(name, question)
      : reader.series(name, question);

/** Whoever refuses a question says why: both must. */
const ask = (reader: Reader, question: Asked): Promise<object> =>
  answerOf(reader, question).catch((error: unknown) => {
    if (!(error instanceof QuestionError)) throw error;
    return { status: "refused", why: error.message, missing: [] };
  });

/** What cannot be read is named with the statement that failed: one of either reader's own. */
const comparable = (answer: unknown): unknown => {
  const { missing } = answer as { readonly missing: readonly Missing[] };
  const named = missing.map((each) => (each.kind === "generation" ? { kind: each.kind } : each));
  return JSON.parse(JSON.stringify({ ...(answer as object), missing: named }));
};

/** Both have read the same, and nothing more comes. */
const caughtUp = async (a: Reader, b: Reader): Promise<string> => {
  let since = Date.now();
  let before = "";
  for (;;) {
    const now = a.version() === b.version() ? a.version() : "";
    if (now === "" || now !== before) since = Date.now();
    before = now;
    if (now !== "" && Date.now() - since > 40) return now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test(`answers as the plain reader does, whatever comes (seed ${SEED})`, { timeout: 900_000 }, async () => {
  const met: Record<string, number> = {
    ...{ settled: 0, live: 0, partial: 0, rows: 0, points: 0, overflow: 0, generation: 0, late: 0 },
    ...{ flips: 0, reverts: 0, restarts: 0, losses: 0, grown: 0 },
  };
  const tried = Object.keys(met);
  const note = (what: string, by = 1): void => {
    met[what] = (met[what] ?? 0) + by;
  };
  await fc.assert(
    fc.asyncProperty(world, async ({ steps, questions }) => {
      const of: World = await openWorld(2);
      await of.publish(app);
      of.nowMs = T0 + 5 * HOUR;
      await of.tipAll();
      let reader = await of.reader();
      let plain = await of.plainReader();
      const clock = new Map<ShardId, number>();
      const open = new Map<ShardId, WorldEvent[]>();
      let generations = 0;
      const compare = async (): Promise<void> => {
        for (let at = 0; at < questions.length; ) {
          const version = await caughtUp(reader, plain);
          for (; at < questions.length; at++) {
            const question = questions[at] as Asked;
            const [found, wanted] = await Promise.all([ask(reader, question), ask(plain, question)]);
            if (reader.version() !== version || plain.version() !== version) break;
            expect({ question, answer: comparable(found) }).toEqual({ question, answer: comparable(wanted) });
            const answer = wanted as {
              status: string;
              rows?: unknown[];
              points?: unknown[];
              missing: Missing[];
            };
            note(answer.status);
            note("rows", answer.rows?.length ?? 0);
            note("points", answer.points?.length ?? 0);
            for (const { kind } of answer.missing) note(kind);
          }
        }
      };
      for (const [index, each] of steps.entries()) {
        switch (each.kind) {
          case "segment": {
            const shard = of.shards[each.shard] as ShardId;
            const grows = open.has(shard) && each.ticks <= 1;
            const before = clock.get(shard) ?? T0 / 1000;
            // What is open is finished before the next begins.
            if (open.has(shard) && !grows) await of.segment(shard, before, open.get(shard) as WorldEvent[]);
            const tick = grows ? before : before + Math.max(1, each.ticks);
            clock.set(shard, tick);
            const visits = each.visits.map(({ page, kind, user, bytes, lateMs }): WorldEvent => {
              if (lateMs > MINUTE) note("late");
              return {
                timeMs: tick * 1000 + 500 - lateMs,
                key: encodeKey([page, kind]),
                inputs: [null, bytes, bytes, bytes, `u${user}`, bytes],
              };
            });
            const events = [...(grows ? (open.get(shard) ?? []) : []), ...visits];
            if (grows) note("grown");
            const { finished, lake, overflow } = each;
            await of.segment(shard, tick, events, {
              finished,
              lake,
              overflow: overflow && finished && !grows,
            });
            if (finished) open.delete(shard);
            else open.set(shard, events);
            await of.tip(shard);
            break;
          }
          case "generation": {
            const through = of.shards.map((shard) => {
              const finished = of.segments.filter((one) => one.shard === shard && one.finished);
              return [shard, finished.at(-1 - each.back)?.tick ?? -1] as const;
            });
            const trends = new Map(
              await Promise.all(
                index % 3 === 0
                  ? []
                  : app.metrics.map(async (definition) => {
                      const range = {
                        fromMs: T0 - 50 * HOUR,
                        toMs: T0 - 10 * MINUTE - ((T0 - 10 * MINUTE) % HOUR),
                      };
                      const files =
                        generations === 0
                          ? await writeTrendFiles(of, definition, range, trendOf(definition))
                          : null;
                      return [definition.hash, files] as const;
                    }),
              ),
            );
            await of.generation(Object.fromEntries(through), {}, ({ hash }) => trends.get(hash) ?? null);
            generations++;
            note("flips");
            break;
          }
          case "revert":
            if (generations === 0) break;
            await of.point(1 + (each.to % generations));
            note("reverts");
            break;
          case "restart":
            await reader.close();
            reader = await of.reader();
            note("restarts");
            break;
          case "loss": {
            // Readers made after it: what one read before stays in its memory.
            const paths = await of.data.lake.list("generations/data");
            const path = paths[each.which % Math.max(1, paths.length)];
            if (path === undefined) break;
            await Promise.all([reader.close(), plain.close()]);
            await of.data.lake.remove(path);
            [reader, plain] = [await of.reader(), await of.plainReader()];
            note("losses");
            break;
          }
        }
        if (index % 3 === 2 || index === steps.length - 1) await compare();
      }
      await of.close();
    }),
    { seed: SEED, numRuns: RUNS, endOnFailure: true },
  );
  for (const what of tried) expect([what, met[what]]).toEqual([what, expect.toSatisfy((n: number) => n > 1)]);
});
