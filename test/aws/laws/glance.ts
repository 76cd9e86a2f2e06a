import type { TopAnswer } from "@freshet/model";
import { expect } from "vitest";
import type { WireLawsMet } from "./met.js";
import type { WireWorld } from "./world.js";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const KEY_SHOWN = 60;

interface Row {
  readonly key: object;
  readonly values: Readonly<Record<string, unknown>>;
}

const byKey = (rows: readonly Row[]): ReadonlyMap<string, number> =>
  new Map(rows.map(({ key, values }) => [JSON.stringify(key), Number(values["visits"])]));

/** By key, where `rows` count more than `most`. */
const above = (rows: readonly Row[], most: readonly Row[]): readonly string[] => {
  const bound = byKey(most);
  return [...byKey(rows)].flatMap(([key, visits]) =>
    visits > (bound.get(key) ?? 0) ? [`${key.slice(0, KEY_SHOWN)}: ${visits} > ${bound.get(key) ?? 0}`] : [],
  );
};

/**
 * Asks while everything goes on. Whatever the status: nothing twice; and what is not partial holds all that came before
 * `batchThrough` (architecture.md 2).
 */
export const glance = async (world: WireWorld, met: WireLawsMet): Promise<TopAnswer | null> => {
  const before = world.oracle();
  if (before.ledger.accepted === 0) return null;
  const end = Math.floor(before.newestMs() / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const question = { window: "1d", at: new Date(end).toISOString(), by: "visits", limit: 10_000 } as const;
  const top = await world.withReader((reader) => reader.top("by-minute", question));
  met.glances[top.status]++;
  const most = world.oracle().byMinute(end - DAY_MS, end);
  expect(above(top.rows, most), `${top.status}: counted twice`).toEqual([]);
  if (top.status !== "partial" && top.batchThrough !== null) {
    const least = world.oracle(Date.parse(top.batchThrough)).byMinute(end - DAY_MS, end);
    expect(above(least, top.rows), `${top.status}: lost`).toEqual([]);
  }
  return top;
};
