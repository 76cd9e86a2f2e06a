import { createIntake } from "@freshet/producers";
import { type EpochMs, type ShardId } from "@freshet/model";
import { createLetterDesk, type LetterDesk } from "@freshet/serving-layer";
import { eachOutcome } from "@freshet/storage";
import { afterEach, expect, it } from "vitest";
import { type Line, openLine } from "../attacks/line.js";
import { firstApp, MINUTE_MS, T0, total, viewAt } from "../attacks/views.js";

let line: Line;
afterEach(() => line.close());

/** Replays arrive at `atMs`, by the log's own clock or a test's. */
const openDesk = (atMs: () => number, loseAnswers = false): LetterDesk => {
  const { log, deadLetters, records } = line.data;
  const intake = createIntake({ log, app: firstApp, now: atMs });
  return createLetterDesk({
    deadLetters,
    records,
    app: () => firstApp,
    now: atMs,
    async emit(events) {
      const arrivalMs = events.map(() => atMs() as EpochMs);
      const outcomes = await intake.accept(events, { trusted: true, arrivalMs });
      if (loseAnswers) throw new Error("the answer got lost");
      return eachOutcome(outcomes).map(({ kind }) => kind !== "throttled");
    },
  });
};

const broken = (at: number, id: string) => {
  const { page: _, ...view } = viewAt(at, "a", id) as { page: string; id: string };
  return view;
};
const mend = {
  kind: "set",
  fields: [{ path: ["page"], value: { kind: "literal", type: "string", value: "a" } }],
} as const;
const chosen = { kind: "filter", filter: { limit: 100 } } as const;

it("counts mended letters once, however often and with whatever crashes they are replayed, and the books balance", async () => {
  line = await openLine({ app: firstApp });
  const [a, b] = (await line.open()) as [ShardId, ShardId];
  const { id: _, ...nameless } = broken(T0 + 4, "w");
  await line.append(a, T0, [viewAt(T0, "a", "x"), broken(T0 + 1, "y"), broken(T0 + 2, "z"), nameless]);
  await line.append(b, T0, [viewAt(T0 + 3, "a", "v")]);
  await line.beat(T0 + 5_000);
  await line.beat(T0 + 10_000);
  const before = await line.settle();
  expect(before.ledger).toMatchObject({ accepted: 2, rejected: { missing_field: 3 } });

  let nowMs = T0 + 60 * MINUTE_MS;
  const desk = openDesk(() => nowMs);
  const dry = await desk.replay({ chosen, mend, dryRun: true, who: "me" });
  expect(dry).toMatchObject({ id: null, letters: 3, mended: 3, stillBad: {}, notTaken: 0, next: null });
  expect(dry.effect).toContainEqual(expect.objectContaining({ metric: "by-page", events: 3, groups: 1 }));
  const untouched = await desk.replay({ chosen, mend: { kind: "none" }, dryRun: true, who: "me" });
  expect(untouched).toMatchObject({ mended: 0, stillBad: { missing_field: 3 } });
  expect((await line.settle()).ledger).toEqual(before.ledger);

  // a crash after the log took them and before that was noted
  const crashing = openDesk(() => nowMs, true);
  await expect(crashing.replay({ chosen, mend, dryRun: false, who: "me" })).rejects.toThrow("got lost");
  nowMs += MINUTE_MS;
  expect(await desk.replay({ chosen, mend, dryRun: false, who: "me" })).toMatchObject({
    mended: 3,
    notTaken: 0,
  });
  nowMs += MINUTE_MS;
  expect(await desk.replay({ chosen, mend, dryRun: false, who: "me" })).toMatchObject({
    letters: 3,
    replayedBefore: 3,
    mended: 0,
  });
  const { letters } = await line.data.deadLetters.search({ limit: 10 });
  const places = letters.map(({ place }) => place);
  const byPlace = { kind: "places", places } as const;
  expect(await desk.replay({ chosen: byPlace, mend, dryRun: false, who: "me" })).toMatchObject({ mended: 3 });

  await line.beat(nowMs + 5_000);
  await line.beat(nowMs + 10_000);
  const after = await line.settle();
  expect(after.disagreements).toEqual([]);
  expect(after.ledger).toMatchObject({ accepted: 5, duplicates: 6, rejected: { missing_field: 3 } });
  expect(await total(line, "by-page", T0 + MINUTE_MS)).toMatchObject({ views: 5, status: "settled" });
  expect((await line.settle({ rebuild: true })).ledger).toEqual(after.ledger);
}, 60_000);
