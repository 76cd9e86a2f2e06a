import { epochMs, sequenceNumber, shardId } from "@freshet/model";
import type { DeadLetter, LetterIndex, StoredLetter } from "@freshet/storage";
import { expect, test } from "vitest";
import { openWorld } from "../testing/world.js";
import { createLetterFollower } from "./letterFollower.js";

const DAY_MS = 86_400_000;

const aLetter = (number: number, arrivalMs: number): DeadLetter => ({
  shard: shardId("shardId-000000000000"),
  sequence: sequenceNumber(number),
  subsequence: 0,
  arrivalMs: epochMs(arrivalMs),
  reason: "malformed",
  detail: "not JSON",
  type: null,
  id: `letter-${number}`,
  timeMs: null,
  body: Buffer.from("{"),
});

const opened = async () => {
  const world = await openWorld(1);
  const written: StoredLetter[][] = [];
  let prepared = 0;
  const index: LetterIndex = {
    prepare: async () => {
      prepared += 1;
    },
    async write(letters) {
      if (letters.length > 0) written.push([...letters]);
      return { written: letters.length, refused: [] };
    },
    expire: async () => undefined,
  };
  const { deadLetters } = world.data;
  const follower = createLetterFollower({ deadLetters, index, keepMs: 30 * DAY_MS, now: () => world.nowMs });
  const follow = async (): Promise<readonly string[]> => {
    written.length = 0;
    for (let waiting = true; waiting; ) waiting = (await follower.step()).waiting;
    return written.flat().map(({ id }) => id ?? "");
  };
  return { world, deadLetters, follow, prepared: () => prepared };
};

test("indexes all letters once, and new ones as they come, also late ones", async () => {
  const { world, deadLetters, follow, prepared } = await opened();
  await deadLetters.put([aLetter(1, world.nowMs - 20 * DAY_MS), aLetter(2, world.nowMs)]);
  expect(await follow()).toEqual(["letter-2", "letter-1"]);
  expect(await follow()).toEqual([]);
  world.nowMs += 1_000;
  await deadLetters.put([aLetter(3, world.nowMs), aLetter(4, world.nowMs - 10 * 60_000)]);
  expect(await follow()).toEqual(["letter-3", "letter-4"]);
  expect(prepared()).toBe(1);
});

test("notes a replay, of an old letter within the hour", async () => {
  const { world, deadLetters, follow } = await opened();
  await deadLetters.put([aLetter(1, world.nowMs - 20 * DAY_MS), aLetter(2, world.nowMs)]);
  await follow();
  const { letters } = await deadLetters.search({ limit: 10 });
  const replay = { id: "r", atMs: epochMs(world.nowMs) };
  await deadLetters.markReplayed(
    letters.map(({ place }) => place),
    replay,
  );
  expect(await follow()).toEqual(["letter-2"]);
  world.nowMs += 3_600_001;
  expect(await follow()).toEqual(["letter-1"]);
});

test("goes through many letters in steps, leaving none out", async () => {
  const { world, deadLetters, follow } = await opened();
  const count = 6_000;
  await deadLetters.put(Array.from({ length: count }, (_, at) => aLetter(at + 1, world.nowMs - at)));
  expect(new Set(await follow()).size).toBe(count);
});
