import type { Reason } from "@freshet/model";
import { encodeAggregate } from "@freshet/kpl";
import type { Dice } from "./dice.sim.js";

/** An event of the world, and what is wrong with it by itself. */
export interface WorldEvent {
  readonly id: string;
  readonly timeMs: number;
  readonly page: string;
  readonly user: string;
  readonly amount: number;
  readonly flaw: Reason | null;
  readonly bounds: readonly [number, number] | null;
}

const PAGES = ["/a", "/b", "/c", "__proto__", "constructor", "ключ", "", "10", "9", "\u0000"];
const FLAWS: readonly Reason[] = [
  "malformed",
  "unknown_type",
  "unknown_version",
  "missing_field",
  "wrong_type",
];
const HOUR_MS = 3_600_000;

export const makeEvent = (dice: Dice, number: number, nowMs: number): WorldEvent => {
  const late = dice.pick([0, 0, 0, 700, 3_000, 30_000, dice.chance(0.2) ? HOUR_MS : 0]);
  return {
    id: dice.chance(0.05) ? "same id" : `e${number}`,
    timeMs: nowMs - late + (dice.chance(0.02) ? HOUR_MS : 0),
    page: dice.pick(PAGES),
    user: `u${dice.integer(20)}`,
    amount: dice.chance(0.1) ? 50 : dice.integer(11) - 3,
    flaw: dice.chance(0.06) ? dice.pick(FLAWS) : null,
    bounds: dice.chance(0.03) ? [2 * HOUR_MS, 2 * HOUR_MS] : null,
  };
};

/** The event's bytes; the same instant is written in one way or the other. */
export const toBytes = (event: WorldEvent, dice: Dice): string => {
  const time = dice.chance(0.5) ? event.timeMs : new Date(event.timeMs).toISOString();
  const { id, page, user, amount, flaw, bounds } = event;
  const extra = bounds ? { $bounds: bounds } : {};
  const good = { type: "hit", id, time, page, user, amount, ...extra };
  switch (flaw) {
    case "malformed":
      return '{"type":"hit",';
    case "unknown_type":
      return JSON.stringify({ ...good, type: "hot" });
    case "unknown_version":
      return JSON.stringify({ ...good, $version: 7 });
    case "missing_field":
      return JSON.stringify({ ...good, user: undefined });
    case "wrong_type":
      return JSON.stringify({ ...good, amount: "1" });
    default:
      return JSON.stringify(good);
  }
};

/** One record of these events: the event itself, or an aggregate of several. */
export const toRecord = (events: readonly string[]): Uint8Array => {
  const [only] = events;
  if (only !== undefined && events.length === 1) return Buffer.from(only);
  return encodeAggregate(events.map((event) => ({ partitionKey: "p", data: Buffer.from(event) })));
};
