import {
  type AppDocument,
  type BodyEnd,
  createBodyEnd,
  createEventReader,
  createEventScanner,
  type EventReader,
  type EventScanner,
  revisionAt,
  type Schedule,
  SCHEDULE,
  type Tick,
} from "@freshet/model";
import type { Records } from "@freshet/storage";

/** What judges the events of a tick, statically. */
export interface Judge {
  readonly revision: number;
  readonly scanner: EventScanner;
  /** By the index that the scanner's columns hold. */
  readonly typeNames: readonly string[];
  readonly bodyEnd: BodyEnd;
  /** For what the scanner does not give. */
  readonly reader: EventReader;
}

export interface Judges {
  /** Null: the tick lies beyond `knownThrough`, so that a revision may still be published for it. */
  at(tick: Tick): Promise<Judge | null>;
  /** The same at once, where the tick is that of the last answer. */
  known(tick: Tick): Judge | null;
}

export const createJudge = ({
  revision,
  app,
}: {
  readonly revision: number;
  readonly app: AppDocument;
}): Judge => ({
  revision,
  scanner: createEventScanner(app, []),
  typeNames: app.events.map(({ name }) => name),
  bodyEnd: createBodyEnd(),
  reader: createEventReader(app),
});

/** Follows the stored schedule; what it says of a tick up to `knownThrough` never changes. */
export const createJudges = (records: Records): Judges => {
  const judges = new Map<number, Judge>();
  let schedule: Schedule | null = null;
  let latest: { readonly tick: Tick; readonly judge: Judge } | null = null;
  return {
    known: (tick) => (latest?.tick === tick ? latest.judge : null),
    async at(tick) {
      if (latest?.tick === tick) return latest.judge;
      if (!schedule || tick > schedule.knownThrough) {
        schedule = (await records.get<Schedule>(SCHEDULE))?.value ?? null;
      }
      if (!schedule || tick > schedule.knownThrough) return null;
      const entry = revisionAt(schedule, tick);
      let judge = judges.get(entry.revision);
      if (!judge) {
        judge = createJudge(entry);
        judges.set(entry.revision, judge);
      }
      latest = { tick, judge };
      return judge;
    },
  };
};
