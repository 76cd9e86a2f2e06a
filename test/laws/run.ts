import { createRandom } from "@freshet/simulators";
import { expect } from "vitest";
import { temporaryDirectory } from "../support/freshet.js";
import { localDay } from "./oracle.js";
import { createStream } from "./stream.js";
import { createWorld, FAR_MS, type World } from "./world.js";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How often each thing happened, so that a run which tried nothing fails. */
export interface Met {
  records: number;
  splits: number;
  merges: number;
  batches: number;
  rebuilds: number;
  reverts: number;
  questions: number;
  live: number;
  settled: number;
  near: number;
  far: number;
  conflicts: number;
  bad: number;
}

export const nothingMet = (): Met => ({
  records: 0,
  splits: 0,
  merges: 0,
  batches: 0,
  rebuilds: 0,
  reverts: 0,
  questions: 0,
  live: 0,
  settled: 0,
  near: 0,
  far: 0,
  conflicts: 0,
  bad: 0,
});

/** Live may count copies that it cannot know of, and never less than the truth. */
const expectAtLeast = (
  rows: readonly { key: unknown; values: Readonly<Record<string, unknown>> }[],
  truth: typeof rows,
): void => {
  const visits = new Map(rows.map(({ key, values }) => [JSON.stringify(key), Number(values["visits"])]));
  for (const { key, values } of truth) {
    expect(visits.get(JSON.stringify(key)) ?? 0).toBeGreaterThanOrEqual(Number(values["visits"]));
  }
};

/** Asks what is true now, and compares; where not `exact`, live may count copies that it cannot know of. */
export const ask = async (
  world: Pick<World, "oracle" | "withReader">,
  exact: boolean,
  met: Pick<Met, "questions" | "live" | "settled">,
): Promise<void> => {
  const { oracle } = world;
  if (oracle.ledger.accepted === 0) return;
  const end = Math.floor(oracle.newestMs() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  await world.withReader(async (reader) => {
    for (const [window, ms] of [
      ["1d", DAY_MS],
      ["30m", 30 * MINUTE_MS],
    ] as const) {
      const at = new Date(end).toISOString();
      const top = await reader.top("by-minute", { window, at, by: "visits", limit: 10_000 });
      expect(top.missing).toEqual([]);
      expect(["live", "settled"]).toContain(top.status);
      met.questions++;
      met[top.status as "live" | "settled"]++;
      const rows = top.rows.map(({ key, values }) => ({ key, values }));
      const truth = oracle.byMinute(end - ms, end);
      if (exact || top.status === "settled") expect(rows).toEqual(truth);
      else expectAtLeast(rows, truth);
    }
    const day = await reader.top("by-day", { window: "1d", by: "visits", limit: 10_000 });
    const truth = oracle.byDay(localDay(oracle.newestMs()));
    const rows = day.rows.map(({ key, values }) => ({ key, values }));
    if (exact || day.status === "settled") expect(rows).toEqual(truth);
    else expectAtLeast(rows, truth);
    if (exact) {
      const { ledger } = reader.status();
      const { events, accepted, duplicates, rejected } = ledger;
      expect({ events, accepted, duplicates, rejected }).toEqual(oracle.ledger);
    }
  });
};

/** One random world, from its seed alone: laws 2, 3, 5 and 7 at every question and at the end. */
export const runWorld = async (options: {
  readonly seed: number;
  readonly steps: number;
  readonly farCopies: boolean;
  readonly met: Met;
}): Promise<void> => {
  const { seed, steps, farCopies, met } = options;
  const random = createRandom("laws", seed);
  const directory = temporaryDirectory();
  const world = await createWorld(directory.path, random);
  const stream = createStream({ random, farCopies });
  const published: number[] = [];
  const batch = async (rebuild: boolean): Promise<void> => {
    const manifest = await world.batch(rebuild);
    expect(manifest?.disagreements ?? []).toEqual([]);
    if (manifest && manifest.generation !== published.at(-1)) published.push(manifest.generation);
    met.batches++;
    if (rebuild) met.rebuilds++;
  };
  try {
    for (let step = 0; step < steps; step++) {
      const size = 1 + random.integer(60);
      await world.append(Array.from({ length: size }, () => stream.next(world.nowMs())));
      met.records += size;
      world.advance(random.integer(2_500));
      if (farCopies && random.chance(0.1)) world.advance(FAR_MS);
      if (random.chance(0.12)) met[(await world.reshard()) === "split" ? "splits" : "merges"]++;
      if (random.chance(0.4)) {
        await world.fold();
        if (random.chance(0.5)) await batch(random.chance(0.2));
        if (random.chance(0.1) && published.length > 1) {
          await world.revert(published.at(-2) as number);
          published.pop();
          met.reverts++;
        }
        await ask(world, !farCopies, met);
      }
    }
    await world.heartbeat();
    await world.fold();
    await batch(false);
    await ask(world, true, met);
    await batch(true);
    await ask(world, true, met);
    const { seen } = world.oracle;
    met.near += seen.near;
    met.far += seen.far + seen.cross;
    met.conflicts += seen.conflict;
    met.bad += seen.bad;
  } finally {
    await world.close();
    directory.remove();
  }
};
