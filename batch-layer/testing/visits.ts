import type { Dice } from "./random.js";

export interface Visit {
  readonly type: string;
  readonly id: string;
  readonly time: string | number;
  readonly page: string;
  readonly user: string;
  readonly ms: number;
  readonly [more: string]: unknown;
}

const PAGES = [
  "/a",
  "/b",
  "1",
  "10",
  "__proto__",
  "constructor",
  "é😀",
  "",
  "x\u0000y",
  'it\'s "quoted"',
  "long".repeat(50),
];
const USERS = ["ann", "bob", "", "__proto__", "7", "ü", "cy", "dan", "eve", "fay"];
const MS = [0, 1, -1, 999, 1001, 5_000, -70_000, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER];

const BAD = [
  "{",
  "[1]",
  "null",
  JSON.stringify({ type: "visit", id: "x" }),
  JSON.stringify({ type: "nothing", id: "x", time: 0 }),
  JSON.stringify({ type: "visit", id: "x", time: "2026-03-28T10:00:00Z", page: 1, user: "u", ms: 1 }),
  JSON.stringify({ type: "visit", id: "x", time: "2026-03-28T10:00:00Z", page: "p", user: "u", ms: 1.5 }),
  JSON.stringify({ type: "visit", id: "x", time: 1, $version: 9, page: "p", user: "u", ms: 1 }),
  `{"type":"visit","page":"${"y".repeat(3000)}"}`,
];

/** What a stream is made of, and what it was made to hold. */
export interface VisitSource {
  /** An event's bytes, for an arrival at `nowMs`. */
  next(nowMs: number): { readonly bytes: Buffer; readonly id: string };
  readonly made: { bad: number; late: number; outOfBounds: number; copies: number; conflicts: number };
}

export const createVisits = (dice: Dice, withRegion: () => boolean): VisitSource => {
  const made = { bad: 0, late: 0, outOfBounds: 0, copies: 0, conflicts: 0 };
  const recent: Visit[] = [];
  let ids = 0;

  const timeOf = (ms: number): string | number =>
    dice.chance(0.2) ? ms : new Date(ms).toISOString().replace(dice.chance(0.3) ? ".000Z" : "\0", "Z");

  const fresh = (nowMs: number): Visit => {
    let ms = nowMs - dice.below(3_000);
    let bounds: Record<string, unknown> = {};
    if (dice.chance(0.1)) {
      ms = nowMs - dice.below(3_500_000);
      made.late += 1;
    } else if (dice.chance(0.04)) {
      ms = nowMs - 4 * 3_600_000 - dice.below(1000);
      if (dice.chance(0.5)) bounds = { $bounds: [86_400_000, 0] };
      else made.outOfBounds += 1;
    }
    return {
      type: "visit",
      id: `${ids++}`,
      time: timeOf(ms),
      page: dice.pick(PAGES),
      user: dice.pick(USERS),
      ms: dice.chance(0.2) ? dice.pick(MS) : dice.below(3000) - 200,
      ...(dice.chance(0.5) ? { returning: dice.pick([true, false, null]) } : {}),
      ...(withRegion() ? { region: dice.pick(PAGES) } : { $version: 1 }),
      ...bounds,
    };
  };

  const copy = (): Visit => {
    made.copies += 1;
    const original = dice.pick(dice.chance(0.6) ? recent.slice(-5) : recent);
    if (!dice.chance(0.3)) return original;
    made.conflicts += 1;
    return { ...original, ms: original.ms === 17 ? 18 : 17 };
  };

  return {
    made,
    next(nowMs) {
      if (dice.chance(0.06)) {
        made.bad += 1;
        return { bytes: Buffer.from(dice.pick(BAD)), id: `bad${ids++}` };
      }
      const visit = recent.length > 0 && dice.chance(0.2) ? copy() : fresh(nowMs);
      recent.push(visit);
      return { bytes: Buffer.from(JSON.stringify(visit)), id: visit.id };
    },
  };
};
