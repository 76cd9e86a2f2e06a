import type { Client } from "@freshet/client";
import type { LedgerCounts } from "@freshet/model";
import type { KnownAnswers, WatchedKey } from "../workloads/source.js";

/** What the line says at a moment; two of them, before and after a load, differ by what the load brought. */
export interface LineAnswers {
  readonly ledger: LedgerCounts;
  /** By series, then by pane and measure. */
  readonly values: readonly ReadonlyMap<string, number>[];
}

/** The panes that are asked for. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether the line counted what it was sent. */
export interface Correctness {
  /** `unknown`: events failed, so nobody can say what is in the log; what is told lies within what can be. */
  readonly verdict: "equal" | "live duplicates" | "unknown" | "wrong";
  /** Panes of watched keys that were compared. */
  readonly points: number;
  readonly expected: LedgerCounts;
  readonly counted: LedgerCounts;
  /** The first things that are otherwise than they must be. */
  readonly differences: readonly string[];
}

const PANE_MS = 60_000;
const DIFFERENCES_MAX = 10;

const valueKey = (timeMs: number, measure: string): string => `${timeMs} ${measure}`;

const readSeries = async (client: Client, { metric, key }: WatchedKey, { fromMs, toMs }: TimeRange) => {
  const [from, to] = [Math.floor(fromMs / PANE_MS) * PANE_MS, Math.ceil(toMs / PANE_MS) * PANE_MS];
  const answer = await client.series(metric, { key, from, to, step: "1m" });
  const values = new Map<string, number>();
  for (const point of answer.points)
    for (const [measure, value] of Object.entries(point.values))
      if (typeof value === "number" || typeof value === "string")
        values.set(valueKey(Date.parse(point.time), measure), Number(value));
  return values;
};

/** The line's answers to what is known: the books, and each series. */
export const askLine = async (
  client: Client,
  watched: readonly WatchedKey[],
  range: TimeRange,
): Promise<LineAnswers> => {
  const { ledger } = await client.status();
  return {
    ledger,
    values: await Promise.all(watched.map((one) => readSeries(client, one, range))),
  };
};

const rejectedOf = ({ rejected }: LedgerCounts): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, 0);

/** The counts that came on top. */
export const countsSince = (now: LedgerCounts, before: LedgerCounts): LedgerCounts => {
  const rejected: Record<string, number> = { ...now.rejected };
  for (const [reason, count] of Object.entries(before.rejected))
    rejected[reason] = (rejected[reason] ?? 0) - count;
  return {
    records: now.records - before.records,
    events: now.events - before.events,
    accepted: now.accepted - before.accepted,
    duplicates: now.duplicates - before.duplicates,
    rejected: Object.fromEntries(Object.entries(rejected).filter(([, count]) => count !== 0)),
  };
};

/**
 * Compares what a load brought with what must come of it. Live may count copies that lie far off or in another shard, until batch has
 * settled them; an event that failed may be in the log, or not.
 */
export const compareAnswers = (
  { ledger, beyondLive, series }: KnownAnswers,
  before: LineAnswers,
  after: LineAnswers,
  failed: number,
): Correctness => {
  const counted = countsSince(after.ledger, before.ledger);
  const differences: string[] = [];
  let points = 0;
  let isAbove = false;
  const compare = (what: string, is: number, must: number, mayBeAbove: number): void => {
    if (is === must) return;
    if (is > must && is <= must + mayBeAbove) isAbove = true;
    else if (failed === 0 || is > must || is < must - failed)
      differences.push(`${what}: ${is}, expected ${must}`);
  };
  compare("events", counted.events, ledger.events, 0);
  compare("accepted", counted.accepted, ledger.accepted, beyondLive);
  compare("rejected", rejectedOf(counted), rejectedOf(ledger), 0);
  series.forEach(({ metric, key, points: expected }, index) => {
    for (const { timeMs, values } of expected)
      for (const [measure, must] of Object.entries(values)) {
        points++;
        const name = valueKey(timeMs, measure);
        const is = (after.values[index]?.get(name) ?? 0) - (before.values[index]?.get(name) ?? 0);
        const what = `${measure} of ${metric} ${JSON.stringify(key)} at ${new Date(timeMs).toISOString()}`;
        // an event has one copy at most, so that a value at most doubles
        compare(what, is, must, beyondLive > 0 ? must : 0);
      }
  });
  const verdict = (): Correctness["verdict"] => {
    if (differences.length > 0) return "wrong";
    if (failed > 0) return "unknown";
    return isAbove ? "live duplicates" : "equal";
  };
  return {
    verdict: verdict(),
    points,
    expected: ledger,
    counted,
    differences: differences.slice(0, DIFFERENCES_MAX),
  };
};
