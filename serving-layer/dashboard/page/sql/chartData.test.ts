import { expect, it } from "vitest";
import { chartData, secondsOf } from "./chartData.js";

const answer = (types: Readonly<Record<string, string>>, ...rows: unknown[][]) => ({
  columns: Object.entries(types).map(([name, type]) => ({ name, type })),
  rows,
});

it("reads times as UTC where they say no zone", () => {
  const noon = Date.UTC(2026, 0, 1, 12) / 1_000;
  expect(secondsOf("2026-01-01 12:00:00")).toBe(noon);
  expect(secondsOf("2026-01-01T12:00:00.000Z")).toBe(noon);
  expect(secondsOf("2026-01-01 13:00:00+01")).toBe(noon);
  expect(secondsOf("2026-01-01")).toBe(noon - 43_200);
  expect(secondsOf("soon")).toBeNull();
  expect(secondsOf(null)).toBeNull();
});

it("draws each number over the first time, in the order of time", () => {
  const drawn = chartData(
    answer(
      { n: "BIGINT", at: "TIMESTAMP", label: "VARCHAR", m: "DOUBLE" },
      ["2", "2026-01-01 00:02:00", "b", 0.5],
      [1, "2026-01-01 00:01:00", "a", null],
    ),
  );
  expect(drawn).toMatchObject({
    time: "at",
    lines: [
      { name: "n", values: [1, 2] },
      { name: "m", values: [null, 0.5] },
    ],
    more: 0,
  });
});

it("draws a line for each text where a time has several rows, and counts those that it leaves out", () => {
  const rows = Array.from({ length: 18 }, (_, index) => [
    `2026-01-01 00:0${Math.floor(index / 9)}:00`,
    `k${index % 9}`,
    index,
  ]);
  const drawn = chartData(answer({ at: "TIMESTAMP", key: "VARCHAR", n: "INTEGER" }, ...rows));
  expect(drawn?.lines.map(({ name }) => name)).toEqual(["k0", "k1", "k2", "k3", "k4", "k5"]);
  expect(drawn?.lines[1]?.values).toEqual([1, 10]);
  expect(drawn?.more).toBe(3);
});

it("names a line by all texts, and draws nothing where one of them would have two values at a time", () => {
  const types = { at: "TIMESTAMP", page: "VARCHAR", n: "BIGINT", device: "VARCHAR", live: "BOOLEAN" };
  const rows = [
    ["2026-01-01 00:00:00", "a", 1, "phone", true],
    ["2026-01-01 00:00:00", "a", 2, "desk", true],
    ["2026-01-01 00:01:00", "a", 3, "desk", false],
  ];
  expect(chartData(answer(types, ...rows))?.lines).toEqual([
    { name: "a · phone", values: [1, null] },
    { name: "a · desk", values: [2, 3] },
  ]);
  expect(chartData(answer(types, ...rows, ["2026-01-01 00:01:00", "a", 4, "desk", true]))).toBeNull();
  const { at, n } = types;
  expect(chartData(answer({ at, n }, ...rows.map(([time, , count]) => [time, count])))).toBeNull();
});

it("draws nothing without a time, a number, or a second point", () => {
  expect(chartData(answer({ n: "INTEGER" }, [1], [2]))).toBeNull();
  expect(chartData(answer({ at: "DATE" }, ["2026-01-01"], ["2026-01-02"]))).toBeNull();
  expect(chartData(answer({ at: "DATE", n: "INTEGER" }, ["2026-01-01", 1]))).toBeNull();
});
