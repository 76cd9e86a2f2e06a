import { afterEach, describe, expect, it } from "vitest";
import { revertTo } from "../generation/revert.js";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { STANDING_FOLDER, standingFile, standingPath } from "./standingFile.js";

let world: World;
afterEach(() => world.close());

const next = async () => {
  await world.emit(40);
  await world.heartbeats();
  await world.record();
  await world.land();
  return published(await world.batch());
};
const listed = () => world.data.lake.list(STANDING_FOLDER);
const textOf = async (revision: number): Promise<string> =>
  Buffer.from(await world.data.lake.get(standingPath(revision))).toString("utf8");

describe("what stands, for engines that read the lake themselves", () => {
  it("is told at each publication and revert, and outlives the retirement of what no generation names", async () => {
    world = await createWorld(1, scheduleOf({ app: firstApp }));
    const manifests = [await next(), await next()];
    await revertTo({ data: world.data, generation: manifests[0]!.generation });
    expect(await textOf(3)).toBe(standingFile(3, manifests[0]!));
    expect(await textOf(2)).toBe(standingFile(2, manifests[1]!));
    for (let run = 0; run < 3; run++) manifests.push(await next());
    expect(await listed()).toEqual([4, 5, 6].map(standingPath));
    expect(await textOf(6)).toBe(standingFile(6, manifests.at(-1)!));
    for (const line of (await textOf(6)).trim().split("\n").slice(1)) {
      const path = line.split("\t").at(-1);
      expect((await world.data.lake.get(path ?? "")).length).toBeGreaterThan(0);
    }
  });

  it("is told by the next run where one ended before it could", async () => {
    world = await createWorld(2, scheduleOf({ app: firstApp }));
    const { lake } = world.data;
    await world.emit(40);
    await world.heartbeats();
    await world.record();
    await world.land();
    const put: typeof lake.put = async (path, bytes) => {
      if (path.startsWith(STANDING_FOLDER)) throw new Error("ended");
      return lake.put(path, bytes);
    };
    await expect(world.batch({ data: { ...world.data, lake: { ...lake, put } } })).rejects.toThrow("ended");
    expect(await listed()).toEqual([]);
    const { kind } = await world.batch();
    expect(kind).toBe("unchanged");
    expect(await listed()).toEqual([standingPath(1)]);
  });

  it("is told anew in a store that was restored, whose backup has files of what was published after it", async () => {
    world = await createWorld(3, scheduleOf({ app: firstApp }));
    const { lake } = world.data;
    const first = await next();
    const later = Buffer.from(standingFile(2, { ...first, generation: 17 }));
    await lake.put(standingPath(2), later);
    expect((await world.batch()).kind).toBe("unchanged");
    expect(await listed()).toEqual([standingPath(1)]);
    await lake.put(standingPath(2), later);
    const second = await next();
    expect(await textOf(2)).toBe(standingFile(2, second));
  });
});
