import type { SeriesAnswer, Status } from "@freshet/model";
import { expect, test } from "vitest";
import type { Loaded } from "../loaded.js";
import { tracksOf } from "./tracks.js";

const aSeries = (values: readonly (number | null)[], statuses: readonly Status[]): SeriesAnswer => ({
  status: "live",
  covers: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:04:00.000Z" },
  batchThrough: null,
  missing: [],
  errorBound: { readers: { kind: "relative", bound: 0.5, confidence: 0.95 } },
  metric: "visits",
  key: { page: "x" },
  step: "1m",
  points: values.map((readers, index) => ({
    time: new Date(index * 60_000).toISOString(),
    status: statuses[index] ?? "settled",
    values: { readers, dwell: { p50: readers, p99: 10 } },
  })),
});
const loadedOf = (series: SeriesAnswer, more: Partial<Loaded> = {}): Loaded => ({
  series,
  compared: null,
  expected: null,
  value: null,
  ...more,
});
const settled: readonly Status[] = ["settled", "settled", "live", "live"];
const ONE = aSeries([1, 2, 4, null], settled);

test("settled and live meet at the last settled point, and an estimate has its bounds", () => {
  const { times, tracks, most } = tracksOf(["a"], new Map([["a", loadedOf(ONE)]]), "readers", null);
  expect(times).toEqual([0, 60, 120, 180]);
  expect(tracks[0]).toMatchObject({
    settled: [1, 2, null, null],
    live: [null, 2, 4, null],
    error: { low: [0.5, 1, 2, null], high: [1.5, 3, 6, null] },
  });
  expect(most).toBe(6);
});

test("alone, a key draws every quantile and what is normal; among others only one quantile", () => {
  const expected = {
    metric: "visits",
    measure: "dwell",
    key: {},
    step: "1m",
    missing: [],
    points: [0, 1, 2, 3].map(() => ({ time: "", mean: 5, low: 4, high: 20 })),
  };
  const all = new Map([
    ["a", loadedOf(ONE, { expected })],
    ["b", loadedOf(ONE)],
  ]);
  const alone = tracksOf(["a"], all, "dwell", null);
  expect(alone.tracks[0]?.others).toEqual([[10, 10, 10, 10]]);
  expect(alone.tracks[0]?.normal?.high).toEqual([20, 20, 20, 20]);
  expect(alone.most).toBe(20);
  const both = tracksOf(["a", "b"], all, "dwell", "p99");
  expect(both.tracks.map(({ others, normal }) => [others, normal])).toEqual([
    [[], null],
    [[], null],
  ]);
  expect(both.tracks[1]?.settled).toEqual([10, 10, null, null]);
});

test("a key that is not answered yet draws nothing, and keeps its number", () => {
  const { tracks } = tracksOf(["a", "b"], new Map([["b", loadedOf(ONE)]]), "readers", null);
  expect(tracks.map(({ name, index }) => [name, index])).toEqual([["b", 1]]);
});
