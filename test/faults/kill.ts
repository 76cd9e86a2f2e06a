import { join } from "node:path";
import { type SeriesAnswer, type TopAnswer } from "@freshet/model";
import { expect } from "vitest";
import { freshet, freshetJson, startFreshet } from "../support/freshet.js";

const APP = "examples/github/freshet.config.ts";
const HOUR_END = "2018-12-25T01:00:00Z";

/** mulberry32: the moments of the kills are the seed's. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

export interface Answers {
  readonly top: TopAnswer;
  readonly series: SeriesAnswer;
}

/** Everything of an answer that does not depend on when records arrived. */
const timeless = <T extends object>(answer: T): object => ({ ...answer, batchThrough: null });

export const askAll = async (data: string): Promise<Answers> => {
  const common = ["--app", APP, "--data", data];
  return {
    top: await freshetJson<TopAnswer>(
      ...[
        "top",
        "repo-activity",
        "--window",
        "1h",
        "--at",
        HOUR_END,
        "--by",
        "events",
        "--limit",
        "500",
        ...common,
      ],
    ),
    series: await freshetJson<SeriesAnswer>(
      ...[
        "series",
        "event-types",
        "--key",
        "type=push",
        "--from",
        "2018-12-25T00:00:00Z",
        "--to",
        HOUR_END,
        ...common,
      ],
    ),
  };
};

export interface KillReport {
  readonly kills: number;
  /** Kills that hit a process that was still at work. */
  readonly inTheMiddle: number;
}

/** Replays a file, killing the process at random moments, each time going on from where it was. */
export const replayWithKills = async (
  file: string,
  data: string,
  options: { readonly seed: number; readonly kills: number; readonly withinMs: number },
): Promise<KillReport> => {
  const random = randomFrom(options.seed);
  let inTheMiddle = 0;
  for (let kill = 0; kill < options.kills; kill++) {
    const { child, done } = startFreshet(["replay", file, "--app", APP, "--data", data]);
    const timer = setTimeout(() => child.kill("SIGKILL"), 300 + random() * options.withinMs);
    const run = await done;
    clearTimeout(timer);
    if (run.signal === "SIGKILL") inTheMiddle++;
    else expect(run.code, run.stderr).toBe(0);
  }
  const last = await freshet("replay", file, "--app", APP, "--data", data);
  expect(last.code, last.stderr).toBe(0);
  return { kills: options.kills, inTheMiddle };
};

/** The killed run answers as an unkilled one, and folding its log again gives the same bodies, byte for byte. */
export const expectUnharmed = async (
  file: string,
  directory: string,
  killed: string,
  events: number,
): Promise<void> => {
  const whole = join(directory, "unkilled");
  await freshetJson("replay", file, "--app", APP, "--data", whole);
  const refold = await freshet("speed", "--once", "--replay", "start", "--app", APP, "--data", killed);
  expect(refold.code, refold.stderr).toBe(0);
  for (const step of ["live", "settled"]) {
    const [a, b] = [await askAll(killed), await askAll(whole)];
    expect(a.top.status).toBe(step);
    expect(timeless(a.top)).toEqual(timeless(b.top));
    expect(timeless(a.series)).toEqual(timeless(b.series));
    if (step === "live") {
      await freshetJson("batch", "--app", APP, "--data", killed);
      await freshetJson("batch", "--app", APP, "--data", whole);
    }
  }
  const status = await freshetJson<{ ledger: { events: number; accepted: number; duplicates: number } }>(
    ...["status", "--app", APP, "--data", killed],
  );
  expect(status.ledger.accepted).toBe(events);
  expect(status.ledger.events).toBe(status.ledger.accepted + status.ledger.duplicates);
};
