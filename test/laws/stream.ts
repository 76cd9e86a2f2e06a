import type { Reason } from "@freshet/model";
import type { Random } from "@freshet/simulators";

export interface Visit {
  readonly type: "visit";
  readonly id: string;
  readonly time: string;
  readonly page: string;
  readonly user: string;
  readonly amount: number;
  readonly shop?: number;
  readonly note?: string;
}

/** What a record of the stream is, as its maker knows it. */
export type Sent =
  | { readonly kind: "visit" | "near" | "far" | "cross" | "conflict"; readonly visit: Visit }
  | { readonly kind: "bad"; readonly reason: Reason; readonly text: string };

const PAGES = [
  "/",
  "/a",
  "10",
  "9",
  "__proto__",
  "constructor",
  "",
  "ü/é",
  "\u{1f600}",
  "\uffff",
  "a\tb",
  "x".repeat(3000),
];
const USERS = 300;
const LATE_MS_MAX = 7_200_000;
/** Copies are made of events this near, and far copies of ones this old. */
const NEAR = 30;

export interface StreamOptions {
  readonly random: Random;
  /** Copies that live cannot know: beyond its horizon, or in another shard. */
  readonly farCopies: boolean;
}

export const createStream = ({ random, farCopies }: StreamOptions) => {
  const visits: Visit[] = [];
  let next = 0;
  const fresh = (nowMs: number): Visit => {
    const late = random.chance(0.1) ? random.integer(LATE_MS_MAX) : random.integer(2_000);
    const visit: Visit = {
      type: "visit",
      id: `v${next++}`,
      time: new Date(nowMs - late).toISOString(),
      page: random.pick(PAGES),
      user: random.chance(0.02) ? "" : `u${random.integer(USERS)}`,
      amount: random.chance(0.05)
        ? random.pick([-1_000_000, 1_000_000, 0])
        : random.integer(2_000_000) - 1_000_000,
      ...(random.chance(0.5) ? { shop: random.integer(3) - 1 } : {}),
      ...(random.chance(0.2) ? { note: "n".repeat(random.integer(50)) } : {}),
    };
    visits.push(visit);
    return visit;
  };
  const bad = (nowMs: number): Sent => {
    const { amount, ...rest } = { ...fresh(nowMs) };
    visits.pop();
    const event = { ...rest, amount };
    switch (random.integer(6)) {
      case 0:
        return { kind: "bad", reason: "malformed", text: `${JSON.stringify(event).slice(0, -3)}` };
      case 1:
        return { kind: "bad", reason: "missing_field", text: JSON.stringify(rest) };
      case 2:
        return { kind: "bad", reason: "wrong_type", text: JSON.stringify({ ...event, amount: "7" }) };
      case 3:
        return { kind: "bad", reason: "out_of_range", text: JSON.stringify({ ...event, amount: 1_000_001 }) };
      case 4:
        return { kind: "bad", reason: "unknown_type", text: JSON.stringify({ ...event, type: "visits" }) };
      default:
        return {
          kind: "bad",
          reason: "time_out_of_bounds",
          text: JSON.stringify({ ...event, time: new Date(nowMs - 40 * 86_400_000).toISOString() }),
        };
    }
  };
  return {
    next(nowMs: number): Sent {
      const draw = random.unit();
      const recent = visits.slice(-NEAR);
      if (draw < 0.06 && recent.length > 0) return { kind: "near", visit: random.pick(recent) };
      if (draw < 0.08 && recent.length > 0) {
        return { kind: "conflict", visit: { ...random.pick(recent), note: `again ${next++}` } };
      }
      if (farCopies && draw < 0.11 && visits.length > 0) return { kind: "far", visit: random.pick(visits) };
      if (farCopies && draw < 0.13 && recent.length > 0) return { kind: "cross", visit: random.pick(recent) };
      if (draw < 0.17) return bad(nowMs);
      return { kind: "visit", visit: fresh(nowMs) };
    },
  };
};
