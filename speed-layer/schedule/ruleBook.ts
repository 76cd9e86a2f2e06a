import { createRecordBatch, type Lake, type Records } from "@freshet/storage";
import { createEventScanner, type Schedule, SCHEDULE, type Tick } from "@freshet/model";
import { createScanner } from "../columns/scanner.js";
import type { Judge, RuleBook } from "../shard/rules.js";
import { loadLookups } from "./lookups.js";
import { rulesAt, rulesChangeAfter } from "./schedule.js";

/** Follows the stored schedule. What it says of a tick up to `knownThrough` never changes, so it is kept. */
export const createRuleBook = (records: Records, lake: Lake): RuleBook => {
  let schedule: Schedule | null = null;
  /** By what the rules are: ticks with equal rules share one judge. */
  const judges = new Map<string, Judge>();
  let latest: { readonly from: Tick; readonly through: Tick; readonly judge: Judge } | null = null;

  const nameOf = (at: Tick): string | null => {
    if (!schedule || at > schedule.knownThrough) return null;
    const { revision, lookups } = rulesAt(schedule, at);
    return JSON.stringify([revision, lookups]);
  };

  /** The last tick that is known to have the rules of `at`. */
  const lastTickLike = (at: Tick): Tick => {
    if (!schedule) return at;
    const change = rulesChangeAfter(schedule, at);
    return Math.min(schedule.knownThrough, change === null ? schedule.knownThrough : change - 1) as Tick;
  };

  return {
    judgeAt(at) {
      if (latest && at >= latest.from && at <= latest.through) return latest.judge;
      const name = nameOf(at);
      const judge = name === null ? undefined : judges.get(name);
      if (!judge) return null;
      latest = { from: at, through: lastTickLike(at), judge };
      return judge;
    },
    async prepare(at) {
      if (!schedule || at > schedule.knownThrough) {
        schedule = (await records.get<Schedule>(SCHEDULE))?.value ?? null;
      }
      const name = nameOf(at);
      if (!schedule || name === null) return false;
      if (!judges.has(name)) {
        const { revision, app, lookups } = rulesAt(schedule, at);
        const scanner = createScanner(app, await loadLookups(lake, lookups), createEventScanner);
        const empty = scanner.scan(createRecordBatch({ digest: "never" }));
        judges.set(name, { revision, scanner, empty });
      }
      return true;
    },
  };
};
