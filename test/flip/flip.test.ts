import { readFinishedDefinitions, revertTo } from "@freshet/batch-layer";
import { type Schedule, SCHEDULE, type ShardId, type TopAnswer } from "@freshet/model";
import type { Reader } from "@freshet/serving-layer";
import { createRandom } from "@freshet/simulators";
import { retireDefinitions } from "@freshet/speed-layer";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "../attacks/line.js";
import { after, before } from "./apps.js";

const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));
const PAGES = ["a", "b", "c"];
const MINUTE_MS = 60_000;
const STEPS_MAX = 60;
const CHANGE_AT = 4;
const KEEP = 2;
const ASK_EVERY_MS = 10;

const oldHash = before.metrics.find(({ name }) => name === "pages")!.hash;
const newHash = after.metrics.find(({ name }) => name === "pages")!.hash;

type Counts = Readonly<Record<string, { readonly views: number; readonly time: number }>>;

let line: Line;
afterEach(() => line.close());

const scheduleNow = async (): Promise<Schedule> => (await line.data.records.get<Schedule>(SCHEDULE))!.value;

/** Shards whose clocks lie apart, so that a revision reaches them at different times. */
const createSource = (random: ReturnType<typeof createRandom>, shards: readonly ShardId[]) => {
  const startMs = Date.now() - 20 * MINUTE_MS;
  const clocks = new Map(shards.map((shard) => [shard, startMs]));
  const truth = new Map(PAGES.map((page) => [page, { views: 0, time: 0 }]));
  let made = 0;
  return {
    clocks,
    async append(): Promise<void> {
      const shard = shards[random.integer(shards.length)]!;
      const atMs = clocks.get(shard)! + random.integer(12 * MINUTE_MS);
      clocks.set(shard, atMs);
      const events = Array.from({ length: 1 + random.integer(5) }, () => {
        const page = PAGES[random.integer(PAGES.length)]!;
        const ms = random.integer(1_000);
        const { views, time } = truth.get(page)!;
        truth.set(page, { views: views + 1, time: time + ms });
        const id = `e${made++}`;
        return { type: "view", id, time: new Date(atMs).toISOString(), page, user: `u${made % 7}`, ms };
      });
      await line.append(shard, atMs, events);
    },
    truth: (): Counts => Object.fromEntries([...truth].filter(([, { views }]) => views > 0)),
  };
};

interface Seen {
  asked: number;
  byOld: number;
  byNew: number;
  /** Answered by the old definition although a generation holds the new one. */
  waiting: number;
}

/** Which definition answered. @throws where the answer is not whole, or says other than the truth */
const check = (answer: TopAnswer, truth: Counts | null): "old" | "new" => {
  expect({ status: answer.status, missing: answer.missing }).toEqual({
    status: expect.stringMatching(/^(live|settled)$/),
    missing: [],
  });
  const by = answer.rows.every(({ values }) => "time" in values) ? "new" : "old";
  if (truth === null) return by;
  const found = Object.fromEntries(
    answer.rows.map(({ key, values }) => [
      key["page"],
      by === "new"
        ? { views: Number(values["views"]), time: Number(values["time"]) }
        : { views: Number(values["views"]), time: truth[key["page"] as string]?.time },
    ]),
  );
  expect(found).toEqual(truth);
  return by;
};

const ask = (reader: Reader): Promise<TopAnswer> =>
  reader.top("pages", { window: "30d", by: "views", limit: 100 });

/** Asks over and over while something is done. */
const whileAsking = async (
  reader: Reader,
  action: () => Promise<void>,
  take: (answer: TopAnswer) => void,
): Promise<void> => {
  let done = false;
  const asking = (async () => {
    do {
      take(await ask(reader));
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    } while (!done);
  })();
  await Promise.all([asking, action().finally(() => (done = true))]);
};

describe("a metric that is changed", () => {
  it(`is answered without a gap, by the old definition until the new one is whole (seed ${SEED})`, async () => {
    const random = createRandom("flip", SEED);
    line = await openLine({ shards: 3, app: before });
    const shards = await line.open();
    const source = createSource(random, shards);
    for (let first = 0; first < 9; first++) await source.append();
    await line.fold();
    let nowMs = Date.now();
    const seen: Seen = { asked: 0, byOld: 0, byNew: 0, waiting: 0 };
    let holds = false;
    const take = (truth: Counts | null) => (answer: TopAnswer) => {
      const by = check(answer, truth);
      seen.asked++;
      seen[by === "old" ? "byOld" : "byNew"]++;
      if (by === "old" && holds) seen.waiting++;
    };
    const reader = await line.reader(() => nowMs);
    let reverts = 0;
    let retiredAt = 0;
    try {
      for (let step = 0; step < STEPS_MAX && (retiredAt === 0 || step < retiredAt + 4); step++) {
        await source.append();
        if (step === CHANGE_AT) {
          await line.publish(after);
          const { app } = (await scheduleNow()).revisions.at(-1)!;
          expect(app.outgoing).toEqual([oldHash]);
        }
        await whileAsking(reader, () => line.fold(), take(null));
        nowMs = Date.now();
        if (!random.chance(0.4)) continue;
        const truth = source.truth();
        await whileAsking(
          reader,
          async () => {
            await line.land();
            const result = await line.batch({ keep: KEEP });
            if (result.kind === "published") holds = result.manifest.metrics[newHash] !== undefined;
            await retireDefinitions(line.data.records, await readFinishedDefinitions(line.data));
          },
          take(null),
        );
        const { revisions } = await scheduleNow();
        if (retiredAt === 0 && step > CHANGE_AT && !revisions.at(-1)?.app.outgoing) retiredAt = step;
        // a reader that begins now sees all that was folded
        await line.asked(async (fresh) => take(truth)(await ask(fresh)));
        const { kept } = (await line.data.records.get<{ kept: number[] }>("generation"))?.value ?? {
          kept: [],
        };
        if (retiredAt > 0 && reverts === 0 && kept.length === KEEP) {
          const revert = async (): Promise<void> =>
            void (await revertTo({ data: line.data, generation: kept[0]! }));
          await whileAsking(reader, revert, take(truth));
          await line.asked(async (fresh) => take(truth)(await ask(fresh)));
          reverts++;
        }
      }
      const newest = await line.asked((fresh) => fresh.metrics().find(({ name }) => name === "pages"));
      expect(newest?.definition).toBe(newHash);
    } finally {
      await reader.close();
    }
    expect(retiredAt).toBeGreaterThan(CHANGE_AT);
    expect(reverts).toBe(1);
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
  }, 120_000);

  it("would leave a gap, were the old definition not folded on", async () => {
    line = await openLine({ shards: 1, app: before });
    const [shard] = (await line.open()) as [ShardId];
    const base = Date.now();
    const view = (id: string, timeMs: number): object => ({
      type: "view",
      id,
      time: new Date(timeMs).toISOString(),
      page: "a",
      user: "u",
      ms: 1,
    });
    await line.append(shard, base, [view("1", base)]);
    await line.fold();
    await line.publish(after);
    const stored = (await line.data.records.get<Schedule>(SCHEDULE))!;
    const revisions = stored.value.revisions.map(({ revision, fromTick }) => ({
      revision,
      fromTick,
      app: revision === 1 ? before : after,
    }));
    await line.data.records.replace(SCHEDULE, stored.revision, { ...stored.value, revisions });
    await line.append(shard, base + 10 * MINUTE_MS, [view("2", base)]);
    await line.fold();
    const answer = await line.asked(ask);
    expect(answer.missing.map(({ kind }) => kind)).toEqual(["metric_not_folded"]);
  });
});
