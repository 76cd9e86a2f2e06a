import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { EpochMs } from "@freshet/model";
import type { DataStore, DuckDb } from "@freshet/storage";
import { answerExpected } from "./answer/expected.js";
import { answerSeries } from "./answer/series.js";
import { createShared } from "./answer/shared.js";
import { answerStatus } from "./answer/status.js";
import { answerTop } from "./answer/top.js";
import { answerValue } from "./answer/value.js";
import type { Metric } from "./catalog.js";
import { createReadBody } from "./live/readBody.js";
import { summaryOf } from "./metricSummary.js";
import { momentOf } from "./moment.js";
import { createFollower, type FollowedStores } from "./follow.js";
import type { Reader } from "./reader.js";
import { createSession } from "./session.js";
import { createDayIndexes } from "./settled/dayIndexes.js";
import { createLoadDayIndex } from "./settled/loadDayIndex.js";
import { createQueryTurns } from "./settled/queryTurns.js";
import { createReadKey } from "./settled/readKey.js";
import { createReadSettled } from "./settled/settledView.js";
import { createReadExpectations } from "./trend/readExpectations.js";
import { createTurns } from "./turns.js";

/** Where the reader says what went wrong; pino's shape. */
export interface ReaderLogger {
  warn(fields: object, message: string): void;
}

export interface ReaderSettings {
  /** By default as the store's pace has it. */
  readonly pollEveryMs: number;
  /** A tip older than this makes answers that reach past the cut partial. */
  readonly staleAfterMs: number;
}

const STALE_AFTER_MS = 10_000;
/** Long work lets others run as often. */
const TURN_MS = 1;
/** Of the time that questions take, while it goes on: what is read must not grow old however many ask. */
const FOLLOW_SHARE = 0.5;
/** Days are put into memory, and slides reckoned before they come, with so much rest between turns: who asks goes first. */
const REST_MS = 3;
/** Between steps is so many times as long as the last one took, up to a bound: who asks has most of the core. */
const PAUSE_PER_STEP = 2;
const PAUSE_MS_MAX = 250;
/** After a step that failed, the next one waits this long. */
const RETRY_AFTER_MS = 1_000;

export const createReader = async (options: {
  readonly data: FollowedStores & Pick<DataStore, "pace">;
  readonly duckdb: DuckDb;
  readonly logger: ReaderLogger;
  readonly now: () => number;
  readonly settings?: Partial<ReaderSettings>;
}): Promise<Reader> => {
  const settings: ReaderSettings = {
    pollEveryMs: options.data.pace.lookAfterMs,
    staleAfterMs: STALE_AFTER_MS,
    ...options.settings,
  };
  const now = (): EpochMs => options.now() as EpochMs;
  const { lake } = options.data;
  const startTurns = createTurns(TURN_MS, () => performance.now(), nextTurn, FOLLOW_SHARE);
  const { withConnection, close } = await createQueryTurns(options.duckdb);
  const startRestfulTurns = createTurns(
    TURN_MS,
    () => performance.now(),
    () => sleep(REST_MS),
  );
  const indexes = createDayIndexes(createLoadDayIndex(withConnection, lake, startRestfulTurns), now);
  const readSettled = createReadSettled(withConnection, lake, startTurns);
  const readers = {
    indexes,
    readSettled,
    startRestfulTurns,
    readKey: createReadKey(indexes, readSettled),
    expectations: createReadExpectations(withConnection, lake, startTurns),
  };
  const follower = createFollower({
    data: options.data,
    readBodyBy: (measuresOf) => createReadBody(lake, measuresOf, startTurns),
    sessionOf: (source) => createSession(source, readers),
    now,
    staleAfterMs: settings.staleAfterMs,
    startTurns,
  });
  const shared = createShared(() => follower.version());
  const listeners = new Set<() => void>();
  const stop = new AbortController();
  let closing: Promise<void> | null = null;

  let last: Promise<unknown> = Promise.resolve();
  /** Steps, and what must not see one, come one after another. */
  const alone = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = last.then(action);
    last = turn.catch(() => undefined);
    return turn;
  };
  const step = async (): Promise<number> => {
    let changed: boolean;
    let waitMs = settings.pollEveryMs;
    try {
      changed = await follower.step();
    } catch (error) {
      options.logger.warn({ err: error }, "reading the stores failed; trying again");
      changed = follower.judgeAgain();
      waitMs = RETRY_AFTER_MS;
    }
    if (changed) for (const listener of listeners) listener();
    return waitMs;
  };
  // A reader alone keeps no process alive: what it serves does.
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const startedMs = performance.now();
      const waitMs = await alone(step);
      const tookMs = performance.now() - startedMs;
      const pauseMs = Math.min(PAUSE_MS_MAX, PAUSE_PER_STEP * tookMs);
      await sleep(Math.max(waitMs - tookMs, pauseMs), undefined, { signal: stop.signal, ref: false }).catch(
        () => undefined,
      );
    }
  };
  await follower.step();
  const running = run();

  const end = async (): Promise<void> => {
    stop.abort();
    await running;
    follower.session().close();
    await close();
  };

  /** The newest definition of the name that every part folds; the newest of all where none is whole yet. */
  const metricOf = (name: string): Metric => {
    const candidates = follower.catalog().named(name);
    const whole = candidates.find(({ definition }) => follower.session().folds(definition.hash));
    return whole ?? (candidates[0] as Metric);
  };
  const definitions = () => follower.catalog().names.map((name) => metricOf(name).definition);

  return {
    metrics: () => definitions().map(summaryOf),
    top: (metric, question) =>
      shared("top", metric, question, async () => answerTop(follower.session(), metricOf(metric), question)),
    series: (metric, question) =>
      shared("series", metric, question, async () => {
        const session = follower.session();
        return answerSeries(session, metricOf(metric), question, session.newestMs());
      }),
    value: (metric, question) =>
      shared("value", metric, question, async () => {
        const session = follower.session();
        return answerValue(session, metricOf(metric), question, session.newestMs());
      }),
    expected: async (metric, question) => {
      const session = follower.session();
      return answerExpected(session, metricOf(metric), question, session.newestMs());
    },
    definitions,
    moment: (read) => alone(() => read(momentOf(follower.session(), follower.version(), metricOf))),
    schedule: () => follower.catalog().schedule,
    status: () =>
      answerStatus({
        view: follower.session().view,
        nowMs: now(),
        segmentMs: options.data.log.identity.segmentMs,
        pointer: follower.pointer(),
        generationMissing: follower.generationMissing(),
        eventsPerSecond: (shard) => follower.eventsPerSecond(shard),
      }),
    version: () => follower.version(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => (closing ??= end()),
  };
};
