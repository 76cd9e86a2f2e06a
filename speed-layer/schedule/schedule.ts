import {
  type AppDocument,
  canonicalJson,
  EMPTY_SHARD_TICK,
  ownApp,
  revisionAt,
  type Schedule,
  type Tick,
  withOutgoing,
  withoutOutgoing,
} from "@freshet/model";

/** A first schedule: revision 1 holds from before every tick, so that a replay into the past is judged by it too. */
export const firstSchedule = (app: AppDocument, nowTick: Tick): Schedule => ({
  revisions: [{ revision: 1, fromTick: EMPTY_SHARD_TICK, app }],
  lookups: [],
  knownThrough: nowTick,
});

/** With a revision that takes effect after `knownThrough`. @param next made of the one that holds until then */
const withRevision = (schedule: Schedule, next: (before: AppDocument | null) => AppDocument): Schedule => {
  const fromTick = (schedule.knownThrough + 1) as Tick;
  // A revision that no tick has reached yet is replaced: two revisions cannot hold from the same tick.
  const standing = schedule.revisions.filter((entry) => entry.fromTick < fromTick);
  const revision = (schedule.revisions.at(-1)?.revision ?? 0) + 1;
  const app = next(standing.at(-1)?.app ?? null);
  return { ...schedule, revisions: [...standing, { revision, fromTick, app }] };
};

/**
 * Adds a revision with the definitions that it changes beside their successors; null when the newest revision is this app
 * already.
 */
export const withApp = (schedule: Schedule, app: AppDocument): Schedule | null => {
  const newest = schedule.revisions.at(-1);
  if (newest && canonicalJson(ownApp(newest.app)) === canonicalJson(app)) return null;
  return withRevision(schedule, (before) => (before ? withOutgoing(app, before) : app));
};

/** Lets definitions go that the newest revision only folds on; null where it folds none of them. */
export const withoutDefinitions = (schedule: Schedule, gone: ReadonlySet<string>): Schedule | null => {
  const newest = schedule.revisions.at(-1);
  if (!newest?.app.outgoing?.some((hash) => gone.has(hash))) return null;
  return withRevision(schedule, () => withoutOutgoing(newest.app, gone));
};

/** Null when `through` is known already. */
export const withKnownThrough = (schedule: Schedule, through: Tick): Schedule | null =>
  through > schedule.knownThrough ? { ...schedule, knownThrough: through } : null;

/** Which rules judge a tick: equal numbers mean equal rules. */
export interface Rules {
  readonly revision: number;
  readonly app: AppDocument;
  /** Path of each lookup's contents, by name. */
  readonly lookups: Readonly<Record<string, string>>;
}

export const rulesAt = (schedule: Schedule, at: Tick): Rules => {
  const { revision, app } = revisionAt(schedule, at);
  const lookups: Record<string, string> = {};
  for (const { lookup, fromTick, path } of schedule.lookups) if (fromTick <= at) lookups[lookup] = path;
  return { revision, app, lookups };
};

/** The next tick after `at` from which other rules may hold; null when none is known. */
export const rulesChangeAfter = (schedule: Schedule, at: Tick): Tick | null => {
  const changes = [...schedule.revisions, ...schedule.lookups].map(({ fromTick }) => fromTick);
  const later = changes.filter((fromTick) => fromTick > at);
  return later.length > 0 ? (Math.min(...later) as Tick) : null;
};
