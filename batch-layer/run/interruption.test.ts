import type { GenerationPointer } from "@freshet/model";
import { openDuckDb } from "@freshet/storage";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { interruptible } from "./interruptible.js";
import { BATCH_STEPS } from "./progress.js";

const OVER = new Error("its time is over");

describe("an interrupted connection", () => {
  it("ends the statement that runs, and begins no other", async () => {
    const tempDir = mkdtempSync(join(tmpdir(), "freshet-interrupt-"));
    const duckdb = await openDuckDb({ memoryMb: 100, threads: 1, tempDir });
    const stop = new AbortController();
    const db = interruptible(await duckdb.connect(), stop.signal);
    const endless = db.rows("SELECT count(*) FROM range(100000000000) t(x) WHERE x % 7 = 3");
    const timer = setInterval(() => stop.abort(OVER), 20);
    await expect(endless).rejects.toThrow(/INTERRUPT/);
    clearInterval(timer);
    await expect(db.rows("SELECT 1")).rejects.toBe(OVER);
    await expect(db.run("SELECT 1")).rejects.toBe(OVER);
    const other = await db.connect();
    await expect(other.rows("SELECT 1")).rejects.toBe(OVER);
    await other.close();
    await db.close();
    expect(await duckdb.rows("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await duckdb.close();
    rmSync(tempDir, { recursive: true });
  });
});

describe("a run that is interrupted", () => {
  let world: World;
  afterEach(() => world.close());

  const more = async (): Promise<void> => {
    await world.emit(60);
    await world.heartbeats();
    await world.heartbeats();
    await world.record();
    await world.land();
  };

  it("at any step publishes nothing, and the next one counts all of it", async () => {
    world = await createWorld(8, scheduleOf({ app: firstApp }));
    await more();
    const first = published(await world.batch());
    await more();
    const steps = BATCH_STEPS.filter((step) => step !== "cleaning");
    for (const at of steps) {
      const stop = new AbortController();
      const run = world.batch({
        signal: stop.signal,
        onProgress({ step }) {
          if (step === at) stop.abort(OVER);
        },
      });
      await expect(run).rejects.toBe(OVER);
      expect((await world.data.records.get<GenerationPointer>("generation"))?.value).toEqual({
        generation: first.generation,
        kept: [first.generation],
      });
      expect(await world.data.leases.list()).toEqual([]);
    }
    const second = published(await world.batch());
    expect(second.parent).toBe(first.generation);
    expect(second.ledger.records).toBeGreaterThan(first.ledger.records);
    const content = await contentOf(world.duckdb, world.data.lake, second);
    const rebuilt = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, world.data.lake, rebuilt)).toEqual(content);
  });

  it("while it cleans up has published", async () => {
    world = await createWorld(9, scheduleOf({ app: firstApp }));
    await more();
    const stop = new AbortController();
    const result = await world.batch({
      signal: stop.signal,
      onProgress({ step }) {
        if (step === "cleaning") stop.abort(OVER);
      },
    });
    const { generation } = published(result);
    expect(await world.batch()).toMatchObject({ kind: "unchanged", manifest: { generation } });
  });
});
