import { count, event, type Expectation, measureFor, metric, slotOf, t, type EpochMs } from "@freshet/model";
import { expect, test } from "vitest";
import type { Metric } from "../catalog.js";
import type { Session } from "../session.js";
import { answerExpected } from "./expected.js";

const HOUR_MS = 3_600_000;
const QUARTER_MS = 900_000;
const ALPHA = 0.25;
/** A Monday. */
const FROM_MS = Date.UTC(2026, 0, 5) as EpochMs;

const visit = event("visit", { page: t.string() });
const served = (trend: boolean): Metric => {
  const { definition } = metric("visits", visit, {
    by: (e) => ({ page: e.page }),
    measures: () => ({ views: count() }),
    pane: "1m",
    ...(trend ? { trend: { on: "views" as const } } : {}),
  });
  return { definition, measures: definition.measures.map(({ spec }) => measureFor(spec)) };
};

/** A rhythm of the day; a quarter of an hour expects a quarter of it. */
const lambdaAt = (startMs: number, widthMs: number): number =>
  (10 + (slotOf(startMs as EpochMs, "UTC") % 24)) * (widthMs / HOUR_MS);

const sessionAsked: { fromMs: number; toExclusiveMs: number }[] = [];
const session = {
  async expectations(_metric: Metric, asked: { fromMs: number; toExclusiveMs: number }) {
    sessionAsked.push(asked);
    const of = (_key: string, widthMs: number, window: { fromMs: number }): Expectation => ({
      lambda: lambdaAt(window.fromMs, widthMs),
      alpha: ALPHA,
    });
    return { of, missing: [] };
  },
} as unknown as Session;

const asked = (step: string, hours: number) =>
  answerExpected(
    session,
    served(true),
    {
      key: { page: "x" },
      from: new Date(FROM_MS).toISOString(),
      to: new Date(FROM_MS + hours * HOUR_MS).toISOString(),
      step,
    },
    (FROM_MS + 90 * HOUR_MS + 30_000) as EpochMs,
  );

const around = (mean: number, variance: number) => ({
  mean,
  low: Math.max(0, mean - 2 * Math.sqrt(variance)),
  high: mean + 2 * Math.sqrt(variance),
});

test("a window's step is what is expected of it, a shorter step its share with the same dispersion", async () => {
  const hours = await asked("1h", 24);
  expect(hours.measure).toBe("views");
  hours.points.forEach((point, index) => {
    const lambda = lambdaAt(FROM_MS + index * HOUR_MS, HOUR_MS);
    expect(point).toEqual({
      time: new Date(FROM_MS + index * HOUR_MS).toISOString(),
      ...around(lambda, lambda + ALPHA * lambda * lambda),
    });
  });
  const minutes = await asked("5m", 1);
  const third = lambdaAt(FROM_MS, QUARTER_MS) * (300_000 / QUARTER_MS);
  expect(minutes.points).toHaveLength(12);
  expect(minutes.points[0]).toMatchObject(around(third, third + ALPHA * third * third));
});

test("a longer step is the sum of its hours", async () => {
  const [day] = (await asked("1d", 24)).points;
  const lambdas = Array.from({ length: 24 }, (_, hour) => lambdaAt(FROM_MS + hour * HOUR_MS, HOUR_MS));
  const mean = lambdas.reduce((sum, lambda) => sum + lambda, 0);
  const variance = lambdas.reduce((sum, lambda) => sum + lambda + ALPHA * lambda * lambda, 0);
  expect(day?.mean).toBeCloseTo(mean, 9);
  expect(day?.high).toBeCloseTo(mean + 2 * Math.sqrt(variance), 9);
});

test("leaves out what the scores of now leave out, and refuses a metric without a trend", async () => {
  await asked("1h", 1);
  expect(sessionAsked.at(-1)).toEqual({
    fromMs: FROM_MS + 89 * HOUR_MS + 60_000,
    toExclusiveMs: FROM_MS + 90 * HOUR_MS + 60_000,
  });
  await expect(answerExpected(session, served(false), { key: { page: "x" } }, FROM_MS)).rejects.toThrow(
    "visits has no trend",
  );
});
