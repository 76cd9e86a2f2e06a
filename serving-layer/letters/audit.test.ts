import { expect, test } from "vitest";
import { openWorld } from "../testing/world.js";
import { beginNote, listReplays, type NotedReplay } from "./audit.js";

const REPLAYS = 7;
const PAGE = 3;

test("pages through all replays, the newest first, each once, also while more are noted", async () => {
  const { records } = (await openWorld(1)).data;
  const note = (index: number) =>
    beginNote(records, {
      id: `replay-${index}`,
      atMs: 1_000_000 + Math.floor(index / 2),
      who: "me",
      chosen: { kind: "places", places: [] },
      mend: { kind: "none" },
    });
  for (let index = 0; index < REPLAYS; index++) await note(index);
  const seen: NotedReplay[] = [];
  let after: string | null = null;
  let pages = 0;
  do {
    const { replays, next } = await listReplays(records, { after, limit: PAGE });
    expect(replays.length).toBeLessThanOrEqual(PAGE);
    seen.push(...replays);
    after = next;
    await note(REPLAYS + pages++);
  } while (after !== null);
  expect(seen.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1, 0].map((index) => `replay-${index}`));
  expect(pages).toBe(Math.ceil(REPLAYS / PAGE));
  expect(await listReplays(records, { after: "0", limit: PAGE })).toEqual({ replays: [], next: null });
});
