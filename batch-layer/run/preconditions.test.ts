import type { CheckedPrecondition } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { loseRawRows } from "../testing/losses.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import type { BatchOptions } from "./runBatch.js";

const HOUR_MS = 3_600_000;

let world: World;
afterEach(() => world.close());

const stream = async (seed: number): Promise<void> => {
  world = await createWorld(seed, scheduleOf({ app: firstApp }));
  await world.emit(150);
  await world.heartbeats();
  await world.heartbeats();
};

const checked = async (options: Partial<BatchOptions>) => {
  const found: CheckedPrecondition[] = [];
  const result = await world.batch({ ...options, onPrecondition: (one) => found.push(one) });
  return { result, found };
};

const standing = () => world.data.records.get("generation");

describe("a run that needs the last hour to have landed", () => {
  it("publishes nothing until it has, and names who lacks it; all the same where nobody asks for it", async () => {
    await stream(1);
    await world.record();
    await world.land();
    world.nowMs += 3 * HOUR_MS;
    const late = await checked({ requires: ["landed"] });
    expect(late.result).toEqual({ kind: "unready", lacking: late.found });
    expect(late.found).toMatchObject([{ name: "landed", required: true, holds: false }]);
    for (const { id } of await world.data.log.shards()) expect(late.found[0]?.detail).toContain(id);
    expect(await standing()).toBeNull();
    const anyway = await checked({});
    expect(published(anyway.result).ledger.events).toBe(150);
    expect(anyway.found.map(({ name, required, holds }) => [name, required, holds])).toEqual([
      ["landed", false, false],
      ["balanced", false, true],
    ]);
    await world.emit(1);
    await world.heartbeats();
    await world.record();
    await world.land();
    const landed = await checked({ requires: ["landed", "balanced"] });
    published(landed.result);
    expect(landed.found.map(({ holds }) => holds)).toEqual([true, true]);
  });
});

describe("a run that needs the books to agree", () => {
  it("publishes nothing while they do not, reads again what differs, and publishes when they do", async () => {
    await stream(2);
    const records = await world.record();
    await world.land();
    const victim = records.find(({ counts, finished }) => finished && counts.accepted > 0)!;
    const { rows } = await loseRawRows(world.data, world.duckdb, `sequence = '${victim.firstSequence}'`);
    expect(rows).toBeGreaterThan(0);
    const differing = await checked({ requires: ["balanced"] });
    expect(differing.result).toMatchObject({
      kind: "unready",
      lacking: [{ name: "balanced", holds: false }],
    });
    expect(differing.found.at(-1)?.detail).toMatch(/^speed and batch differ in shardId-\d+ at segment \d/);
    expect(await standing()).toBeNull();
    const { result, found } = await checked({ requires: ["balanced"] });
    expect(published(result).disagreements).toEqual([]);
    expect(found.at(-1)).toMatchObject({ name: "balanced", holds: true });
  });
});
