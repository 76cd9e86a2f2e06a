import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { EpochMs } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { answerStatus, newestEvent } from "../../reader/answer/status.js";
import type { Metric } from "../../reader/catalog.js";
import type { ReaderLogger, ReaderSettings } from "../../reader/createReader.js";
import { createFollower, type FollowedStores } from "../../reader/follow.js";
import { createReadBody } from "../../reader/live/readBody.js";
import { summaryOf } from "../../reader/metricSummary.js";
import type { Reader } from "../../reader/reader.js";
import { createQueryTurns } from "../../reader/settled/queryTurns.js";
import { createReadSettled } from "../../reader/settled/settledView.js";
import { createReadExpectations } from "../../reader/trend/readExpectations.js";
import { createTurns } from "../../reader/turns.js";
import { createPlainSession } from "./plainSession.js";
import { answerSeries } from "./series.js";
import { answerTop } from "./top.js";
import { answerValue } from "./value.js";

const DEFAULTS: ReaderSettings = { pollEveryMs: 50, staleAfterMs: 10_000 };
const TURN_MS = 3;
/** After a step that failed, the next one waits this long. */
const RETRY_AFTER_MS = 1_000;

/** The reader as it is most simply written: every sum anew, every row looked at. */
export const createPlainReader = async (options: {
  readonly data: FollowedStores;
  readonly duckdb: DuckDb;
  readonly logger: ReaderLogger;
  readonly now: () => number;
  readonly settings?: Partial<ReaderSettings>;
}): Promise<Reader> => {
  const settings = { ...DEFAULTS, ...options.settings };
  const now = (): EpochMs => options.now() as EpochMs;
  const { lake } = options.data;
  const startTurns = createTurns(TURN_MS, () => performance.now(), nextTurn);
  const queries = await createQueryTurns(options.duckdb);
  const follower = createFollower({
    data: options.data,
    readBodyBy: (measuresOf) => createReadBody(lake, measuresOf, startTurns),
    sessionOf: (source) =>
      createPlainSession(source, {
        readSettled: createReadSettled(queries.withConnection, lake, startTurns),
        readExpectations: createReadExpectations(queries.withConnection, lake, startTurns),
      }),
    now,
    staleAfterMs: settings.staleAfterMs,
    startTurns,
  });
  const listeners = new Set<() => void>();
  const stop = new AbortController();
  let closing: Promise<void> | null = null;

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
      const waitMs = await step();
      await sleep(waitMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };
  await follower.step();
  const running = run();

  const end = async (): Promise<void> => {
    stop.abort();
    await running;
    follower.session().close();
    await queries.close();
  };

  /** The newest definition of the name that every part folds; the newest of all where none is whole yet. */
  const metricOf = (name: string): Metric => {
    const candidates = follower.catalog().named(name);
    const whole = candidates.find(({ definition }) => follower.session().folds(definition.hash));
    return whole ?? (candidates[0] as Metric);
  };
  const definitions = () => follower.catalog().names.map((name) => metricOf(name).definition);
  const newestMs = (): EpochMs => newestEvent(follower.session().view) ?? now();

  return {
    metrics: () => definitions().map(summaryOf),
    top: async (metric, question) => answerTop(follower.session(), metricOf(metric), question, newestMs()),
    series: async (metric, question) =>
      answerSeries(follower.session(), metricOf(metric), question, newestMs()),
    value: async (metric, question) =>
      answerValue(follower.session(), metricOf(metric), question, newestMs()),
    expected: () => Promise.reject(new Error("not asked of the plain reader")),
    definitions,
    moment: () => Promise.reject(new Error("not asked of the plain reader")),
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
