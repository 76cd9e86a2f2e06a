import type { EpochMs, GenerationManifest, Reconciliation } from "@freshet/model";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const KEPT_DAYS = 90;

/** What of earlier runs is kept. */
export type Kept = Required<Pick<Reconciliation, "since" | "days" | "hoursFrom">>;

const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/**
 * Runs are kept for so many days of arrival, whatever the panes that they were about: an import of old events is compared
 * now. Nothing that was dropped comes back.
 *
 * @param throughMs through where the run under way settles; null: nowhere yet
 */
export const keptOf = (
  before: Reconciliation | undefined,
  generation: GenerationManifest["generation"],
  throughMs: number | null,
): Kept => {
  const standing = before?.days ?? [];
  const since = before?.since ?? generation;
  const hoursFrom = before?.hoursFrom ?? (0 as EpochMs);
  if (throughMs === null) return { since, hoursFrom, days: standing };
  const last = standing.at(-1);
  const isNewDay = last === undefined || dayOf(throughMs) > dayOf(last.throughMs);
  const all = isNewDay ? [...standing, { generation, throughMs: throughMs as EpochMs }] : standing;
  const days = all.filter((run) => dayOf(run.throughMs) >= dayOf(throughMs) - KEPT_DAYS);
  const [first] = days;
  if (first === undefined || days.length === all.length) return { since, hoursFrom, days };
  return {
    since: first.generation,
    hoursFrom: (Math.ceil(first.throughMs / HOUR_MS) * HOUR_MS) as EpochMs,
    days,
  };
};
