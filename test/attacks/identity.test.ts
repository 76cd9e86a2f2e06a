import { type ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { lawApp } from "../laws/app.js";
import { type Line, openLine } from "./line.js";

const T0 = Date.parse("2026-03-01T00:00:00Z");
const DAY_MS = 86_400_000;
const WIDE: readonly [number, number] = [31_556_952_000_000, 31_556_952_000_000];

const visit = (id: string, timeMs: number, more: object = {}): object => ({
  type: "visit",
  id,
  time: new Date(timeMs).toISOString(),
  page: "/",
  user: "u",
  amount: 1,
  ...more,
});
/** As a replay sends it. */
const replayed = (id: string, timeMs: number): object => visit(id, timeMs, { $bounds: WIDE });

let line: Line;
afterEach(() => line.close());

const shardsOf = async (): Promise<readonly [ShardId, ShardId]> =>
  (await line.open()) as unknown as readonly [ShardId, ShardId];
const settleAt = async (arrivalMs: number, shards?: readonly ShardId[]) => {
  await line.beat(arrivalMs, shards);
  await line.beat(arrivalMs + 5_000, shards);
  return line.settle();
};
const visitsAt = (timeMs: number) =>
  line.asked(async (reader) => {
    const answer = await reader.value("by-minute", {
      key: { page: "/", shop: null },
      window: "1h",
      at: new Date(timeMs + 60_000).toISOString(),
    });
    return { visits: answer.values["visits"], status: answer.status, missing: answer.missing };
  });

describe("an event that comes again", () => {
  it("in a later replay of the same file is a duplicate, years after it happened", async () => {
    line = await openLine({ app: lawApp });
    const [a, b] = await shardsOf();
    const old = T0 - 4000 * DAY_MS;
    const send = async (arrivalMs: number): Promise<void> => {
      await line.append(
        a,
        arrivalMs,
        [0, 1, 2].map((n) => replayed(`a${n}`, old + n)),
      );
      await line.append(
        b,
        arrivalMs,
        [0, 1, 2].map((n) => replayed(`b${n}`, old + n)),
      );
    };
    await send(T0);
    const first = await settleAt(T0 + 10_000);
    expect(first.ledger).toMatchObject({ accepted: 6, duplicates: 0 });
    await send(T0 + 40 * DAY_MS);
    await line.beat(T0 + 40 * DAY_MS + 5_000);
    await line.fold();
    expect(await visitsAt(old)).toMatchObject({ visits: 12, status: "live" });
    const second = await settleAt(T0 + 40 * DAY_MS + 10_000);
    expect(second.ledger).toMatchObject({ accepted: 6, duplicates: 6 });
    await send(T0 + 90 * DAY_MS);
    const third = await settleAt(T0 + 90 * DAY_MS + 10_000);
    expect(third.ledger).toMatchObject({ accepted: 6, duplicates: 12 });
    expect(await visitsAt(old)).toMatchObject({ visits: 6, status: "settled" });
  });

  it("is a duplicate however late: replayed after it was sent live, with wider bounds, or in a shard held back", async () => {
    line = await openLine({ app: lawApp });
    const [a, b] = await shardsOf();
    await line.append(a, T0, [
      visit("live", T0),
      visit("narrow", T0, { $bounds: [0, 0] }),
      visit("held", T0),
    ]);
    await line.append(b, T0, [visit("held", T0)]);
    await settleAt(T0 + 10_000, [a]);
    for (const days of [40, 41]) {
      await line.append(a, T0 + days * DAY_MS, [visit(`later${days}`, T0 + days * DAY_MS)]);
      await settleAt(T0 + days * DAY_MS + 10_000, [a]);
    }
    await line.append(a, T0 + 42 * DAY_MS, [replayed("live", T0), replayed("narrow", T0)]);
    const after = await settleAt(T0 + 42 * DAY_MS + 10_000);
    expect(after.ledger).toMatchObject({ accepted: 5, duplicates: 3 });
    expect(await visitsAt(T0)).toMatchObject({ visits: 3, status: "settled" });
    expect((await line.settle({ rebuild: true })).ledger).toEqual(after.ledger);
  });
});
