import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { type SparkSession, startSparkSession } from "../testing/sparkSession.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

let session: SparkSession;
let world: World;
beforeAll(async () => {
  session = await startSparkSession();
});
afterAll(() => session.close());
afterEach(() => world.close());

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

describe("generations by Spark", () => {
  it("hold what DuckDB's hold", async () => {
    world = await createWorld(1, scheduleOf({ app: firstApp }));
    await more(80);
    const spark = session.engine(`${world.dir}/data/lake`);
    const bySpark = published(await world.batch({ spark }));
    const content = await contentOf(world.duckdb, world.data.lake, bySpark);
    const byDuckDb = published(await world.batch({ rebuild: true }));
    expect(content).toEqual(await contentOf(world.duckdb, world.data.lake, byDuckDb));
  });
});
