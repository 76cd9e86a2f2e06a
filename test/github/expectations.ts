import { join } from "node:path";
import type { EpochMs, TopAnswer } from "@freshet/model";
import { createReader, type Reader } from "@freshet/serving-layer";
import { vouchForEnd } from "@freshet/speed-layer";
import { openDataDirectory, openDuckDb } from "@freshet/storage";
import { pino } from "pino";
import { expect } from "vitest";
import { freshetJson } from "../support/freshet.js";
import type { Oracle } from "./oracle.js";

export const APP = "examples/github/freshet.config.ts";
/** Four standard errors of HLL with the example's lgK. */
const DISTINCT_ERROR = 0.04;
const HOURS = [
  ["2015-02-22T21:00:00Z", "2015-02-22T22:00:00Z", "1h"],
  ["2015-04-23T10:00:00Z", "2015-04-23T12:00:00Z", "2h"],
  ["2018-06-18T00:00:00Z", "2018-06-18T00:15:00Z", "15m"],
  ["2018-12-25T00:00:00Z", "2018-12-25T01:00:00Z", "1h"],
] as const;
export const EVENTS = 266_105;

interface StatusDocument {
  readonly ledger: Record<"records" | "events" | "accepted" | "duplicates" | "conflicts", number> & {
    readonly rejected: Readonly<Record<string, number>>;
  };
}

const expectNear = (measured: unknown, truth: number): void => {
  expect(typeof measured).toBe("number");
  expect(Math.abs((measured as number) - truth)).toBeLessThanOrEqual(Math.max(1, truth * DISTINCT_ERROR));
};

/** Asks what the command line would ask, without a process for each question. */
const withReader = async (data: string, ask: (reader: Reader) => Promise<void>): Promise<void> => {
  const directory = await openDataDirectory(data);
  const duckdb = await openDuckDb({ memoryMb: 400, threads: 2, tempDir: join(data, "tmp") });
  try {
    // the clock stands while the questions are asked: on a busy machine they take longer than a tip is fresh
    const nowMs = Date.now() as EpochMs;
    expect(await vouchForEnd(directory, nowMs)).toBe(true);
    const logger = pino({ level: "fatal" });
    const reader = await createReader({ data: directory, duckdb, logger, now: () => nowMs });
    try {
      await ask(reader);
    } finally {
      await reader.close();
    }
  } finally {
    await duckdb.close();
    await directory.close();
  }
};

const expectHour = async (
  oracle: Oracle,
  reader: Reader,
  [from, to, window]: (typeof HOURS)[number],
  statuses: readonly string[],
): Promise<void> => {
  const truth = await oracle.repos(from, to);
  const top = await reader.top("repo-activity", { window, at: to, by: "events", limit: 10_000 });
  expect(statuses).toContain(top.status);
  expect(top.covers).toEqual({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
  expect(top.missing).toEqual([]);
  const expected = truth.slice(0, 10_000);
  expect(top.rows.map(({ key, values }) => [key["repo"], values["events"], values["stars"]])).toEqual(
    expected.map(({ repo, events, stars }) => [repo, events, stars]),
  );
  for (const [index, row] of top.rows.entries()) expectNear(row.values["actors"], expected[index]!.actors);
  const busiest = truth[0]!.repo;
  const series = await reader.series("repo-activity", { key: { repo: busiest }, from, to, step: "5m" });
  const points = series.points.filter((point) => point.values["events"] !== 0);
  const trueSeries = await oracle.series(busiest, from, to, 300_000);
  expect(points.map(({ time, values }) => [Date.parse(time), values["events"], values["stars"]])).toEqual(
    trueSeries.map(({ timeMs, events, stars }) => [timeMs, events, stars]),
  );
  for (const [index, point] of points.entries())
    expectNear(point.values["actors"], trueSeries[index]!.actors);
};

/** Every hour of the file, asked as users ask, is what plain SQL says. */
export const expectAnswersOf = async (
  oracle: Oracle,
  data: string,
  statuses: readonly string[],
): Promise<void> => {
  await withReader(data, async (reader) => {
    for (const hour of HOURS) await expectHour(oracle, reader, hour, statuses);
  });
  const [from, to] = HOURS[0];
  const types = await freshetJson<TopAnswer>(
    ...["top", "event-types", "--window", "1h", "--at", to, "--by", "events", "--app", APP, "--data", data],
  );
  expect(types.rows.map(({ key, values }) => [key["type"], values["events"]])).toEqual(
    (await oracle.types(from, to)).map(({ type, events }) => [type, events]),
  );
};

export const expectLedger = async (data: string, events: number, duplicates: number): Promise<void> => {
  const { ledger } = await freshetJson<StatusDocument>("status", "--app", APP, "--data", data);
  expect(ledger).toMatchObject({
    events,
    accepted: events - duplicates,
    duplicates,
    conflicts: 0,
    rejected: {},
  });
  expect(ledger.records).toBeGreaterThan(events);
};
