import { type AppDocument, type Schedule, SCHEDULE, type Tick, tick } from "@freshet/model";
import { type Records, replaceOrLookAgain, type ShardLog } from "@freshet/storage";
import { firstSchedule, withApp, withKnownThrough, withoutDefinitions } from "./schedule.js";

const ATTEMPTS_MAX = 100;

export const tickOf = (timeMs: number, log: ShardLog): Tick =>
  tick(Math.floor(timeMs / log.identity.segmentMs));

/** Replaces the schedule by what `change` makes of it, until no other writer was first; null changes nothing. */
const changeSchedule = async (
  records: Records,
  change: (schedule: Schedule | null) => Schedule | null,
): Promise<Schedule | null> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await records.get<Schedule>(SCHEDULE);
    const changed = change(stored?.value ?? null);
    if (changed === null) return stored?.value ?? null;
    if (await replaceOrLookAgain(records, SCHEDULE, stored?.revision ?? 0, changed)) return changed;
  }
  throw new Error(`the schedule was changed by others ${ATTEMPTS_MAX} times in a row; try again`);
};

/**
 * Makes an app the newest revision, from the first tick that no worker may have folded; nothing changes when it is
 * the newest already. Returns the revision's number.
 */
export const publishApp = async (
  records: Records,
  log: ShardLog,
  app: AppDocument,
  nowMs: number,
): Promise<number> => {
  const schedule = await changeSchedule(records, (standing) =>
    standing ? withApp(standing, app) : firstSchedule(app, tickOf(nowMs, log)),
  );
  const newest = schedule?.revisions.at(-1);
  if (!newest) throw new Error("the stored schedule holds no revision");
  return newest.revision;
};

/** Lets workers fold through `through`. Does nothing before an app is published. */
export const advanceKnownThrough = async (records: Records, through: Tick): Promise<Schedule | null> =>
  changeSchedule(records, (standing) => (standing ? withKnownThrough(standing, through) : null));

/** Stops folding definitions that the newest app has changed and whose successors are whole (`finishedDefinitions`). */
export const retireDefinitions = async (records: Records, gone: ReadonlySet<string>): Promise<void> => {
  await changeSchedule(records, (standing) => (standing ? withoutDefinitions(standing, gone) : null));
};
