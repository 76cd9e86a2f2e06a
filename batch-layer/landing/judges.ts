import {
  createEventReader,
  type EventReader,
  revisionAt,
  type Schedule,
  SCHEDULE,
  type Tick,
} from "@freshet/model";
import type { Records } from "@freshet/storage";

/** What judges the events of a tick, statically. */
export interface Judge {
  readonly revision: number;
  readonly reader: EventReader;
}

export interface Judges {
  /** Null: the tick lies beyond `knownThrough`, so that a revision may still be published for it. */
  at(tick: Tick): Promise<Judge | null>;
}

/** Follows the stored schedule; what it says of a tick up to `knownThrough` never changes. */
export const createJudges = (records: Records): Judges => {
  const readers = new Map<number, EventReader>();
  let schedule: Schedule | null = null;
  let latest: { readonly tick: Tick; readonly judge: Judge } | null = null;
  return {
    async at(tick) {
      if (latest?.tick === tick) return latest.judge;
      if (!schedule || tick > schedule.knownThrough) {
        schedule = (await records.get<Schedule>(SCHEDULE))?.value ?? null;
      }
      if (!schedule || tick > schedule.knownThrough) return null;
      const { revision, app } = revisionAt(schedule, tick);
      let reader = readers.get(revision);
      if (!reader) {
        reader = createEventReader(app);
        readers.set(revision, reader);
      }
      latest = { tick, judge: { revision, reader } };
      return latest.judge;
    },
  };
};
